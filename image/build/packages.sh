#!/bin/sh
# packages.sh OUT ROOT NAME EPOCH - unpacks the packages in OUT/repository and packs what the host's root (a squashfs) has not of
# them into OUT/NAME.squashfs: a layer between that root and pxen's. Runs inside the tools root. Scripts of packages are not run.
set -eu
out=$1 root=$2 name=$3 epoch=$4
mkdir -p "$out/tree"
for deb in "$out"/repository/*.deb; do dpkg-deb --extract "$deb" "$out/tree"; done
cd "$out/tree"
# The root's /bin is a link; a folder in a layer above would hide it.
for dir in bin sbin lib lib64; do
  if [ -d "$dir" ] && [ ! -L "$dir" ]; then
    mkdir -p "usr/$dir"
    cp -a "$dir/." "usr/$dir/"
  fi
  rm -rf "$dir"
done
# What starts on a host is pxen's and the administrator's to say.
rm -rf usr/share/doc usr/share/man usr/share/locale usr/share/lintian usr/share/info usr/share/bug usr/share/applications usr/share/icons \
  usr/share/pixmaps usr/share/bash-completion usr/share/zsh usr/share/fish usr/share/common-licenses usr/share/initramfs-tools etc/init.d \
  etc/rc?.d etc/kernel etc/initramfs-tools etc/systemd/system usr/lib/systemd/system/*.wants usr/lib/systemd/system-generators \
  usr/lib/x86_64-linux-gnu/gconv usr/include usr/src boot dev var/lib/dpkg var/cache/*
unsquashfs -l "$root" | sed -n 's#^squashfs-root/##p' | LC_ALL=C sort > "$out/have"
find . ! -type d | sed 's#^\./##' | LC_ALL=C sort | comm -12 - "$out/have" | xargs -r -d '\n' rm -f
find . -mindepth 1 -depth -type d -empty -delete
[ -n "$(ls)" ] || { echo "$name brings nothing that the hosts have not" >&2; exit 1; }

# Every program must find its libraries, in the root or here.
{ sed 's#.*/##' "$out/have"; find . ! -type d | sed 's#.*/##'; } | LC_ALL=C sort -u > "$out/names"
find . -type f | while read -r file; do objdump -p "$file" 2>/dev/null | awk '$1 == "NEEDED" {print $2}'; done | LC_ALL=C sort -u > "$out/needed"
lost=$(comm -23 "$out/needed" "$out/names")
[ -z "$lost" ] || { echo "$name needs libraries that are nowhere: $lost" >&2; exit 1; }

find . -exec touch -h -d "@$epoch" {} +
env -u SOURCE_DATE_EPOCH mksquashfs "$out/tree" "$out/$name.squashfs" -comp zstd -Xcompression-level 19 -b 128K -noappend -no-progress -quiet \
  -no-xattrs -all-root -all-time "$epoch" -mkfs-time "$epoch"
rm -rf "$out/tree" "$out/repository" "$out/have" "$out/names" "$out/needed"
