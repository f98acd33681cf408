#!/usr/bin/env bash
# The command line from outside: what a technical director types, what comes out, and which exit code.
#
#   tests/cli/commands.sh <folder of the program>
set -uo pipefail
bin=$1/kinescore
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME=$work/state XDG_DATA_HOME=$work/data KINESCORE_RESOURCES=$root/resources
passed=0
failed=0

check() { # <what> <condition as a command>...
  local what=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $what" >&2
    sed 's/^/    /' "$work/out" "$work/err" >&2
  fi
}

# Runs the program; its streams and its exit code are what the checks look at.
code=0
run() {
  "$bin" "$@" >"$work/out" 2>"$work/err"
  code=$?
}
exits() { [[ $code -eq $1 ]]; }
one_sentence() { [[ $(grep -c '^kinescore: ' "$work/err") -eq 1 ]] && grep -q "$1" "$work/err" && [[ ! -s $work/out ]]; }
says() { grep -q "$1" "$work/out"; }
field() { sed -n "s/.*\"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$work/out" | sed -n "${2:-1}p"; }
equal() { [[ -n $1 && $1 == "$2" ]]; }
differ() { [[ -n $1 && -n $2 && $1 != "$2" ]]; }

run --help
check "help needs nothing" exits 0
run --version
check "version" says '^Kinescore [0-9]'

refused() { # <what> <exit code> <word of the sentence> <arguments>...
  local what=$1 expected=$2 word=$3
  shift 3
  run "$@"
  check "$what: exit code" exits "$expected"
  check "$what: one sentence" one_sentence "$word"
}
refused "nothing to perform" 2 "Nothing to perform" generate
refused "unknown option" 2 "bogus" generate --bogus
refused "unknown quality" 2 "draft, good, best" generate --text "walk" --quality superb
refused "unknown ending" 2 "bvh or .fbx" generate --text "walk" -o "$work/walk.xyz"
refused "missing folder" 3 "does not exist" generate --text "walk" -o "$work/none/walk.bvh"
refused "missing project" 3 "does not exist" generate "$work/none.kinescore"
refused "wrong time" 2 "" generate --text "5-3s: walk forward"
printf 'not json' >"$work/bad.kinescore"
refused "damaged project" 3 "project" generate "$work/bad.kinescore"
printf '{"points": [{"t": 0, "x": 1e999}]}' >"$work/bad.json"
refused "damaged path" 3 "" generate --text "walk" --path "$work/bad.json"
refused "missing weights" 3 "" generate --text "walk" --weights "$work/none.safetensors"
head -c 4096 /dev/urandom >"$work/noise.safetensors"
refused "damaged weights" 3 "" generate --text "walk" --weights "$work/noise.safetensors"
cp "$root/resources/samples/first-steps.kinescore" "$work/steps.kinescore"
refused "range before any take" 3 "generate the whole first" generate "$work/steps.kinescore" --range 2s-4s
refused "export before any take" 3 "no take" export "$work/steps.kinescore" -o "$work/x.bvh"

# The same score, seed and quality give the same motion: again, on one thread, on two.
say=(generate --text "0-2s: walk forward" --quality draft --seed 7 --json)
run "${say[@]}" -o "$work/walk.bvh" -o "$work/walk.fbx"
check "typed prompts are performed" exits 0
first=$(field hash)
check "both files are written" test -s "$work/walk.bvh" -a -s "$work/walk.fbx"
check "a BVH begins as one" grep -q '^HIERARCHY' "$work/walk.bvh"
run "${say[@]}"
check "a second run gives the same hash" equal "$first" "$(field hash)"
run "${say[@]}" --threads 1
check "one thread gives the same hash" equal "$first" "$(field hash)"
run "${say[@]}" --threads 2
check "two threads give the same hash" equal "$first" "$(field hash)"
run generate --text "0-2s: walk forward" --quality draft --seed 8 --json
check "another seed gives another motion" differ "$first" "$(field hash)"

