# What stage 1 tells: every step on the console, and as one small UDP message to the boot server once it is known.

BEACON_PORT=6911

seconds() { cut -d ' ' -f 1 /proc/uptime; }

# say STEP DETAIL...
say() {
  step=$1
  shift
  [ -c /dev/console ] && echo "pxen: stage1 $step $*" > /dev/console
  [ -c /dev/tty0 ] && case $step in failed | retry) true ;; *) false ;; esac && printf '\033[1;31mpxen: %s\033[0m\n' "$*" > /dev/tty0
  [ -z "$network_up" ] || echo "pxen1 $PXEN_MAC $(seconds) $step $*" | nc -u -w 1 "$PXEN_SERVER" "$BEACON_PORT" 2>/dev/null &
  return 0
}
