# shellcheck shell=bash
# What run.sh and test.sh share: look at the machine, install Debian packages, fetch and unpack the
# pinned wheels, build. Nothing here writes outside the cache folder, build/ and, through apt, the
# system; nothing prints to standard output, which belongs to the program.
#
# The caller sets ks_root (top of the sources) and ks_script (its own name), then calls set_up.

set -euo pipefail

: "${ks_root:?}" "${ks_script:?}"
ks_offline=${ks_offline:-no}
ks_os_release=${KINESCORE_OS_RELEASE:-/etc/os-release}  # another file in tests
ks_need_mb=6000          # packages, wheels, what is unpacked, one build
ks_need_cuda_mb=7000     # on top of it, with a graphics card
ks_build_cpu_minutes=24  # of a clean release build; divided by the jobs it makes the announced time

case "${XDG_CACHE_HOME:-}" in
  /*) ks_cache=$XDG_CACHE_HOME/kinescore ;;
  *) ks_cache=${HOME:?HOME is not set}/.cache/kinescore ;;
esac
ks_wheels=$ks_cache/wheels
ks_deps=$ks_cache/deps
ks_log=$ks_cache/setup.log
ks_log_begun=
ks_ticker=

say() { printf '%s\n' "$*" >&2; }

# stop <exit code> <sentence>
stop() {
  local code=$1
  shift
  say "$ks_script: $*"
  exit "$code"
}

# ---- the machine --------------------------------------------------------------------------------

is_root() { [[ $(id -u) -eq 0 ]]; }

refuse_sudo() {
  if is_root && [[ -n ${SUDO_UID:-} ]]; then
    stop 3 "start ./$ks_script as yourself, without sudo: it asks for sudo itself, and only to install packages."
  fi
}

is_debian_12() {
  local id codename
  [[ $(uname -m) == x86_64 && -r $ks_os_release ]] || return 1
  id=$(sed -n 's/^ID=//p' "$ks_os_release" | tr -d '"')
  codename=$(sed -n 's/^VERSION_CODENAME=//p' "$ks_os_release" | tr -d '"')
  [[ $id == debian && $codename == bookworm ]]
}

# Megabytes of memory this machine, or this container, has.
memory_mb() {
  local total limit
  total=$(awk '/^MemTotal:/ {print int($2 / 1024)}' /proc/meminfo)
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  if [[ $limit =~ ^[0-9]+$ && $((limit / 1048576)) -lt $total ]]; then
    total=$((limit / 1048576))
  fi
  echo "$total"
}

build_jobs() {
  local cores by_memory
  cores=$(nproc)
  by_memory=$(($(memory_mb) / 2000))
  [[ $by_memory -ge 1 ]] || by_memory=1
  echo $((cores < by_memory ? cores : by_memory))
}

# Megabytes free where a folder is, or will be.
free_mb() {
  local folder=$1
  while [[ ! -d $folder ]]; do folder=$(dirname "$folder"); done
  df -Pm "$folder" | awk 'NR == 2 {print $4}'
}

has_display() {
  [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]] && return 0
  case "${QT_QPA_PLATFORM:-}" in offscreen* | minimal* | vnc* | linuxfb* | eglfs*) return 0 ;; esac
  return 1
}

has_driver() { [[ -e /proc/driver/nvidia/version || -e /dev/nvidiactl || -e /dev/dxg ]]; }

# Does the system's loader know this library (a CUDA toolkit, say)?
loader_knows() { /sbin/ldconfig -p 2>/dev/null | grep -F "$1 " >/dev/null; }

# ---- packages -----------------------------------------------------------------------------------

# packages_of <section>...: their names, one a line.
packages_of() {
  local section
  for section in "$@"; do
    awk -v want="[$section]" '/^\[/ {on = $1 == want; next} on && NF && $1 !~ /^#/ {print $1}' \
      "$ks_root/cmake/packages.txt"
  done
}

missing_packages() {
  local name installed
  # shellcheck disable=SC2016  # dpkg's own ${...}
  installed=$(packages_of "$@" | xargs dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null |
    awk '$1 == "ii" {print $2}') || true
  for name in $(packages_of "$@"); do
    grep -qxF "$name" <<<"$installed" || echo "$name"
  done
}

# Megabytes the missing ones will take to download: each section's own figure, in proportion.
packages_mb() {
  local section all missing mb total=0
  for section in "$@"; do
    all=$(packages_of "$section" | wc -l)
    missing=$(missing_packages "$section" | wc -l)
    mb=$(awk -v want="[$section]" '$1 == want {print $2}' "$ks_root/cmake/packages.txt")
    total=$((total + mb * missing / all))
  done
  echo "$total"
}

apt_get() {
  local rise=env settings=(DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8) name
  is_root || rise=sudo
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [[ -z ${!name:-} ]] || settings+=("$name=${!name}")
  done
  "$rise" "${settings[@]}" apt-get -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=1800 "$@"
}

# Only dpkg's own lock can be waited for by option; the lists have another.
apt_patiently() {
  local out tries=0
  out=$(mktemp)
  until apt_get "$@" 2>&1 | tee "$out"; do
    if ! grep -qE 'Could not get lock|Unable to (acquire|lock)' "$out" || [[ $((tries += 1)) -gt 360 ]]; then
      rm -f "$out"
      return 1
    fi
    echo "waiting for the other package manager"
    sleep 5
  done
  rm -f "$out"
}

install_packages() {
  # A list that cannot be fetched may be somebody else's: what counts is the install.
  apt_patiently update || true
  apt_patiently install -y --no-install-recommends --no-remove "$@"
}

# Can packages be installed from here? Asks for sudo's password, once, before anything runs.
may_install() {
  is_root && return 0
  command -v sudo >/dev/null || return 1
  sudo -n DEBIAN_FRONTEND=noninteractive apt-get --version >/dev/null 2>&1 && return 0
  [[ -t 0 && -t 2 ]] || return 1
  say "Installing packages needs sudo; nothing else does."
  sudo -v >&2
}

print_install_line() {
  say "  su -c 'apt-get update && apt-get install -y --no-install-recommends $(tr '\n' ' ' <<<"$*" | sed 's/ $//')'"
}

# ---- wheels -------------------------------------------------------------------------------------

# Which lists of wheels this machine needs.
requirement_lists() {
  echo "$ks_root/cmake/requirements.txt"
  echo "$ks_root/cmake/requirements-cudart.txt"
}

# wheel_rows <list>: "list name version sha256 megabytes patterns" of each wheel this machine needs,
# without those whose library the system has.
wheel_rows() {
  local list spec hash _ mb rest
  list=$(basename "$1" .txt)
  while read -r spec hash _ mb rest; do
    [[ $spec == *==* ]] || continue
    if [[ $rest == *' has '* ]]; then
      if loader_knows "${rest##* has }"; then continue; fi
      rest=${rest% has *}
    fi
    echo "$list ${spec%==*} ${spec#*==} ${hash#--hash=sha256:} $mb $rest"
  done <"$1"
}

wheel_file() { # <name> <version>: its path, empty when it is not in the cache
  find "$ks_wheels" -maxdepth 1 -name "${1//-/_}-$2-*.whl" -print -quit 2>/dev/null
}

stamp_file() { echo "$ks_deps/.stamps/$1-$2"; } # <list> <name>

is_unpacked() { # <row>
  local list name _ sha patterns stamp
  read -r list name _ sha _ patterns <<<"$1"
  stamp=$(stamp_file "$list" "$name")
  [[ -f $stamp && $(sed -n '1,2p' "$stamp") == "$sha"$'\n'"$patterns" ]] || return 1
  [[ -e $ks_deps/$(sed -n '$p' "$stamp") ]]
}

# rows_to_unpack <list>...
rows_to_unpack() {
  local list row
  for list in "$@"; do
    while read -r row; do
      is_unpacked "$row" || echo "$row"
    done < <(wheel_rows "$list")
  done
}

# Of rows on standard input, those whose wheel is not in the cache.
rows_to_fetch() {
  local row name version
  while read -r row; do
    read -r _ name version _ <<<"$row"
    [[ -n $(wheel_file "$name" "$version") ]] || echo "$row"
  done | sort -u -k2,2
}

sum_mb() { awk '{mb += $5} END {print mb + 0}'; }

fetch_wheel() { # <row>
  local name version sha part=$ks_cache/fetch.part
  read -r _ name version sha _ <<<"$1"
  rm -rf "$part"
  mkdir -p "$part/tmp" "$part/out" "$ks_wheels"
  echo "$name==$version --hash=sha256:$sha" >"$part/requirement.txt"
  # -I: no Python setting and no package of the user's reaches in. pip's own settings do (proxies,
  # mirrors); its cache would only hold every wheel twice.
  TMPDIR=$part/tmp PIP_REQUIRE_VIRTUALENV=0 /usr/bin/python3 -I -m pip download \
    --no-cache-dir --no-deps --require-hashes --only-binary :all: --no-input --progress-bar off \
    --disable-pip-version-check --dest "$part/out" -r "$part/requirement.txt" </dev/null || return 1
  mv "$part/out/"*.whl "$ks_wheels/" || return 1
  rm -rf "$part"
}

fetch_wheels() { # rows, one a line, in $1
  local row
  while read -r row; do
    fetch_wheel "$row" || fetch_wheel "$row" || return 1
  done <<<"$1"
}

unpack_wheels() { # rows, one a line, in $1
  local row list name version sha patterns_text patterns
  while read -r row; do
    read -r list name version sha _ patterns_text <<<"$row"
    read -ra patterns <<<"$patterns_text"
    /usr/bin/python3 -I "$ks_root/cmake/unpack_wheel.py" "$(wheel_file "$name" "$version")" "$sha" \
      "$ks_deps" "$(stamp_file "$list" "$name")" "${patterns[@]}" || return 1
  done <<<"$1"
}

# ---- phases: one live line each -----------------------------------------------------------------

clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

watch_apt() {
  tail -c 2000 "$ks_log" | grep -aE '^(Get:|Unpacking|Setting up|waiting)' | tail -n 1 |
    sed -E 's/^Get:[0-9]+ [^ ]+ [^ ]+ [^ ]+ ([^ ]+).*/fetching \1/; s/^Unpacking ([^ ]+).*/unpacking \1/; s/^Setting up ([^ ]+).*/setting up \1/'
}
watch_fetch() { echo "$(du -sm "$ks_cache/fetch.part" "$ks_wheels" 2>/dev/null | awk '{mb += $1} END {print mb}') MB in the cache"; }
watch_build() { tail -c 4000 "$ks_log" | grep -aoE '^\[[0-9]+/[0-9]+\]' | tail -n 1 | tr -d '[]' | sed 's|/| of |'; }
watch_tests() { tail -c 4000 "$ks_log" | grep -aoE '^ *[0-9]+/[0-9]+ Test +#[0-9]+: [a-z_]+' | tail -n 1 | sed -E 's/ *([0-9]+)\/([0-9]+).*: (.*)/\1 of \2, \3/'; }
watch_nothing() { :; }

