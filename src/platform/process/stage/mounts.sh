# Second stage of a workload, PID 1 of its PID namespace and root over its mounts: builds what it may see, then gives up
# all power for good and becomes init.sh.
# usage: mounts.sh <directory of the stages>     descriptors: 3 takes the report, 4 has what to run (exec.sh), 6 the workload's errors
# environment: see stageEnvironment in launch.ts
stages=$1
exec 2>&6 6>&-

fail() {
  echo "failed 125 $1" >&3
  exit 125
}
must() {
  said=$("$@" 2>&1) || fail "$* did not work: $said"
}

hostname "$MW_ID" 2>/dev/null

# ── /run: none of the host's sockets, nor the sandbox's namespaces. Built on /tmp, see sandbox.sh ──
must mount -n -t tmpfs -o "mode=755,nosuid,nodev,uid=$MW_UID,gid=$MW_GID" tmpfs /tmp
if [ -n "$MW_KEEP" ]; then
  must mkdir -p "/tmp/${MW_KEEP#/run/}"
  must mount -n --rbind "$MW_KEEP" "/tmp/${MW_KEEP#/run/}"
fi
must mount -n --move /tmp /run
must mkdir -m 1777 /run/lock

# ── our state: logs, stores and sockets of all projects ──
if [ -d "$MW_HIDE" ]; then must mount -n -t tmpfs -o mode=755,ro,nosuid,nodev,noexec tmpfs "$MW_HIDE"; fi

# ── /sys: that of its own network namespace, without cgroups but its own ──
if mount -n -t sysfs -o ro,nosuid,nodev,noexec sysfs /sys 2>/dev/null; then
  # so that runtimes that size themselves by their limit find it
  [ -z "$MW_OWN_CGROUP" ] || mount -n -t cgroup2 -o ro,nosuid,nodev,noexec cgroup2 /sys/fs/cgroup 2>/dev/null
  for dark in /sys/firmware /sys/kernel /sys/devices/virtual/powercap; do
    if [ -d "$dark" ]; then must mount -n -t tmpfs -o ro,nosuid,nodev,noexec tmpfs "$dark"; fi
  done
else
  # a kernel or container that allows no fresh one
  must mount -n -t tmpfs -o ro,nosuid,nodev,noexec tmpfs /sys
fi

# ── /dev: only what is harmless to everyone ──
must mkdir /run/dev
must mount -n -t tmpfs -o mode=755,nosuid tmpfs /run/dev
for node in null zero full random urandom tty; do
  : >"/run/dev/$node"
  must mount -n --bind "/dev/$node" "/run/dev/$node"
done
mkdir /run/dev/pts /run/dev/shm /run/dev/mqueue /run/dev/.meshwise
must mount -n -t devpts -o newinstance,ptmxmode=0666,mode=0620,nosuid,noexec devpts /run/dev/pts
must mount -n -t tmpfs -o mode=1777,nosuid,nodev tmpfs /run/dev/shm
mount -n -t mqueue -o nosuid,nodev,noexec mqueue /run/dev/mqueue 2>/dev/null
ln -s /proc/self/fd /run/dev/fd
ln -s /proc/self/fd/0 /run/dev/stdin
ln -s /proc/self/fd/1 /run/dev/stdout
ln -s /proc/self/fd/2 /run/dev/stderr
ln -s pts/ptmx /run/dev/ptmx
# a copy, because the workload's user may not be able to read ours
must cp "$stages/init.sh" "$stages/exec.sh" /run/dev/.meshwise/
must chmod 755 /run/dev/.meshwise/init.sh /run/dev/.meshwise/exec.sh
must mount -n --move /run/dev /dev
must rmdir /run/dev

# ── names: where a name is looked up decides whether the mesh carries the call ──
place() { # <file in /etc> <content>
  target=$(readlink -m "$1")
  if [ ! -e "$target" ]; then
    case $target in
      /run/*) mkdir -p "${target%/*}" && : >"$target" ;; # such as systemd-resolved's
      *) return 1 ;;
    esac
  fi
  printf '%s' "$2" >/run/.placed && chmod 644 /run/.placed || fail "cannot write $1"
  must mount -n --bind /run/.placed "$target"
  must mount -n -o remount,bind,ro,nosuid,nodev "$target"
  must rm /run/.placed
}
place /etc/resolv.conf "$MW_RESOLV" || fail "this host has no /etc/resolv.conf; make an empty one"
place /etc/hosts "$MW_HOSTS" || fail "this host has no /etc/hosts; make one that names localhost"
place /etc/nsswitch.conf "$MW_NSSWITCH" # without one, libc does the same by itself

# ── /proc, last: the knobs of the whole machine, which a workload of uid 0 could turn without any capability ──
for still in sys sysrq-trigger irq bus fs; do
  [ -e "/proc/$still" ] || continue
  must mount -n --bind "/proc/$still" "/proc/$still"
  must mount -n -o remount,bind,ro,nosuid,nodev,noexec "/proc/$still"
done
for dark in kcore keys kmsg kallsyms latency_stats timer_list timer_stats sched_debug vmallocinfo kpagecount kpageflags; do
  if [ -e "/proc/$dark" ]; then must mount -n --bind /dev/null "/proc/$dark"; fi
done
for dark in acpi asound scsi; do
  if [ -d "/proc/$dark" ]; then must mount -n -t tmpfs -o ro,nosuid,nodev,noexec tmpfs "/proc/$dark"; fi
done

cd / || fail "cannot enter /"
umask 022

# Without root the kernel knows only our own user; what the workload sees is a name for it.
if [ -z "$MW_ROOTLESS" ]; then
  groups=--clear-groups
  [ -z "$MW_GROUPS" ] || groups="--groups=$MW_GROUPS"
  set -- setpriv --reuid "$MW_UID" --regid "$MW_GID" "$groups" --inh-caps=-all --
else
  set --
fi
# --keep-caps: the next setpriv needs CAP_SETPCAP to empty the bounding set
exec "$@" unshare --user --map-user="$MW_SEEN_UID" --map-group="$MW_SEEN_GID" --keep-caps -- \
  setpriv --no-new-privs --ambient-caps=-all --inh-caps=-all --bounding-set=-all -- \
  sh /dev/.meshwise/init.sh
