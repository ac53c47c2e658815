#!/bin/sh
# drive.sh OUT RELEASE BYTES SERIAL - makes the raw image of a drive: OUT/drive.img. Runs inside the tools root; needs no mounts.
# OUT/layout holds the files of the partition; RELEASE (a folder) is put below boot/releases/ of it.
set -eu
out=$1 release=$2 bytes=$3 serial=$4
image=$out/drive.img
start=2048

truncate -s "$bytes" "$image"
# One FAT32 partition, active, of the type that every system shows (0x0C), beginning at 1 MiB.
sectors=$((bytes / 512 - start))
printf 'label: dos\nlabel-id: 0x%s\n%s,%s,c,*\n' "$serial" "$start" "$sectors" | sfdisk --quiet "$image"
mkfs.fat --invariant -F 32 -s 8 -n PXEN -i "$serial" --offset "$start" "$image" $((sectors / 2)) > "$out/mkfs.log"

# GRUB for BIOS in the gap before the partition, as grub-bios-setup would put it: its first sector names where the rest lies
# (list at the end of the first core sector: start 8 bytes, length 2, segment 2), the boot sector names that one (offset 0x5c).
modules='part_msdos part_gpt fat normal multiboot2 loadenv serial terminal echo test probe search configfile ls smbios sleep reboot halt'
# Without a disk in its prefix GRUB takes the one that the BIOS started it from, which is not always the first.
grub-mkimage -O i386-pc -p '(,msdos1)/boot/grub' -o "$out/core.img" biosdisk $modules
truncate -s %512 "$out/core.img"
core=$(($(stat -c %s "$out/core.img") / 512))
[ "$core" -lt "$((start - 1))" ] || { echo 'core.img does not fit before the partition' >&2; exit 1; }
put() { printf "$1" | dd of="$2" bs=1 seek="$3" conv=notrunc status=none; }
cp /usr/lib/grub/i386-pc/boot.img "$out/boot.img"
put '\001\000\000\000\000\000\000\000' "$out/boot.img" 92
put '\220\220' "$out/boot.img" 102
put '\002\000\000\000\000\000\000\000' "$out/core.img" 500
# The first 440 bytes of the boot sector; behind them lies the partition table.
dd if="$out/boot.img" of="$image" bs=440 count=1 conv=notrunc status=none
dd if="$out/core.img" of="$image" bs=512 seek=1 conv=notrunc status=none

# GRUB for UEFI, on the partition, where every firmware looks. It finds its files on the partition it was read from.
mkdir -p "$out/layout/EFI/BOOT"
grub-mkimage -O x86_64-efi -p /boot/grub -o "$out/layout/EFI/BOOT/BOOTX64.EFI" efi_gop efi_uga $modules

mkdir -p "$out/layout/boot/loaders"
# One for each kind of firmware that Debian has one for (src/core/boot/loaders.ts); the second of x64 brings drivers of its own.
names='undionly.kpxe snponly.efi ipxe.efi ipxe-arm64.efi ipxe-riscv64.efi ipxe-loong64.efi'
(cd /usr/lib/ipxe && cp -L $names "$out/layout/boot/loaders/")
# The same bytes once more as a file: `pxen drive replace` makes a drive from what is in RAM.
{ head -c 440 "$out/boot.img"; cat "$out/core.img"; } > "$out/layout/boot/loaders/bios.img"
# What no manifest lists: firmware reads it before anything could verify it. `bios` is what stands before the partition.
loaders='EFI/BOOT/BOOTX64.EFI boot/grub/grub.cfg boot/loaders/bios.img'
for name in $names; do loaders="$loaders boot/loaders/$name"; done
(cd "$out/layout" && sha256sum $loaders) > "$out/sha256sums"
sha256sum < "$out/layout/boot/loaders/bios.img" | sed 's/-$/bios/' >> "$out/sha256sums"
mv "$out/sha256sums" "$out/layout/boot/loaders/sha256sums"
# Of loaders that were built from source, which lie there already.
cat "$out/built-sums" >> "$out/layout/boot/loaders/sha256sums"
rm "$out/built-sums"
find "$out/layout" "$release" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

export MTOOLS_SKIP_CHECK=1
target="$image@@$((start * 512))"
cd "$out/layout"
find . -mindepth 1 -type d | LC_ALL=C sort | while read -r folder; do mmd -i "$target" "::${folder#.}"; done
find . -type f | LC_ALL=C sort | while read -r file; do mcopy -m -i "$target" "$file" "::${file#.}"; done
id=$(basename "$release")
cd "$release"
mmd -i "$target" "::/boot/releases/$id"
find . -mindepth 1 -type d | LC_ALL=C sort | while read -r folder; do mmd -i "$target" "::/boot/releases/$id${folder#.}"; done
find . -type f ! -name .inputs | LC_ALL=C sort | while read -r file; do mcopy -m -i "$target" "$file" "::/boot/releases/$id${file#.}"; done
rm -rf "$out/layout" "$out/core.img" "$out/boot.img" "$out/mkfs.log"
