#!/usr/bin/env bash
# Sets up what is missing, builds everything with its tests and runs them.
#
#   ./test.sh             what every change must pass
#   ./test.sh --full      also: sanitizers, 50,000 random events, twenty minutes of work, the whole Blender matrix, all
#                         large data that is there
#   ./test.sh --offline   without the network
#
# The last line is "N passed, N failed, N skipped".
ks_script=test.sh
ks_root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ks_offline=no
full=no
for argument in "$@"; do
  case "$argument" in
    --full) full=yes ;;
    --offline) ks_offline=yes ;;
    *)
      sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
  esac
done
# shellcheck source=cmake/setup.sh
. "$ks_root/cmake/setup.sh"
ks_build_cpu_minutes=36

passed=0
failed=0
skipped=0
finished=no

# The tally is the last line whatever happens; a set-up or a build that stops is a failure too.
tally() {
  stop_ticker
  [[ -z ${runtime_folder:-} ]] || rm -rf "${runtime_folder:?}"
  [[ $finished == yes ]] || failed=$((failed + 1))
  say "  $(((SECONDS + 30) / 60)) minutes in all"
  echo "$passed passed, $failed failed, $skipped skipped"
}
trap tally EXIT

count() { # <passed> <failed> <skipped>
  passed=$((passed + $1))
  failed=$((failed + $2))
  skipped=$((skipped + $3))
}

# The programs of one build folder, under a display of their own and the software Vulkan device.
run_programs() { # <build folder>
  local results=$1/test-results
  rm -rf "$results"
  mkdir -p "$results"
  GTEST_OUTPUT=xml:$results/ xvfb-run -a -s '-screen 0 1600x1000x24' \
    ctest --test-dir "$1" -j "$(build_jobs)" --timeout 1200 --no-tests=error \
    --output-on-failure --output-junit "$results.xml"
}

programs_phase() { # <title> <build folder>
  local counts
  rm -f "$2/test-results.xml"
  phase "$1" watch_tests "" run_programs "$2" || true
  if [[ ! -f $2/test-results.xml ]]; then
    count 0 1 0
    say "  the test programs of $2 could not be run; see $ks_log"
    return
  fi
  counts=$(/usr/bin/python3 -I "$ks_root/tests/count_results.py" "$2/test-results.xml" "$2/test-results")
  # shellcheck disable=SC2086  # three numbers
  count $counts
  say "    $counts (passed, failed, skipped)"
}

# A script that counts for itself ("N passed, N failed" and perhaps ", N skipped" in its last line);
# one that does not say so is one case.
script_phase() { # <title> <command>...
  local title=$1 status=0 from line numbers
  shift
  printf '\n' >>"$ks_log"
  from=$(stat -c %s "$ks_log")
  phase "$title" watch_nothing "" "$@" || status=$?
  line=$(tail -c "+$((from + 1))" "$ks_log" | grep -aE '^[0-9]+ passed, [0-9]+ failed' | tail -n 1 || true)
  read -ra numbers <<<"$(tr -cs '0-9\n' ' ' <<<"$line")"
  if [[ ${#numbers[@]} -lt 2 ]]; then
    numbers=($((status == 0)) $((status != 0)) 0)
  elif [[ $status -ne 0 && ${numbers[1]} -eq 0 ]]; then
    numbers[1]=1
  fi
  count "${numbers[0]}" "${numbers[1]}" "${numbers[2]:-0}"
  if [[ ${numbers[1]} -ne 0 ]]; then
    tail -c "+$((from + 1))" "$ks_log" | grep -av '^====' | tail -n 30 | sed 's/^/    /' >&2
  fi
  say "    ${numbers[0]} ${numbers[1]} ${numbers[2]:-0} (passed, failed, skipped)"
}

# The window's test program with a filter, counted by its own last words.
run_window_tests() { # <program> <filter>
  local out status=0 good bad=0
  out=$(mktemp)
  xvfb-run -a -s '-screen 0 1600x1000x24' "$1" "--gtest_filter=$2" >"$out" 2>&1 || status=$?
  cat "$out"
  good=$(grep -c '^\[       OK \]' "$out" || true)
  bad=$(grep -c '^\[  FAILED  \].*ms)$' "$out" || true)
  [[ $status -eq 0 || $bad -ne 0 ]] || bad=1
  rm -f "$out"
  echo "$good passed, $bad failed"
  [[ $bad -eq 0 ]]
}

check_scripts() {
  local script good=0 bad=0
  while read -r script; do
    if (cd "$ks_root" && shellcheck -x "$script"); then good=$((good + 1)); else bad=$((bad + 1)); fi
  done < <(cd "$ks_root" && find run.sh test.sh .ci cmake tests -type f \( -name '*.sh' -o -path .ci/run \))
  echo "$good passed, $bad failed"
}

set_up dev all base window test

export LC_ALL=C.UTF-8
export QT_QPA_PLATFORM=${QT_QPA_PLATFORM:-offscreen}
lavapipe=/usr/share/vulkan/icd.d/lvp_icd.x86_64.json
export VK_ICD_FILENAMES=$lavapipe VK_DRIVER_FILES=$lavapipe
runtime_folder=$(mktemp -d)
chmod 700 "$runtime_folder"
export XDG_RUNTIME_DIR=$runtime_folder
[[ $full == no ]] || export KINESCORE_FULL=1

dev=$(build_folder dev)
script_phase "Scripts" check_scripts
programs_phase "Programs" "$dev"
for script in "$ks_root"/tests/cli/*.sh; do
  script_phase "$(basename "$script" .sh)" bash "$script" "$dev/bin"
done
if [[ -f $ks_root/tests/blender/run.sh ]]; then
  script_phase "Blender" bash "$ks_root/tests/blender/run.sh" "$dev/bin"
fi
if [[ $full == yes ]]; then
  set_up asan all base test
  export ASAN_OPTIONS=allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
  programs_phase "Sanitizers" "$(build_folder asan)"
  set_up asan-ui test_ui base window test
  # Font and icon caches that Qt keeps to the end of the program are no leaks of ours.
  export LSAN_OPTIONS=suppressions=$ks_root/tests/support/leaks.supp:print_suppressions=0
  sanitized=$(build_folder asan-ui)/bin/test_ui
  script_phase "Window under sanitizers" run_window_tests "$sanitized" '-RandomEvents*:MemoryTest*:StatesTest*'
  KINESCORE_RANDOM_EVENTS=50000 script_phase "Random events" run_window_tests "$sanitized" 'RandomEvents*'
  KINESCORE_MEMORY_MINUTES=20 script_phase "Twenty minutes of work" run_window_tests "$dev/bin/test_ui" 'MemoryTest*'
fi

finished=yes
[[ $failed -eq 0 ]]
