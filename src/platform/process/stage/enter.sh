# First stage of a workload, still in the sandbox: joins its cgroups, then enters its network namespace and makes the
# others. The inner user namespace comes last, in mounts.sh: who owns a namespace may change it.
# usage: enter.sh <netns> <directory of the stages> [cgroup.procs …]     descriptors: see mounts.sh
netns=$1 stages=$2
shift 2
for procs in "$@"; do
  # 0 is the writer
  echo 0 >"$procs" || { echo "failed 125 cannot join the cgroup ${procs%/cgroup.procs}" >&3; exit 125; }
done
# A pipe belongs to who made it; without this `> /dev/stdout` is forbidden to a workload of another user.
pipes=
for fd in 0 1 2; do
  if [ -p /proc/self/fd/$fd ]; then pipes="$pipes /proc/self/fd/$fd"; fi
done
# shellcheck disable=SC2086
[ -z "$pipes" ] || chown "$MW_UID:$MW_GID" $pipes 2>/dev/null

# what nsenter and unshare have to say is for the report; mounts.sh gives the workload its own errors back
exec 6>&2 2>&3
exec nsenter --net="$netns" -- unshare --mount --propagation private --uts --ipc --pid --cgroup --fork \
  --kill-child=KILL --mount-proc sh "$stages/mounts.sh" "$stages"
