#!/bin/sh
# trim.sh TREE RECIPE OUT - makes a host's root out of a Debian tree. Runs inside the tools root.
# RECIPE holds the lists `modules`, `modules-without`, `stage1`, `guest` and `remove`; OUT gets what does not belong in
# the root: Xen, kernel, microcode and the module trees of stage 1 and of the guest.
set -eu
tree=$1 recipe=$2 out=$3
kernel=$(ls "$tree/usr/lib/modules")
modules=$tree/usr/lib/modules/$kernel
sieve=$(dirname "$0")/modules.awk

# Xen as iPXE's multiboot wants it (uncompressed), and for UEFI without its debug symbols.
gunzip -c "$tree"/boot/xen-*-amd64.gz > "$out/xen"
objcopy --strip-debug "$(ls "$tree"/boot/xen-*-amd64.efi)" "$out/xen.efi"
objdump -h "$out/xen.efi" | grep -q '\.reloc' || { echo 'stripping xen.efi lost its .reloc section' >&2; exit 1; }
cp "$tree/boot/vmlinuz-$kernel" "$out/vmlinuz"
cp "$tree"/boot/config-* "$out/config"

# Microcode, one cpio a vendor: Xen finds it in any of its modules, and only if it is not compressed.
for vendor in AuthenticAMD:amd-ucode/*.bin GenuineIntel:intel-ucode/*; do
  dir=$out/microcode/${vendor%%:*}/kernel/x86/microcode
  mkdir -p "$dir"
  # shellcheck disable=SC2086 # the pattern is meant to expand
  (cd "$tree/usr/lib/firmware" && cat ${vendor#*:}) > "$dir/${vendor%%:*}.bin"
done

# Modules: what the recipe names and what that depends on, unpacked so that the squashfs packs them better.
keep() { awk -v without="$recipe/modules-without" -f "$sieve" "$recipe/$1" "$modules/modules.dep" | sort -u; }
keep modules > "$out/modules.list"
keep stage1 > "$out/stage1.list"
keep guest > "$out/guest.list"
(cd "$modules" && find kernel -name '*.ko*' | sort | comm -23 - "$out/modules.list" | xargs rm -f)
find "$modules" -name '*.ko.xz' -print0 | xargs -0 -P 2 -n 50 xz -d
find "$modules" -type d -empty -delete
depmod -b "$tree" "$kernel"

# part_of NAME - copies the modules of a list, with what modprobe needs to know of them, into a tree of their own.
part_of() {
  dir=$out/$1/usr/lib/modules/$kernel
  mkdir -p "$dir"
  ln -s usr/lib "$out/$1/lib"
  (cd "$modules" && sed 's/\.xz$//' "$out/$1.list" | cpio --quiet -pdm "$dir")
  cp "$modules/modules.order" "$modules/modules.builtin" "$modules/modules.builtin.modinfo" "$dir/"
  depmod -b "$out/$1" "$kernel"
  rm -f "$dir"/modules.builtin* "$dir"/modules.order "$dir"/modules.*.bin "$dir"/modules.devname "$dir"/modules.softdep
}
part_of stage1
part_of guest

# Firmware: what the modules of a tree ask for, and the files behind their links.
firmware=$tree/usr/lib/firmware
# firmware_of TREE - prints the names of the firmware files that its modules ask for.
firmware_of() {
  # shellcheck disable=SC2046 # names in the list may be patterns (qed/*.bin)
  (cd "$firmware" && for name in $(find "$1/usr/lib/modules" -name '*.ko' -print0 | xargs -0 modinfo -F firmware | sort -u); do
    [ -e "$name" ] || continue
    echo "$name"
    [ ! -L "$name" ] || realpath --relative-to=. "$name"
  done) | sort -u
}
firmware_of "$tree" > "$out/firmware.keep"
firmware_of "$out/stage1" > "$out/firmware.stage1"
(cd "$firmware" && find . ! -type d | sed 's#^\./##' | sort | comm -23 - "$out/firmware.keep" | xargs -d '\n' rm -f)
mkdir -p "$out/stage1/usr/lib/firmware"
(cd "$firmware" && cpio --quiet -pdm "$out/stage1/usr/lib/firmware" < "$out/firmware.stage1")

# What stage 1 carries stays in memory and is a layer of the root: no module travels twice. But for the first three, which
# stage 1 needs to open that layer, and which are loaded by then.
mkdir -p "$out/stage1/first"
for name in drivers/block/loop fs/squashfs/squashfs fs/overlayfs/overlay; do
  cp "$modules/kernel/$name.ko" "$out/stage1/first/"
done
(cd "$modules" && sed 's/\.xz$//' "$out/stage1.list" | xargs rm -f)
(cd "$firmware" && xargs -d '\n' rm -f < "$out/firmware.stage1")
find "$modules" "$firmware" -type d -empty -delete

cp "$tree/usr/bin/busybox" "$out/busybox"
cd "$tree"
while read -r pattern; do
  # shellcheck disable=SC2086 # the pattern is meant to expand
  rm -rf $pattern
done < "$recipe/remove"
mkdir -p var/log var/cache proc sys dev run tmp

# Every program that stays must find its libraries.
lost=$(find usr/bin usr/sbin usr/lib/systemd usr/lib/xen-* usr/lib/udev -type f -perm /111 | while read -r file; do
  chroot "$tree" /usr/lib64/ld-linux-x86-64.so.2 --list "/$file" 2>/dev/null | grep 'not found' | sed "s#^#$file: #"
done || true)
[ -z "$lost" ] || { echo "programs without their libraries: $lost" >&2; exit 1; }
