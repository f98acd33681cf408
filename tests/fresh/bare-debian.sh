#!/usr/bin/env bash
# Both commands of the README on machines that have nothing: bare Debian 12 folders made by
# debootstrap, an ordinary user, no caches, no CUDA toolkit, a clone of the last commit.
#
#   sudo tests/fresh/bare-debian.sh [--keep] [--results FOLDER] [window] [server] [tests]
#
#   window   ./run.sh as a user whose sudo allows apt: from nothing to the window, with a picture;
#            before that without any rights; after it the second start, and one without network
#   server   ./run.sh generate as root, without a display: nothing of Qt or Vulkan may arrive
#   tests    ./test.sh
#
# Without names: all three. Results: FOLDER (build/fresh by default) with times.txt, a log of each
# and window.png. Needs root, debootstrap, and for "window" xvfb, xdotool and imagemagick. Package
# sources, proxies, certificates and pip settings are the host's own.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
results=$top/build/fresh
keep=no
stages=()
while [[ $# -gt 0 ]]; do
  case "$1" in
    --keep) keep=yes ;;
    --results)
      results=$2
      shift
      ;;
    window | server | tests) stages+=("$1") ;;
    *)
      sed -n '2,17s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
  esac
  shift
done
[[ ${#stages[@]} -gt 0 ]] || stages=(window server tests)
[[ $(id -u) -eq 0 ]] || { echo "bare-debian.sh: needs root, for chroot and mounts" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "bare-debian.sh: needs the package debootstrap" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/var/tmp}/kinescore-fresh.XXXXXX")
chmod 755 "$work"
mkdir -p "$results"
results=$(cd "$results" && pwd)
times=$results/times.txt
: >"$times"
display_pid=
inside_pid=
failures=0

# Everything that is mounted lives in the namespace of the command that needed it, so that removing
# the folder can never reach the host's own.
clean_up() {
  [[ -z $inside_pid ]] || pkill -KILL -P "$inside_pid" 2>/dev/null || true
  [[ -z $display_pid ]] || kill "$display_pid" 2>/dev/null || true
  if [[ $keep == yes ]]; then
    echo "kept: $work"
  elif ! grep -qF " $work/" /proc/mounts; then
    rm -rf --one-file-system "${work:?}"
  fi
}
trap clean_up EXIT

note() { echo "$*" | tee -a "$times"; }
clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }
expect() { # <what> <command>...
  if "${@:2}"; then
    note "  ok      $1"
  else
    note "  FAILED  $1"
    failures=$((failures + 1))
  fi
}

# ---- machines -----------------------------------------------------------------------------------

host_mirror() {
  {
    sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/debian.sources
    sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p' /etc/apt/sources.list
  } 2>/dev/null | sed -n 1p
}

make_base() {
  local base=$work/base file mirror=()
  readarray -t mirror < <(host_mirror)
  debootstrap --variant=minbase --include=ca-certificates bookworm "$base" "${mirror[@]}" \
    >"$results/debootstrap.log" 2>&1
  cp -L /etc/resolv.conf /etc/hosts "$base/etc/"
  for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do
    if grep -q '^ *Acquire::' "$file" 2>/dev/null; then cp "$file" "$base/etc/apt/apt.conf.d/"; fi
  done
  for file in /etc/pip.conf /etc/xdg/pip/pip.conf; do
    if [[ -f $file ]]; then install -D -m 644 "$file" "$base$file"; fi
  done
  if compgen -G '/usr/local/share/ca-certificates/*.crt' >/dev/null; then
    cp /usr/local/share/ca-certificates/*.crt "$base/usr/local/share/ca-certificates/"
    chroot "$base" update-ca-certificates >>"$results/debootstrap.log" 2>&1
  fi
  if [[ -d ${PIP_FIND_LINKS:-} ]]; then
    mkdir -p "$base$PIP_FIND_LINKS"
    cp -r "$PIP_FIND_LINKS/." "$base$PIP_FIND_LINKS/"
  fi
  chroot "$base" useradd --create-home --shell /bin/bash animator
  git clone -q --no-hardlinks "$top" "$base/home/animator/kinescore"
  chroot "$base" chown -R animator:animator /home/animator/kinescore
}

machine() { # <name>: a new copy of the base
  cp -a "$work/base" "$work/$1"
}

# Network settings of the host that a program inside needs as well.
passed_on() {
  env | grep -E '^((https?|ftp|all|no)_proxy|(HTTPS?|FTP|ALL|NO)_PROXY|PIP_[A-Z_]+|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE)=' || true
}

# inside <machine> <user> <network: yes/no> <command line>: in the folder of the clone
inside() {
  local root=$work/$1 user=$2 network=$3 line=$4 home=/root settings=() namespaces=(--mount --pid --fork --kill-child)
  [[ $user == root ]] || home=/home/$user
  [[ $network == yes ]] || namespaces+=(--net)
  readarray -t settings < <(passed_on)
  # shellcheck disable=SC2016  # for the shell inside
  exec unshare "${namespaces[@]}" bash -c '
    root=$1 user=$2
    mount --make-rprivate /
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sys "$root/sys"
    mount --rbind /dev "$root/dev"
    mkdir -p "$root/tmp/.X11-unix"
    if [[ -d /tmp/.X11-unix ]]; then mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"; fi
    shift 2
    exec chroot --userspec="$user:$user" "$root" "$@"' inside "$root" "$user" \
    /usr/bin/env -i "${settings[@]}" HOME="$home" USER="$user" LANG=C.UTF-8 TERM=dumb \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin ${DISPLAY_INSIDE:+DISPLAY=$DISPLAY_INSIDE} \
    /bin/bash -c "cd /home/animator/kinescore && $line"
}

timed() { # <what> <log> <machine> <user> <network> <command line>: its status is returned
  local what=$1 log=$2 begin=$SECONDS status=0
  shift 2
  (inside "$@") >>"$log" 2>&1 </dev/null || status=$?
  note "$(printf '%7s  exit %d  %s' "$(clock $((SECONDS - begin)))" "$status" "$what")"
  return $status
}

# ---- the window ---------------------------------------------------------------------------------

start_display() {
  local number
  for number in $(seq 90 120); do
    [[ -e /tmp/.X11-unix/X$number ]] || break
  done
  Xvfb ":$number" -screen 0 1600x1000x24 -ac >/dev/null 2>&1 &
  display_pid=$!
  DISPLAY_INSIDE=:$number
  sleep 2
}

window_is_there() {
  DISPLAY=$DISPLAY_INSIDE xdotool search --onlyvisible --name '[Kk]inescore' >/dev/null 2>&1
}

# Starts ./run.sh in the background and waits for its window: seconds in $took, or fails.
window_appears() { # <machine> <log> <options of run.sh>
  local begin
  begin=$(date +%s%N)
  (inside "$1" animator yes "exec ./run.sh ${3:-}") >>"$2" 2>&1 </dev/null &
  inside_pid=$!
  until window_is_there; do
    kill -0 "$inside_pid" 2>/dev/null || return 1
    [[ $((($(date +%s%N) - begin) / 1000000000)) -lt 3600 ]] || return 1
    sleep 0.2
  done
  took=$((($(date +%s%N) - begin) / 1000000))
}

# The first process inside is killed, and everything there goes with it. Killing unshare would not do:
# what it asks for its child is forgotten when the child becomes another user.
close_window() {
  pkill -KILL -P "$inside_pid" 2>/dev/null || true
  wait "$inside_pid" 2>/dev/null || true
  inside_pid=
  while window_is_there; do sleep 0.1; done
}

stage_window() {
  local log=$results/window.log status=0
  : >"$log"
  machine window
  note ""
  note "window: an ordinary user, ./run.sh"
  start_display
  timed "./run.sh without any rights" "$log" window animator yes ./run.sh || status=$?
  expect "without rights: exit 3" test "$status" -eq 3
  expect "without rights: one line to copy" grep -q "^  su -c 'apt-get update" "$log"

  chroot "$work/window" apt-get -qq update
  chroot "$work/window" apt-get -qq install -y --no-install-recommends sudo >>"$results/debootstrap.log" 2>&1
  echo 'animator ALL=(root) NOPASSWD:SETENV: /usr/bin/apt-get' >"$work/window/etc/sudoers.d/animator"
  chmod 440 "$work/window/etc/sudoers.d/animator"

  if window_appears window "$log"; then
    note "$(printf '%7s          ./run.sh, from nothing to the window' "$(clock $((took / 1000)))")"
    sleep 10
    DISPLAY=$DISPLAY_INSIDE import -window root "$results/window.png"
    close_window
    if window_appears window "$log"; then
      note "$(printf '%5d ms          ./run.sh, second start, to the window' "$took")"
      expect "second start: at most 3 s to the window" test "$took" -le 3000
    else
      expect "the second start opens a window" false
    fi
    close_window
  else
    expect "./run.sh opens a window" false
    close_window
  fi
  DISPLAY_INSIDE=
  status=0
  timed "./run.sh generate, 10 s of motion" "$log" window animator yes \
    "./run.sh generate --text '0-4s: walk forward' --text '4-7s: turn left' --text '7-10s: wave' -o ~/walk.bvh" || status=$?
  expect "generate: exit 0" test "$status" -eq 0
  expect "generate: a BVH of 300 frames" grep -q '^Frames: *300' "$work/window/home/animator/walk.bvh"
  status=0
  timed "./run.sh --clean" "$log" window animator yes "./run.sh --clean" || status=$?
  timed "./run.sh --offline generate, cut from the network, full cache" "$log" window animator no \
    "./run.sh --offline generate --text '0-2s: walk forward' -o ~/offline.bvh" || status=$?
  expect "offline: exit 0" test "$status" -eq 0
  expect "nothing of ours in the user's site-packages" test ! -e "$work/window/home/animator/.local/lib"
}

# ---- the other two ------------------------------------------------------------------------------

stage_server() {
  local log=$results/server.log status=0
  : >"$log"
  machine server
  note ""
  note "server: root, no display, ./run.sh generate"
  timed "./run.sh" "$log" server root yes ./run.sh || status=$?
  expect "the window without a display: exit 3, nothing built" test "$status" -eq 3 -a ! -d "$work/server/home/animator/kinescore/build"
  status=0
  timed "./run.sh generate, from nothing to a BVH" "$log" server root yes \
    "./run.sh generate --text '0-3s: walk forward' -o /root/walk.bvh" || status=$?
  expect "generate: exit 0" test "$status" -eq 0
  expect "generate: a BVH of 90 frames" grep -q '^Frames: *90' "$work/server/root/walk.bvh"
  # shellcheck disable=SC2016  # dpkg's own ${...}
  expect "no Qt, no Vulkan on the machine" test -z "$(chroot "$work/server" dpkg-query -W -f '${Package}\n' |
    grep -E '^(libqt|qt6|libvulkan|mesa-vulkan)' || true)"
}

stage_tests() {
  local log=$results/tests.log status=0 begin=$SECONDS
  : >"$log"
  machine tests
  note ""
  note "tests: root, ./test.sh"
  timed "./test.sh, from nothing" "$log" tests root yes ./test.sh || status=$?
  note "         $(tail -n 1 "$log")"
  expect "all pass" test "$status" -eq 0
  expect "at most 35 minutes" test $((SECONDS - begin)) -le 2100
}

note "$(date '+%F'), commit $(git -C "$top" rev-parse --short HEAD), $(nproc) cores, $(awk '/MemTotal/ {print int($2 / 1048576 + 0.5)}' /proc/meminfo) GB of memory"
make_base
for stage in "${stages[@]}"; do "stage_$stage"; done
note ""
note "$failures failed"
[[ $failures -eq 0 ]]
