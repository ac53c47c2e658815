#!/bin/sh
# ipxe.sh OUT TARGET FILE CROSS VERSION - builds iPXE's TARGET as OUT/FILE: from the Debian source package in OUT/package, or from
# the tree in OUT/tree where that is empty. Runs inside the root of a compiler. The same source gives the same bytes.
set -eu
out=$1 target=$2 file=$3 cross=$4 version=$5
cd "$out"
# Their hashes stand in the lock, and were checked when they were fetched.
[ -z "$(ls package)" ] || dpkg-source --no-check --extract package/*.dsc tree
cd tree/src
# What pxen's scripts use and iPXE leaves out of itself (src/core/boot/script).
for command in VLAN_CMD PING_CMD NSLOOKUP_CMD POWEROFF_CMD CONSOLE_CMD; do echo "#define $command"; done >> config/local/general.h
# A source of one's own may hold tools that another machine has built.
make --silent clean
make -j "$(nproc)" ${version:+"VERSION=$version"} CROSS_COMPILE="$cross" "$target"
cp "$target" "$out/$file"
rm -rf "$out/tree" "$out/package"
