# Drivers by what the machine has, and the drive by its identity.

# Loads the drivers of all devices whose alias matches one of the patterns (a sed expression), once each.
load_drivers() {
  find /sys/devices -name modalias -exec cat {} + 2>/dev/null | sort -u | grep -E "$1" | xargs -r modprobe -a -b -q 2>/dev/null
}

load_storage() {
  # Controllers first, then what hangs on them: USB sticks appear a moment after their controller.
  load_drivers '^(pci:.*bc(01|08|0C)|virtio:d0000000[28]v|acpi:)'
  modprobe -a -q sd_mod usb_storage uas vfat nls_cp437 nls_ascii 2>/dev/null
  load_drivers '^(usb:|scsi:)'
}

load_network() {
  load_drivers '^(pci:.*bc02|virtio:d00000001v)'
}

# The identity of a FAT32 partition as mkfs.fat wrote it, XXXX-XXXX (FAT specification, BS_VolID at offset 67).
fat_identity() {
  dd if="$1" bs=1 skip=67 count=4 2>/dev/null | hexdump -v -e '1/4 "%08X"' | sed 's/^\(....\)/\1-/'
}

# Waits for the partition with the identity that the loader found; its name goes to `drive`.
find_drive() {
  wait=0
  while [ "$wait" -lt 60 ]; do
    for partition in /sys/class/block/*; do
      name=${partition##*/}
      case $name in loop* | ram* | dm-*) continue ;; esac
      [ "$(fat_identity "/dev/$name")" = "$1" ] || continue
      drive=/dev/$name
      # As udev will call it: on a slow machine the boot server is there before udev is.
      mkdir -p /dev/disk/by-uuid
      ln -sf "../../$name" "/dev/disk/by-uuid/$1"
      return 0
    done
    [ $((wait % 10)) -ne 5 ] || load_storage
    wait=$((wait + 1))
    sleep 0.5
  done
  problem="the drive $1 that the loader read is not to be found: is it still plugged in?"
  return 1
}

# From the drive there are no facts in the initrd: the command line carries what the loader knew.
facts_of_drive() {
  PXEN_BOOT=drive
  for word in $(cat /proc/cmdline); do
    case $word in
      pxen.drive=*) drive_identity=${word#*=} ;;
      pxen.release=*) PXEN_RELEASE=${word#*=} ;;
      pxen.manifest=*) PXEN_MANIFEST=${word#*=} ;;
      pxen.slowness=*) slowness=${word#*=} ;;
      pxen.layers=*) own_layers=${word#*=} ;;
    esac
  done
}
