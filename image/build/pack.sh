#!/bin/sh
# pack.sh OUT NODE EPOCH - packs what trim.sh left in OUT/tree into OUT/root.squashfs, with Node, and the microcode into
# archives. Runs inside the tools root.
set -eu
out=$1 node=$2 epoch=$3

strip -o "$out/tree/usr/bin/node" "$node"
chmod 755 "$out/tree/usr/bin/node"

# zstd: a little larger than xz, but several times faster to read, and a host reads its root at every boot.
env -u SOURCE_DATE_EPOCH mksquashfs "$out/tree" "$out/root.squashfs" -comp zstd -Xcompression-level 22 -b 512K \
  -noappend -no-progress -quiet -no-xattrs -all-time "$epoch" -mkfs-time "$epoch"

for vendor in intel:GenuineIntel amd:AuthenticAMD; do
  "$(dirname "$0")/cpio.sh" "$out/microcode/${vendor#*:}" "$epoch" > "$out/microcode-${vendor%%:*}"
done
rm -rf "$out/microcode"