ticker() { # <title> <watcher>, until killed
  local started=$SECONDS said=0 passed
  while kill -0 $$ 2>/dev/null; do
    sleep 0.5
    passed=$((SECONDS - started))
    if [[ -t 2 ]]; then
      printf '\r\033[K  %-14s %-46.46s %s' "$1" "$("$2" || true)" "$(clock $passed)" >&2
    elif [[ $((passed / 60)) -gt $said ]]; then
      said=$((passed / 60))
      printf '  %-14s %-46.46s %s\n' "$1" "$("$2" || true)" "$(clock $passed)" >&2
    fi
  done
}

stop_ticker() {
  [[ -n $ks_ticker ]] || return 0
  kill "$ks_ticker" 2>/dev/null || true
  wait "$ks_ticker" 2>/dev/null || true
  ks_ticker=
  [[ ! -t 2 ]] || printf '\r\033[K' >&2
}
trap stop_ticker EXIT
# Inside a phase standard error is the log; 8 is the real one.
exec 8>&2
trap 'exec 2>&8; stop_ticker; say "$ks_script: stopped; what is done stays done."; exit 130' INT TERM

# phase <title> <watcher> <what it did> <command>...: runs it into the log; its status is returned.
phase() {
  local title=$1 watcher=$2 done_text=$3 started=$SECONDS status=0
  shift 3
  printf '\n==== %s (%s)\n' "$title" "$(date '+%F %T')" >>"$ks_log"
  ks_phase_start=$(stat -c %s "$ks_log")
  ticker "$title" "$watcher" 9>&- &
  ks_ticker=$!
  "$@" >>"$ks_log" 2>&1 </dev/null 9>&- || status=$?
  stop_ticker
  if [[ $status -eq 0 ]]; then
    printf '  %-14s %-46s %s\n' "$title" "$done_text" "$(clock $((SECONDS - started)))" >&2
  else
    printf '  %-14s %-46s %s\n' "$title" failed "$(clock $((SECONDS - started)))" >&2
  fi
  return $status
}

