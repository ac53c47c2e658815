# What stage 1 tells: every step on the console, and as one line to the boot server once it is known.

seconds() { cut -d ' ' -f 1 /proc/uptime; }

# say STEP DETAIL...
say() {
  step=$1
  shift
  [ -c /dev/console ] && echo "pxen: stage1 $step $*" > /dev/console
  [ -c /dev/tty0 ] && case $step in failed | retry) true ;; *) false ;; esac && printf '\033[1;31mpxen: %s\033[0m\n' "$*" > /dev/tty0
  [ -z "$network_up" ] || wget -q -T 5 -O /dev/null --post-data "pxen1 $PXEN_MAC $(seconds) $step $*" "http://$PXEN_SERVER/api/v1/step" 2>/dev/null &
  return 0
}
