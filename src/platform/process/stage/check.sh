# Runs one healthcheck inside a running workload: as a member of its cgroups and all its namespaces, as its user, without
# power. usage: check.sh <pid of its PID 1> [cgroup.procs …]     descriptors and environment: as exec.sh
target=$1
shift
for procs in "$@"; do
  echo 0 >"$procs" || { echo "failed 125 cannot join the cgroup ${procs%/cgroup.procs}" >&3; exit 125; }
done
groups=--keep-groups
if [ -z "$MW_ROOTLESS" ]; then
  groups=--clear-groups
  [ -z "$MW_GROUPS" ] || groups="--groups=$MW_GROUPS"
fi
# the groups first: inside the inner user namespace nobody may change them
exec setpriv "$groups" -- nsenter --target "$target" --user --mount --uts --ipc --net --pid --cgroup \
  --preserve-credentials -- \
  setpriv --reuid "$MW_SEEN_UID" --regid "$MW_SEEN_GID" --keep-groups --no-new-privs \
  --ambient-caps=-all --inh-caps=-all --bounding-set=-all -- sh /dev/.meshwise/exec.sh
