#!/usr/bin/env bash
# `kinescore prompt` from outside.
#
#   tests/cli/prompt_test.sh <folder of the program>
set -uo pipefail
bin=$1/kinescore
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "${work:?}"' EXIT
export XDG_STATE_HOME=$work/state XDG_DATA_HOME=$work/data XDG_CONFIG_HOME=$work/config KINESCORE_RESOURCES=$root/resources
passed=0
failed=0
code=0
cd "$work" || exit 1

check() { # <what> <condition as a command>...
  local what=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $what (exit $code)" >&2
    head -n 8 out err | cut -c1-200 | sed 's/^/    /' >&2
  fi
}
run() {
  "$bin" "$@" >out 2>err </dev/null
  code=$?
}
exits() { [[ $code -eq $1 ]]; }
says() { grep -qF -- "$1" out; }
one_sentence() { [[ $(grep -c '^kinescore: ' err) -eq 1 ]] && grep -qF -- "$1" err && [[ ! -s out ]]; }
python() { # <expression> over `j`, the JSON that was printed
  /usr/bin/python3 -I -c 'import json, sys; j = json.load(open("out")); assert eval(sys.argv[1])' "$1" 2>/dev/null
}

run prompt "walk forward" --seconds 4
check "a good prompt: exit 0" exits 0
check "a good prompt: nothing to say" says "Nothing to say"
check "a good prompt: captions go on from it" says "    walk forward briskly"

run prompt "moves forward"
check "a vague verb" says "can be anything"
check "a vague verb: concrete ones" says "    walks forward"

run prompt "walks and then jumps" --json
check "two actions: a split" python '[(s["prompt"], s["then"]) for h in j["hints"] if h["kind"] == "several actions" for s in h["suggestions"]] == [("walks", "jumps")]'

run prompt "wave with the right hand" --part "left arm" --json
check "the other arm" python 'j["hints"][0]["kind"] == "other part" and j["hints"][0]["suggestions"][0]["part"] == "right arm"'
run prompt "jumps up high" --seconds 12 --json
check "a short thing for a long time" python '[h["kind"] for h in j["hints"]] == ["too long"]'
run prompt "turn ar" --json
check "completions begin as typed" python 'j["completions"] and all(c.startswith("turn ar") for c in j["completions"][:3])'

run prompt "walk" --part elbow
check "an unknown part: exit 2" exits 2
check "an unknown part: one sentence" one_sentence "elbow"
run prompt "walk" --seconds -1
check "a negative time: exit 2" exits 2
run prompt
check "no words: exit 2" exits 2
KINESCORE_RESOURCES=$work run prompt "walk"
check "no library: exit 3" exits 3

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
