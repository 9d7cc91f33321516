# Runs one healthcheck inside a running workload: as a member of its cgroups and of its namespaces, as its user, without
# power. Its user namespace is one more of the same kind: nobody who enters an existing one keeps the capability to empty
# the bounding set, and none in it could be of use to a check.
# usage: check.sh <pid of its PID 1> [cgroup.procs …]     descriptors and environment: as exec.sh and mounts.sh
target=$1
shift
for procs in "$@"; do
  echo 0 >"$procs" || { echo "failed 125 cannot join the cgroup ${procs%/cgroup.procs}" >&3; exit 125; }
done
set -- setpriv --clear-groups
[ -z "$MW_GROUPS" ] || set -- setpriv "--groups=$MW_GROUPS"
if [ -z "$MW_ROOTLESS" ]; then
  set -- "$@" --reuid "$MW_UID" --regid "$MW_GID" --inh-caps=-all --
else
  set --
fi
exec nsenter --target "$target" --mount --uts --ipc --net --pid --cgroup -- \
  "$@" unshare --user --map-user="$MW_SEEN_UID" --map-group="$MW_SEEN_GID" --keep-caps -- \
  setpriv --no-new-privs --ambient-caps=-all --inh-caps=-all --bounding-set=-all -- sh /dev/.meshwise/exec.sh
