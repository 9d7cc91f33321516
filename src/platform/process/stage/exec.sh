# Becomes the command, or says why not. Descriptor 4 has shell text that exports the environment, sets mw_directory, mw_env
# (a function that runs its arguments with the names that a shell cannot export) and "$@", the command. Descriptor 3 takes the report: `started`, or `failed <exit code> <reason>`.
# It comes by descriptor because a command line can be read by every user of the host.
mw_env_program=$(command -v env)
unset MW_ID MW_UID MW_GID MW_GROUPS MW_ROOTLESS MW_SEEN_UID MW_SEEN_GID MW_HIDE MW_KEEP MW_RESOLV MW_HOSTS MW_NSSWITCH MW_SIGNALS MW_OWN_CGROUP

mw_fail() {
  printf 'failed %s %s\n' "$1" "$2" >&3
  exit "$1"
}

mw_find() {
  case $1 in
    */*)
      [ -e "$1" ] || mw_fail 127 "command not found: $1 (looked from $PWD)"
      [ ! -d "$1" ] || mw_fail 126 "the command is a directory: $1"
      [ -x "$1" ] || mw_fail 126 "not executable by uid $(id -u 2>/dev/null): $1; chmod +x, or name its interpreter"
      return
      ;;
  esac
  set -f
  mw_ifs=$IFS
  IFS=:
  for mw_place in $PATH; do
    if [ -f "${mw_place:-.}/$1" ] && [ -x "${mw_place:-.}/$1" ]; then
      IFS=$mw_ifs
      set +f
      return
    fi
  done
  mw_fail 127 "command not found: $1; PATH was $PATH"
}

mw_text=$(cat <&4)
exec 4<&-
eval "$mw_text"
unset mw_text

[ -d "$mw_directory" ] || mw_fail 126 "working_dir does not exist: $mw_directory"
cd -- "$mw_directory" 2>/dev/null || mw_fail 126 "working_dir may not be entered by uid $(id -u 2>/dev/null): $mw_directory"
mw_find "$1"
unset OLDPWD
echo started >&3
mw_env "$@"
