# The root: squashfs layers in RAM under a writable overlay, with what this host is told.

LAYERS='root.squashfs pxen.squashfs'

boot_once() {
  problem='stage 1 was broken off'
  release=/run/pxen/drive/boot/releases/$PXEN_RELEASE
  [ -n "$PXEN_RELEASE" ] && [ -n "$PXEN_MANIFEST" ] || { problem='nobody said which release to boot: the loader gave no facts'; return 1; }
  if ! grep -q ' /run/pxen ' /proc/mounts; then mount -t tmpfs -o mode=755,size=60% pxen /run/pxen; fi
  if [ "$PXEN_BOOT" = drive ]; then
    load_storage
    say begin "looking for the drive $drive_identity"
    find_drive "$drive_identity" && open_drive || return 1
    # Boot service needs the card, but nothing here does: it comes up while the root is being read.
    network || say net "no network card yet: $problem"
  else
    network && use_address || return 1
    say net "$PXEN_ADDRESS on $card, boot server $PXEN_SERVER"
  fi
  get_manifest || return 1
  for layer in $LAYERS; do get_verified "$layer" || return 1; done
  if [ "$PXEN_BOOT" = drive ]; then keep_drive || return 1; fi
  mount_root
}

open_drive() {
  mkdir -p /mnt
  grep -q ' /mnt ' /proc/mounts || mount -t vfat -o ro,iocharset=ascii "$drive" /mnt || { problem="the drive $drive cannot be mounted: check it with 'pxen drive check'"; return 1; }
}

# All that is on the drive goes into RAM, but for other releases: from here on the drive may be pulled, and a new one is made from
# what is here (`pxen drive replace`). What the drive remembers holds the cluster's key.
keep_drive() {
  for name in $(awk '$1 == "file" {print $2}' "$release/manifest"); do
    [ -e "$release/$name" ] || get_verified "$name" || return 1
  done
  for path in /mnt/boot/* /mnt/EFI /mnt/README.txt /mnt/overlay /mnt/addons /mnt/state; do
    case $path in /mnt/boot/releases) continue ;; esac
    [ ! -e "$path" ] || keep_path "${path#/mnt/}"
  done
  for file in /mnt/[Cc][Ll][Uu][Ss][Tt][Ee][Rr]* /mnt/[Ss][Ee][Cc][Rr][Ee][Tt][Ss].*; do keep_file "$file"; done
  chmod -R go= /run/pxen/drive/state 2>/dev/null
  umount /mnt
}

# Kernels of other systems may be larger than the memory that is left; the host boots without them.
keep_path() {
  wanted=$(du -sk "/mnt/$1" | cut -f 1)
  have=$(df -k /run/pxen | awk 'END {print $4}')
  if [ "$wanted" -gt $((have / 2)) ]; then
    say fetch "$1 has $((wanted / 1024)) MiB, which do not fit into memory: it is not served"
  else
    mkdir -p "/run/pxen/drive/$(dirname "$1")"
    cp -r "/mnt/$1" "/run/pxen/drive/$(dirname "$1")/"
  fi
}

# For root alone from its first byte on, as secrets.yaml has to be. Whole or not at all: what is left of a file after a sector that
# cannot be read could pass for what was meant.
keep_file() {
  [ -f "$1" ] || return 0
  if (umask 077; cat "$1" > /run/pxen/drive/part); then mv /run/pxen/drive/part "/run/pxen/drive/${1##*/}"; return 0; fi
  rm -f /run/pxen/drive/part
  say root "${1##*/} of the drive cannot be read"
}

mount_root() {
  say root 'mounting'
  # Below all others: the drivers that stage 1 brought.
  lower=/run/drivers
  for layer in $LAYERS; do
    mkdir -p "/run/pxen/layers/$layer"
    mount -t squashfs -o ro,loop "$release/$layer" "/run/pxen/layers/$layer" || { problem="$layer cannot be mounted"; return 1; }
    lower=/run/pxen/layers/$layer:$lower
    # What is pxen's goes before whatever a package brings.
    [ "$layer" != root.squashfs ] || mount_packages
  done
  # Caps what a runaway log or file can take from dom0.
  mkdir -p /run/pxen/overlay /new
  mount -t tmpfs -o mode=755,size=40% overlay /run/pxen/overlay
  mkdir -p /run/pxen/overlay/upper /run/pxen/overlay/work
  mount -t overlay -o "lowerdir=$lower,upperdir=/run/pxen/overlay/upper,workdir=/run/pxen/overlay/work" root /new || { problem='the root cannot be put together'; return 1; }
  tell_root
  say switch 'root is up, handing over to systemd'
  wait
  mount --move /dev /new/dev
  mount --move /run /new/run
}

# Bytes of the files that this machine has started from. From the network an Intel machine gets its own share of its vendor's
# microcode, which only the server knows; that share is not counted.
bytes_of_boot() {
  xen=xen vendor=amd
  if [ "$PXEN_BOOT" = network ] && [ -d /sys/firmware/efi ]; then xen=xen.efi; fi
  if grep -q GenuineIntel /proc/cpuinfo; then
    vendor=intel
    [ "$PXEN_BOOT" = drive ] || vendor=none
  fi
  awk -v wanted=" $xen vmlinuz initrd microcode-$vendor $LAYERS " \
    '$1 == "file" && index(wanted, " " $2 " ") {sum += $3} END {printf "%d\n", sum}' "$release/manifest"
}

# The identity of the host, before systemd could invent one, and what stage 1 learnt, for the agent.
tell_root() {
  uuid=$(cat /sys/class/dmi/id/product_uuid 2>/dev/null | tr 'A-F' 'a-f')
  case $(echo "$uuid" | tr -d '0f-') in '') uuid=$(echo "$PXEN_MAC" | tr -d :)-pxen ;; esac
  echo "$uuid" | sha256sum | cut -c 1-32 > /new/etc/machine-id
  [ -d /sys/firmware/efi ] && firmware=uefi || firmware=bios
  {
    for name in BOOT SERVER MAC ADDRESS GATEWAY NAME CLUSTER RELEASE MANIFEST PROFILE; do
      eval "echo \"PXEN_$name='\$PXEN_$name'\""
    done
    echo "PXEN_FIRMWARE='$firmware'"
    echo "PXEN_FETCHED='$(bytes_of_boot)'"
    echo "PXEN_DRIVE='$drive'"
  } > /run/pxen/boot.env
  # This file lets the boot server begin. udev's link: a drive that is put back may come up under another name.
  [ "$PXEN_BOOT" != drive ] ||
    echo "PXEN_HOST0_MORE='--release $PXEN_RELEASE --device /dev/disk/by-uuid/$drive_identity${slowness:+ --slowness $slowness}'" > /run/pxen/host0.env
  # By it the agent knows the boot server.
  if [ -r /pxen/ca.pem ]; then cp /pxen/ca.pem /run/pxen/ca.pem; fi
  if [ -d /pxen/files ]; then cp -a /pxen/files/. /new/; fi
}
