# The host's card goes into the bridge xenbr0 from the start, so that nothing has to be moved under a running root. Cards are
# named by their MAC address: the kernel's order of cards is a race.

name_cards() {
  for card in /sys/class/net/*; do
    [ -e "$card/device" ] || continue
    old=${card##*/}
    mac=$(cat "$card/address")
    new=enx$(echo "$mac" | tr -d :)
    [ "$old" = "$new" ] || ip link set "$old" name "$new"
    ip link set "$new" up
  done
}

# The card that the firmware booted from, else the first one (by MAC) with a link, else the first.
choose_card() {
  if [ -n "$PXEN_MAC" ]; then
    card=enx$(echo "$PXEN_MAC" | tr -d :)
    [ -e "/sys/class/net/$card" ]
    return
  fi
  for wait in 1 2 3 4 5 6 7 8 9 10; do
    for path in /sys/class/net/enx*; do
      [ "$(cat "$path/carrier" 2>/dev/null)" = 1 ] && { card=${path##*/}; return 0; }
    done
    sleep 0.3
  done
  card=$(ls /sys/class/net | grep -m 1 '^enx')
  [ -n "$card" ]
}

make_bridge() {
  mac=$(cat "/sys/class/net/$card/address")
  [ -e /sys/class/net/xenbr0 ] || brctl addbr xenbr0
  echo 0 > /sys/class/net/xenbr0/bridge/forward_delay
  # A bridge takes the lowest MAC of its members; guests come and go, so it is fixed.
  ip link set xenbr0 address "$mac"
  [ -e "/sys/class/net/xenbr0/brif/$card" ] || brctl addif xenbr0 "$card"
  ip link set xenbr0 up
  PXEN_MAC=$mac
}

network() {
  load_network
  modprobe -q bridge
  wait=0
  until name_cards; choose_card; do
    wait=$((wait + 1))
    [ "$wait" -lt 20 ] || { problem="the network card ${PXEN_MAC:-} is not to be found: its driver may be missing"; return 1; }
    sleep 0.5
  done
  make_bridge
}

# The address that the firmware got, as the boot server wrote it into the facts.
use_address() {
  ip addr replace "$PXEN_ADDRESS" dev xenbr0
  [ -z "$PXEN_GATEWAY" ] || ip route replace default via "$PXEN_GATEWAY"
  wait=0
  # The link may take its time (spanning tree holds a port for up to 50 s).
  until arping -q -c 1 -w 1 -I xenbr0 "$PXEN_SERVER" 2>/dev/null; do
    wait=$((wait + 1))
    [ "$wait" -lt 60 ] || { problem="the boot server $PXEN_SERVER does not answer: is the link blocked (spanning tree), or the server off?"; return 1; }
  done
  network_up=1
}
