# PID 1 of the sandbox: hides the host's /run, brings up loopback, starts the runner and collects every orphan's exit.
# usage: sandbox.sh [directory …] -- command [argument …]     the directories stay reachable though they lie under /run
# The runner's channel is at descriptors 3 and 4.
set -eu

# The new /run is built on /tmp and moved to its place when what must stay reachable hangs in it.
mount -n -t tmpfs -o mode=755,nosuid,nodev tmpfs /tmp
while [ "$1" != -- ]; do
  mkdir -p "/tmp/${1#/run/}"
  mount -n --rbind "$1" "/tmp/${1#/run/}"
  shift
done
shift
mount -n --move /tmp /run
mkdir -p /run/netns /run/meshwise
ip link set lo up

# A shell's background commands ignore SIGINT and SIGQUIT, and that would be inherited by every workload.
env --default-signal "$@" &
child=$!
exec 3<&- 4<&- # else the channel would outlive the runner
code=0
wait "$child" || code=$?
exit "$code"