# A project: the take is stored and shown, a part is made anew, the rest stays.
run generate "$work/steps.kinescore" --quality draft --seed 3 --json
check "the sample is performed" exits 0
whole=$(field take)
check "the take is in the project" grep -q "$whole" "$work/steps.kinescore"
run generate "$work/steps.kinescore" --quality draft --seed 4 --range 4s-6s --json
check "a part is made anew" exits 0
check "it is another take" differ "$whole" "$(field take)"
before=$(sha256sum <"$work/steps.kinescore")
run generate "$work/steps.kinescore" --quality draft --seed 5 --no-save
check "--no-save leaves the project as it is" equal "$before" "$(sha256sum <"$work/steps.kinescore")"
run export "$work/steps.kinescore" -o "$work/steps.bvh" --rate 24 --range 0s-5s
check "the shown take is exported" exits 0
check "with the rate and the range asked for" grep -q '^Frames: 120' "$work/steps.bvh"
run generate "$work/steps.kinescore" --quality draft --takes 2 --seed 20 -o "$work/many.bvh" --no-save
check "several takes are several files" test -s "$work/many_1.bvh" -a -s "$work/many_2.bvh"

# A captured clip on the timeline is shown to the network and told of.
track='{"folded":false,"height":1,"id":900,"kind":"reference","locked":false,"muted":false,"name":"","order":9,"soloed":false,"type":"track","version":1}'
clip='{"condition":{"automatic":false,"clip":"cmu_16_02","inPoint":0,"mirror":false,"speed":1,"type":"reference"},"id":901,"locked":false,"muted":false,"name":"","span":[0,2116800000],"strength":[],"track":900,"type":"clip","version":1}'
cp "$root/resources/samples/first-steps.kinescore" "$work/without.kinescore"
sed "s/^ \"timeline\": \[/&$track,$clip,/" "$work/without.kinescore" >"$work/with.kinescore"
run generate "$work/without.kinescore" --quality draft --references 0 --seed 3 --no-save --json
without=$(field hash)
run generate "$work/with.kinescore" --quality draft --references 0 --seed 3 --no-save --json
check "a reference on the timeline changes the take" differ "$without" "$(field hash)"
check "and is told of" equal "$(field clip)" "cmu_16_02"

# With everything it names in a folder of its own; twice is refused.
run media collect "$work/steps.kinescore" "$work/elsewhere"
check "a project is collected" exits 0
check "its name is printed" says "elsewhere/steps.kinescore\$"
run export "$work/elsewhere/steps.kinescore" -o "$work/elsewhere.bvh"
check "it has its takes there" test -s "$work/elsewhere.bvh"
refused "nothing is replaced" 3 "choose an empty folder" media collect "$work/steps.kinescore" "$work/elsewhere"
refused "media needs a project" 2 "project is required" media

# A user's folder beside the library that ships: good files go in, a bad one is named.
mkdir -p "$work/my clips"
cp "$work/walk.bvh" "$work/my clips/Sneaky_Walk_01.bvh"
printf 'nothing' >"$work/my clips/bad.bvh"
run library add "$work/my clips" --name sneaks
check "one bad file: exit 5" exits 5
check "the bad file is named" says '^  bad: '
check "the good one goes in" says '^sneaks: 1 of 2 clips'
check "it lies in the user's data folder" test -s "$work/data/kinescore/libraries/sneaks.kslib"
run library list
check "it is listed" says '^sneaks: 1 clips'
run "${say[@]}"
check "generating with an added library" exits 0
run library search "sneaky walk" --own --json
check "its clips are found by their words" equal "$(field clip)" "sneaks/Sneaky_Walk_01"
refused "no such library" 3 "there are: kinescore, sneaks" library search walk --folder nobody
run library search "leap over a gap" --class jump --most 3
check "the shipped library is looked through" says '^[0-9][0-9]* of [0-9]* clips'
refused "its name is taken" 2 "another --name" library add "$work" --name sneaks
refused "never evaluated on" 2 "never on a user's clips" evaluate freeze -o "$work/m.json" --library "$work/data/kinescore/libraries/sneaks.kslib"
run library remove sneaks
check "it is removed" test ! -e "$work/data/kinescore/libraries/sneaks.kslib"
check "the folder stays" test -s "$work/my clips/bad.bvh"
refused "removed twice" 3 "there is none" library remove sneaks

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