# phase_failed <sentence>: the end of that phase's log, where the rest is, and out.
phase_failed() {
  local lines
  lines=$(tail -c "+$((ks_phase_start + 1))" "$ks_log")
  lines=$(grep -aiE -A4 'error|^E:|FAILED|damaged' <<<"$lines" | sed -n 1,14p || tail -n 8 <<<"$lines")
  cut -c1-300 <<<"$lines" | sed 's/^/    /' >&2
  say "$ks_script: $1"
  say "The full log: $ks_log"
  exit 1
}

# ---- build --------------------------------------------------------------------------------------

build_folder() { echo "$ks_root/build/$1"; }

configure_and_build() { # <preset> <target>
  local folder home
  folder=$(build_folder "$1")
  # A build folder that was moved with its sources is of no use to CMake.
  home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$folder/CMakeCache.txt" 2>/dev/null || true)
  if [[ -n $home && ! $home -ef $ks_root ]]; then rm -rf "$folder"; fi
  (cd "$ks_root" && cmake --preset "$1" -DKINESCORE_DEPS_DIR="$ks_deps") || return 1
  cmake --build "$folder" --target "$2" -j "$(build_jobs)"
}

# What a build depends on in the sources, and on the machine. Times and sizes, not contents: reading
# them takes milliseconds, and a file that was only touched costs a look by ninja.
inputs_print() {
  (cd "$ks_root" && {
    find CMakeLists.txt CMakePresets.json cmake app ui render engine cuda shaders resources \
      -type f -printf '%p %s %T@\n' 2>/dev/null || true
  } | LC_ALL=C sort | sha256sum)
}
machine_print() {
  stat -c '%s %Y' /var/lib/dpkg/status 2>/dev/null || true
  { find "$ks_deps/.stamps" -type f -printf '%p %s %T@\n' 2>/dev/null || true; } |
    LC_ALL=C sort | sha256sum
  if has_driver; then echo driver; fi
}

