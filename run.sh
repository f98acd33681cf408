#!/usr/bin/env bash
# From a clone to Kinescore: installs what is missing, builds, starts.
#
#   ./run.sh                      the window
#   ./run.sh walk.kinescore       the window with a project
#   ./run.sh generate ...         the command line; needs no display, installs nothing of the window
#
# Own options, before anything else: --doctor --clean --offline, then -- if the program's own
# arguments begin with the same words.
ks_script=run.sh
ks_root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ks_offline=no
action=start
while [[ $# -gt 0 ]]; do
  case "$1" in
    --doctor) action=doctor ;;
    --clean) action=clean ;;
    --offline) ks_offline=yes ;;
    --)
      shift
      break
      ;;
    *) break ;;
  esac
  shift
done
# shellcheck source=cmake/setup.sh
. "$ks_root/cmake/setup.sh"

# The window opens when nothing is asked, or for a project; everything else is the command line.
wants_window() {
  [[ $# -eq 0 || $1 == *.kinescore ]]
}

doctor_line() { printf '  %-16s %s\n' "$1" "$2"; }

doctor() {
  local bad=0 missing rows lists preset
  echo "Kinescore in $ks_root"
  if is_debian_12; then
    doctor_line system "Debian 12, x86-64"
  else
    doctor_line system "not Debian 12 on x86-64"
    bad=3
  fi
  missing=$(missing_packages base | tr '\n' ' ')
  doctor_line packages "${missing:-all there}"
  missing=$(missing_packages window | tr '\n' ' ')
  doctor_line "for the window" "${missing:-all there}"
  readarray -t lists < <(requirement_lists)
  rows=$(rows_to_unpack "${lists[@]}" | awk '{printf "%s ", $2}')
  doctor_line libraries "${rows:+not yet: }${rows:-all there, in $ks_deps}"
  if has_driver; then
    rows=$(rows_to_unpack "$ks_root/cmake/requirements-cuda.txt" | awk '{printf "%s ", $2}')
    doctor_line "graphics card" "driver found; ${rows:+not yet: }${rows:-libraries all there}"
  else
    doctor_line "graphics card" "no NVIDIA driver: computing on the CPU"
  fi
  doctor_line display "$(if has_display; then echo found; else echo "none: the command line works, the window cannot open"; fi)"
  doctor_line processor "$(nproc) cores, $(memory_mb) MB of memory: $(build_jobs) compile jobs"
  doctor_line "disk, cache" "$(free_mb "$ks_cache") MB free for $ks_cache"
  doctor_line "disk, build" "$(free_mb "$ks_root") MB free for $ks_root/build"
  for preset in release engine-only; do
    doctor_line "build $preset" "$(if is_current "$preset"; then echo "up to date"; elif [[ -x $(build_folder "$preset")/bin/kinescore ]]; then echo "older than the sources"; else echo "not there"; fi)"
  done
  return $bad
}

clean() {
  rm -rf "$ks_root/build" "$ks_deps" "$ks_cache/fetch.part" "$ks_log"
  echo "Removed build/ and what was unpacked in $ks_deps. The downloads stay in $ks_wheels."
}

refuse_sudo
case $action in
  doctor)
    doctor
    exit
    ;;
  clean)
    clean
    exit
    ;;
esac

if [[ ${1:-} == --help || ${1:-} == -h ]]; then
  sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
fi

preset=release
if wants_window "$@"; then
  if ! has_display; then
    stop 3 "no display found (DISPLAY and WAYLAND_DISPLAY are empty), so the window cannot open. ./run.sh generate --help works without one."
  fi
elif [[ ! -x $(build_folder release)/bin/kinescore ]]; then
  preset=engine-only
fi

if ! is_current "$preset"; then
  if [[ ${1:-} == --help || ${1:-} == -h ]]; then
    echo "(The program's own help comes once it is built: ./run.sh -- --help.)"
    exit 0
  fi
  if [[ $preset == release ]]; then
    set_up release kinescore base window
  else
    set_up engine-only kinescore base
  fi
fi
exec "$(build_folder "$preset")/bin/kinescore" "$@" 8>&-
