#!/bin/sh
# cpio.sh DIR EPOCH - writes the folder as a cpio archive to standard output, the same bytes for the same content.
set -eu
cd "$1"
find . -exec touch -h -d "@$2" {} +
find . | LC_ALL=C sort | cpio --quiet --reproducible -o -H newc -R 0:0
