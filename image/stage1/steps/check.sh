# Looks before it leaps: a machine with too little memory says so instead of dying half-way.

# MiB that stage 1 needs in dom0: the root in RAM twice over (as it arrives and as it runs), and the system itself.
LEAST_MEMORY=600

check_memory() {
  have=$(awk '/MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
  while [ "$have" -lt "$LEAST_MEMORY" ]; do
    say failed "this machine gives dom0 $have MiB, but pxen needs $LEAST_MEMORY MiB there: add memory (2 GiB in the machine are enough)"
    sleep 60
  done
}
