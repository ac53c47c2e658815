# Further packages: layers between the root and pxen's own. A host that cannot have one boots without it, and its agent says so.

# Lines `layer NAME FILE SIZE SHA256` (src/core/image/packageIndex.ts): from the network they came with the facts; on the drive the
# loader named the packages.
wanted_layers() {
  if [ "$PXEN_BOOT" = network ]; then cat /pxen/layers 2>/dev/null; return 0; fi
  for name in $(echo "$own_layers" | tr , ' '); do
    line=$(awk -v name="$name" '$1 == "layer" && $2 == name' /run/pxen/drive/boot/packages/index 2>/dev/null)
    echo "${line:-layer $name}"
  done
}

# layer_is_whole FILE SHA256
layer_is_whole() { [ -e "$1" ] && [ "$(hash_of "$1")" = "$2" ]; }

# get_layer FILE SHA256 - brings it to where host0 has it too; from the drive it lies there already.
get_layer() {
  layer=/run/pxen/drive/boot/packages/$1
  [ -n "$2" ] || { why='the drive has no layer of it'; return 1; }
  mkdir -p "${layer%/*}"
  for try in 1 2 3; do
    layer_is_whole "$layer" "$2" && return 0
    [ "$PXEN_BOOT" = network ] || { why='its layer on the drive is damaged'; return 1; }
    [ "$try" = 1 ] || rm -f "$layer"
    wget -q -c -T 20 -O "$layer" "http://$PXEN_SERVER/boot/packages/$1" 2>/dev/null || sleep 2
  done
  layer_is_whole "$layer" "$2" && return 0
  rm -f "$layer"
  why="the boot server $PXEN_SERVER does not give it whole"
  return 1
}

# Mounts them, the last one lowest, over `lower`; /run/pxen/packages tells the agent how it went.
mount_packages() {
  wanted_layers > /run/layers
  : > /run/pxen/packages
  while read -r _ name file _ hash <&3; do
    place=/run/pxen/layers/$name
    mkdir -p "$place"
    if get_layer "$file" "$hash" && { why='its layer cannot be mounted'; mount -t squashfs -o ro,loop "$layer" "$place"; }; then
      lower=$place:$lower
      echo "$name mounted" >> /run/pxen/packages
    else
      say fetch "the package $name is left out: $why"
      echo "$name left out: $why" >> /run/pxen/packages
    fi
  done 3< /run/layers
}
