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

# A row of a table that one mount(8) works off: a process for each would be most of what a start costs.
row() { # <what> <where> <type> <options>
  printf '%s %s %s %s 0 0\n' "$1" "$2" "$3" "$4" >>/run/.table
}

umask 022
hostname "$MW_ID" 2>/dev/null

# ── /run: none of the host's sockets, nor the sandbox's namespaces. Built on /tmp, see sandbox.sh ──
must mount -n -t tmpfs -o "mode=755,nosuid,nodev,uid=$MW_UID,gid=$MW_GID" tmpfs /tmp
if [ -n "$MW_KEEP" ]; then
  must mkdir -p "/tmp/${MW_KEEP#/run/}"
  must mount -n --rbind "$MW_KEEP" "/tmp/${MW_KEEP#/run/}"
fi
must mount -n --move /tmp /run
must mkdir -m 1777 /run/lock /run/.dev

# ── our state: logs, stores and sockets of all projects ──
if [ -d "$MW_HIDE" ]; then must mount -n -t tmpfs -o mode=755,ro,nosuid,nodev,noexec tmpfs "$MW_HIDE"; fi

# ── /sys: that of its own network namespace, without cgroups but its own ──
if mount -n -t sysfs -o ro,nosuid,nodev,noexec sysfs /sys 2>/dev/null; then
  # so that runtimes that size themselves by their limit find it
  [ -z "$MW_OWN_CGROUP" ] || mount -n -t cgroup2 -o ro,nosuid,nodev,noexec cgroup2 /sys/fs/cgroup 2>/dev/null
  for dark in /sys/firmware /sys/kernel /sys/devices/virtual/powercap; do
    if [ -d "$dark" ]; then row tmpfs "$dark" tmpfs ro,nosuid,nodev,noexec; fi
  done
else
  # a kernel or container that allows no fresh one
  must mount -n -t tmpfs -o ro,nosuid,nodev,noexec tmpfs /sys
fi

# ── /dev: only what is harmless to everyone ──
must mount -n -t tmpfs -o mode=755,nosuid tmpfs /run/.dev
for node in null zero full random urandom tty; do
  : >"/run/.dev/$node"
  row "/dev/$node" "/run/.dev/$node" none bind
done
must mkdir /run/.dev/pts /run/.dev/shm /run/.dev/mqueue /run/.dev/.meshwise
row devpts /run/.dev/pts devpts newinstance,ptmxmode=0666,mode=0620,nosuid,noexec
row tmpfs /run/.dev/shm tmpfs mode=1777,nosuid,nodev
mount -n -t mqueue -o nosuid,nodev,noexec mqueue /run/.dev/mqueue 2>/dev/null
ln -s /proc/self/fd /run/.dev/fd
ln -s /proc/self/fd/0 /run/.dev/stdin
ln -s /proc/self/fd/1 /run/.dev/stdout
ln -s /proc/self/fd/2 /run/.dev/stderr
ln -s pts/ptmx /run/.dev/ptmx
# a copy, because the workload's user may not be able to read ours
must install -m 755 "$stages/init.sh" "$stages/exec.sh" /run/.dev/.meshwise/

# ── names: where a name is looked up decides whether the mesh carries the call ──
place() { # <file in /etc> <content>
  target=$1
  if [ -L "$1" ]; then target=$(readlink -m "$1"); fi
  if [ ! -e "$target" ]; then
    case $target in
      /run/*) mkdir -p "${target%/*}" && : >"$target" ;; # such as systemd-resolved's
      *) return 1 ;;
    esac
  fi
  printf '%s' "$2" >"/run/.placed.${1##*/}" || fail "cannot write $1"
  row "/run/.placed.${1##*/}" "$target" none bind,ro,nosuid,nodev
}
place /etc/resolv.conf "$MW_RESOLV" || fail "this host has no /etc/resolv.conf; make an empty one"
place /etc/hosts "$MW_HOSTS" || fail "this host has no /etc/hosts; make one that names localhost"
place /etc/nsswitch.conf "$MW_NSSWITCH" # without one, libc does the same by itself

# ── /proc, last: the knobs of the whole machine, which a workload of uid 0 could turn without any capability ──
for still in sys sysrq-trigger irq bus fs; do
  if [ -e "/proc/$still" ]; then row "/proc/$still" "/proc/$still" none bind,ro,nosuid,nodev,noexec; fi
done
for dark in kcore keys kmsg kallsyms latency_stats timer_list timer_stats sched_debug vmallocinfo kpagecount kpageflags; do
  if [ -e "/proc/$dark" ]; then row /dev/null "/proc/$dark" none bind; fi
done
for dark in acpi asound scsi; do
  if [ -d "/proc/$dark" ]; then row tmpfs "/proc/$dark" tmpfs ro,nosuid,nodev,noexec; fi
done

must mount -n -a -T /run/.table
must mount -n --move /run/.dev /dev
must rm -r /run/.table /run/.dev /run/.placed.*

cd / || fail "cannot enter /"

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