is_current() { # <preset>
  local folder
  folder=$(build_folder "$1")
  [[ -x $folder/bin/kinescore && -f $folder/setup.stamp && -e $ks_deps/torch/lib/libtorch_cpu.so ]] || return 1
  [[ $(cat "$folder/setup.stamp") == "$(inputs_print)"$'\n'"$(machine_print)" ]]
}

# ---- all together -------------------------------------------------------------------------------

take_lock() {
  exec 9>"$ks_cache/lock"
  if ! flock -n 9; then
    say "Another set-up is running; waiting for it."
    flock 9
  fi
}

# The card's wheels are worth a try, never a failure: without them the program computes on the CPU.
set_up_cuda() {
  local list=$ks_root/cmake/requirements-cuda.txt rows fetch mb
  rows=$(rows_to_unpack "$list")
  [[ -n $rows ]] || return 0
  fetch=$(rows_to_fetch <<<"$rows")
  mb=$(sum_mb <<<"$fetch")
  if [[ $ks_offline == yes && -n $fetch ]]; then
    say "  Graphics card  not set up: its libraries ($mb MB) are not in the cache; computing on the CPU"
  elif [[ $(free_mb "$ks_cache") -lt $ks_need_cuda_mb ]]; then
    say "  Graphics card  not set up: it needs $ks_need_cuda_mb MB of disk more; computing on the CPU"
  elif { [[ -z $fetch ]] || phase "Graphics card" watch_fetch "$mb MB fetched" fetch_wheels "$fetch"; } &&
    phase "Graphics card" watch_nothing "unpacked" unpack_wheels "$rows"; then
    return 0
  else
    say "  Its libraries could not be had; computing on the CPU. ./$ks_script tries again when something changes."
  fi
}

