# PID 1 of a workload, as powerless as the workload itself: starts the command, passes signals on to it, collects orphans,
# ends with the command's exit code. When it ends, the kernel ends what is left in the PID namespace.
exec 5<&0 </dev/null # a shell takes its background commands' input away; 5 gives it back
sh /dev/.meshwise/exec.sh <&5 5<&- &
child=$!
exec 2>/dev/null 3>&- 4<&- 5<&- # a shell writes how its child was ended; that is not the workload's word

signalled=
forward() {
  signalled=1
  kill -s "$1" "$child" 2>/dev/null
}
for signal in $MW_SIGNALS; do
  # shellcheck disable=SC2064
  trap "forward $signal" "$signal"
done

# `wait` also returns for each signal; then its code means nothing, and it must be asked again. 127: it had told before.
wait "$child"
code=$?
while [ -n "$signalled" ]; do
  signalled=
  wait "$child"
  next=$?
  [ "$next" = 127 ] || code=$next
done
exit "$code"
