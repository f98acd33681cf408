#!/usr/bin/env bash
# The counting of test results: passes, failures, skips, crashes and empty programs.
set -uo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "${work:?}"' EXIT
passed=0
failed=0

program() { # <name> <status as ctest tells it>, the cases on standard input
  { echo '<testsuites><testsuite name="S">' && cat && echo '</testsuite></testsuites>'; } >"$work/$1.xml"
  printf '<testsuite><testcase name="%s" status="%s"><system-out>last words</system-out></testcase></testsuite>' \
    "$1" "$2" >"$work/junit"
}
expect() { # <what> <three numbers>
  local got
  got=$(/usr/bin/python3 -I "$source_dir/tests/count_results.py" "$work/junit" "$work" 2>"$work/err")
  if [[ $got == "$2" ]]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $1: '$got', not '$2'"
  fi
}
says() { # <what> <text>
  if grep -qF -- "$2" "$work/err"; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "FAILED: $1"
  fi
}
ok='<testcase name="a" classname="C" status="run" result="completed"/>'
bad='<testcase name="b" classname="C" status="run" result="completed"><failure message="why"/></testcase>'
skip='<testcase name="c" classname="C" status="run" result="skipped"><skipped message="no data"/></testcase>'
off='<testcase name="DISABLED_d" classname="C" status="notrun" result="suppressed"/>'

program one run <<<"$ok$ok$skip$off"
expect "passes and skips" "2 0 2"
program one fail <<<"$ok$bad"
expect "a failure counts once" "1 1 0"
says "a failure is named" "C.b"
says "with its message" "why"
program one fail <<<"$ok$ok"
expect "all passed, but the program left with an error" "2 1 0"
says "its last words are shown" "last words"
program one fail <<<""
rm "$work/one.xml"
expect "a crash leaves no results and is a failure" "0 1 0"
program one run <<<""
expect "a program without cases is a failure" "0 1 0"

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
