# Getting files, and trusting none before its hash is right.

hash_of() { sha256sum < "$1" | cut -d ' ' -f 1; }

# get NAME TARGET - a file of the release, from the drive or the boot server.
get() {
  mkdir -p "${2%/*}"
  if [ "$PXEN_BOOT" = drive ]; then
    cp "/mnt/boot/releases/$PXEN_RELEASE/$1" "$2" 2>/dev/null || { problem="$1 cannot be read from the drive: check it with 'pxen drive check'"; return 1; }
  else
    wget -q -c -T 20 -O "$2" "http://$PXEN_SERVER/boot/releases/$PXEN_RELEASE/$1" || { problem="the boot server $PXEN_SERVER does not give $1"; return 1; }
  fi
}

# The manifest's own hash came with the facts or the loader's command line: the root of trust of this boot.
get_manifest() {
  rm -f "$release/manifest"
  get manifest "$release/manifest" || return 1
  [ "$(hash_of "$release/manifest")" = "$PXEN_MANIFEST" ] || { problem="the manifest of release $PXEN_RELEASE is damaged or of another release"; return 1; }
}

# get_verified NAME - fetches a file and holds it against the manifest; only chunks that are wrong are fetched again.
get_verified() {
  set -- "$1" $(awk -v name="$1" '$1 == "file" && $2 == name {print $3, $4}' "$release/manifest")
  [ -n "$3" ] || { problem="the manifest does not name $1"; return 1; }
  say fetch "$1, $(($2 / 1000000)) MB"
  get "$1" "$release/$1" || return 1
  say verify "$1"
  [ "$(hash_of "$release/$1")" = "$3" ] && return 0
  repair "$1" "$2" && [ "$(hash_of "$release/$1")" = "$3" ] && return 0
  rm -f "$release/$1"
  problem="$1 does not match its hash in the manifest: the ${PXEN_BOOT} copy is damaged"
  return 1
}

# get_range NAME FROM TO - prints bytes of a file of the release. busybox's wget knows ranges only for going on with a file, so
# the request is written by hand (RFC 9110, 14.2); nothing is checked here, since the hash is.
get_range() {
  port=80
  case $PXEN_SERVER in *:*) port=${PXEN_SERVER#*:} ;; esac
  printf 'GET /boot/releases/%s/%s HTTP/1.0\r\nHost: %s\r\nRange: bytes=%s-%s\r\n\r\n' "$PXEN_RELEASE" "$1" "$PXEN_SERVER" "$2" "$3" |
    nc -w 20 "${PXEN_SERVER%:*}" "$port" | {
    # The head ends with an empty line; `read` takes no byte more than a line.
    while read -r line && [ -n "${line%?}" ]; do :; done
    cat
  }
}

# Compares 1 MiB chunks with the manifest and fetches the wrong ones by range; only the network can give a second copy.
repair() {
  [ "$PXEN_BOOT" = network ] || return 1
  [ "$(stat -c %s "$release/$1")" -eq "$2" ] || { rm -f "$release/$1"; get "$1" "$release/$1" || return 1; }
  awk -v name="$1" '$1 == "chunk" && $2 == name {print $3, $4}' "$release/manifest" > /run/chunks
  while read -r index want; do
    have=$(dd if="$release/$1" bs=1048576 skip="$index" count=1 2>/dev/null | sha256sum | cut -d ' ' -f 1)
    [ "$have" = "$want" ] && continue
    say fetch "$1, chunk $index again"
    from=$((index * 1048576))
    get_range "$1" "$from" $((from + 1048575)) | dd of="$release/$1" bs=1048576 seek="$index" conv=notrunc 2>/dev/null
  done < /run/chunks
}
