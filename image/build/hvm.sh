#!/bin/sh
# hvm.sh OUT EPOCH - unpacks the packages in OUT/repository and packs them as a layer over the host's root: QEMU for HVM guests.
set -eu
out=$1 epoch=$2
mkdir -p "$out/tree"
for deb in "$out"/repository/*.deb; do dpkg-deb --extract "$deb" "$out/tree"; done
cd "$out/tree"
rm -rf usr/share/doc usr/share/man usr/share/locale usr/share/lintian usr/share/info usr/share/bug usr/share/applications \
  usr/share/icons usr/share/qemu/*-arm* usr/share/bash-completion
# systemd-sysext lays it over /usr only where it is for this release (os-release(5)).
mkdir -p usr/lib/extension-release.d
printf 'ID=debian\nVERSION_ID=13\n' > usr/lib/extension-release.d/extension-release.hvm
env -u SOURCE_DATE_EPOCH mksquashfs "$out/tree" "$out/hvm.squashfs" -comp xz -b 1M -all-root -noappend -no-progress -quiet -no-xattrs \
  -all-time "$epoch" -mkfs-time "$epoch"
rm -rf "$out/tree" "$out/repository"