# set_up <preset> <target> <sections of packages>...
set_up() {
  local preset=$1 target=$2 missing rows fetch folder inputs total=0 minutes note jobs lists
  shift 2
  refuse_sudo
  mkdir -p "$ks_cache" 2>/dev/null || stop 3 "$ks_cache cannot be written; set XDG_CACHE_HOME to a folder that can."
  take_lock
  folder=$(build_folder "$preset")
  if ! is_debian_12; then
    say "$ks_script: this is not Debian 12 on x86-64, the one system the set-up knows; it needs what these packages hold:"
    say "  $(packages_of "$@" | tr '\n' ' ')"
    exit 3
  fi
  missing=$(missing_packages "$@")
  readarray -t lists < <(requirement_lists)
  rows=$(rows_to_unpack "${lists[@]}")
  fetch=
  [[ -z $rows ]] || fetch=$(rows_to_fetch <<<"$rows")

  if [[ $ks_offline == yes && -n $missing ]]; then
    stop 3 "--offline, but these packages are missing: $(tr '\n' ' ' <<<"$missing")"
  fi
  if [[ $ks_offline == yes && -n $fetch ]]; then
    stop 3 "--offline, but not in $ks_wheels: $(awk '{printf "%s %s  ", $2, $3}' <<<"$fetch")"
  fi
  if [[ -n $missing ]] && ! may_install; then
    say "$ks_script: packages are missing and you may not install them here. Have this run as root, then start again:"
    print_install_line "$missing"
    exit 3
  fi
  check_room "$missing" "$rows" "$folder"

  if [[ -n $missing || -n $fetch || ! -x $folder/bin/kinescore ]]; then
    [[ -z $missing ]] || total=$((total + $(packages_mb "$@")))
    [[ -z $fetch ]] || total=$((total + $(sum_mb <<<"$fetch")))
    if has_driver && [[ $ks_offline == no ]]; then
      total=$((total + $(rows_to_unpack "$ks_root/cmake/requirements-cuda.txt" | rows_to_fetch | sum_mb)))
    fi
    jobs=$(build_jobs)
    minutes=$((ks_build_cpu_minutes / jobs + total / 300 + 1))
    [[ ! -d $folder/bin ]] || minutes=$((minutes / 2 + 1))
    note=
    [[ $total -eq 0 ]] || note="about $(((total + 49) / 50 * 50)) MB to download, "
    say "Setting up Kinescore: ${note}about $minutes minutes ($jobs at a time). The next start takes seconds."
  else
    say "Bringing the build up to date."
  fi
  [[ -n $ks_log_begun ]] || : >"$ks_log"
  ks_log_begun=yes

  if [[ -n $missing ]]; then
    local names
    readarray -t names <<<"$missing"
    phase Packages watch_apt "${#names[@]} and what they need" install_packages "${names[@]}" ||
      phase_failed "the packages could not be installed; is the network, or a proxy, reachable?"
  fi
  if [[ -n $fetch ]]; then
    phase Downloads watch_fetch "$(sum_mb <<<"$fetch") MB, checked" fetch_wheels "$fetch" ||
      phase_failed "a download failed; what came stays, so start again when the network, or the proxy, is reachable."
  fi
  if [[ -n $rows ]]; then
    phase Unpacking watch_nothing "$(wc -l <<<"$rows") wheels" unpack_wheels "$rows" ||
      phase_failed "the downloads could not be unpacked."
  fi
  if has_driver; then set_up_cuda; fi
  inputs=$(inputs_print)
  phase Building watch_build "$preset" configure_and_build "$preset" "$target" ||
    phase_failed "the build failed."
  printf '%s\n%s\n' "$inputs" "$(machine_print)" >"$folder/setup.stamp"
  exec 9>&-
}

check_room() { # <missing packages> <rows to unpack> <build folder>
  local need=300 where free memory
  [[ -d $3 ]] || need=1500
  [[ -z $2 ]] || need=$ks_need_mb
  for where in "$ks_cache" "$ks_root"; do
    free=$(free_mb "$where")
    [[ $free -ge $need ]] || stop 3 "$where has $free MB free and the set-up needs $need MB; make room, or set XDG_CACHE_HOME."
  done
  if [[ -n $1 && $(free_mb /usr) -lt 2000 ]]; then
    stop 3 "/usr has $(free_mb /usr) MB free and the packages need 2000 MB."
  fi
  memory=$(($(memory_mb) + $(awk '/^SwapTotal:/ {print int($2 / 1024)}' /proc/meminfo)))
  if [[ $memory -lt 1900 ]]; then
    stop 3 "this machine has $memory MB of memory and swap, and compiling needs 2000 MB."
  fi
}
