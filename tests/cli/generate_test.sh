#!/usr/bin/env bash
# generate_test.sh <folder with the program>: what is in the files that `generate` writes, with the
# shipped weights and the sample project, and what is left when it cannot go on. Options, exit codes
# and repeatability are in commands.sh.
set -uo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=${1:?"the folder with the program"}/kinescore
work=$(mktemp -d) || exit 1
trap 'rm -rf "${work:?}"' EXIT
export XDG_STATE_HOME=$work/state XDG_DATA_HOME=$work/data XDG_CONFIG_HOME=$work/config
unset DISPLAY WAYLAND_DISPLAY
passed=0
failed=0
status=0
cd "$work" || exit 1

# ---- tools --------------------------------------------------------------------------------------

run() { # the program; the status in $status, the two outputs in files
  "$program" "$@" >out 2>err </dev/null
  status=$?
}
check() { # <what> <command>...
  if "${@:2}"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $1 (exit $status)"
    head -n 8 out | cut -c1-200 | sed 's/^/  out: /'
    head -n 8 err | cut -c1-200 | sed 's/^/  err: /'
  fi
}
status_is() { [[ $status -eq $1 ]]; }
silent() { [[ ! -s out ]]; }
absent() { [[ ! -e $1 ]]; }
same() { [[ $1 == "$2" ]]; }
differ() { [[ $1 != "$2" ]]; }
# One sentence: the last line, begun by the program's name, ended by a full stop.
one_sentence() { tail -n 1 err | tr -d '\r' | grep -qE 'kinescore: .+\.$'; }
json() { # <file> <Python expression over "takes">
  /usr/bin/python3 -I -c 'import json, sys; takes = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$1" "$2"
}
hash_of() { json out 'takes[0]["hash"]'; }
frames() { sed -n '/^Frame Time:/,$p' "$1" | tail -n +2; } # the motion lines of a BVH
refuses() { # <what> <exit code> <arguments>...
  run "${@:3}"
  check "$1: exit $2" status_is "$2"
  check "$1: one sentence" one_sentence
  check "$1: nothing on standard output" silent
}

walk=(generate --text "0-2s: walk forward" --text "2-3s: wave" --quality draft)

# ---- typed prompts ------------------------------------------------------------------------------

run "${walk[@]}" -o walk.bvh -o walk.fbx --json
check "typed prompts: exit 0" status_is 0
check "typed prompts: JSON alone on standard output" same "$(json out 'takes[0]["frames"]')" 90
check "typed prompts: a BVH of 90 frames" same "$(frames walk.bvh | wc -l)" 90
check "typed prompts: a binary FBX" same "$(head -c 18 walk.fbx)" "Kaydara FBX Binary"
check "typed prompts: the figure moves" test "$(frames walk.bvh | cut -d' ' -f1-3 | sort -u | wc -l)" -gt 60

echo '{"points": [{"t": 0, "x": 0, "z": 0}, {"t": 3, "x": 0.6, "z": 2.4}]}' >path.json
run generate --text "walk forward" --path path.json --quality draft --json
check "a path: exit 0" status_is 0
check "a path: kept within 5 cm" same "$(json out 'takes[0]["pathErrorMeanMeters"] <= 0.05')" True

echo '{"points": [{"t": 0, "x": 0, "z": 0}, {"t": 2, "x": 0, "z": 24}]}' >fast.json
run generate --text "run forward" --path fast.json --quality draft
check "a path that is too fast: exit 0" status_is 0
check "a path that is too fast: told" grep -qF '! The path needs 12.0 m/s between 0.00 and 2.00 s, faster than a person runs.' out

# ---- a project ----------------------------------------------------------------------------------

copy_sample() {
  rm -rf scene.kinescore scene.kinescore.d
  cp "$source_dir/resources/samples/first-steps.kinescore" scene.kinescore
}
copy_sample
before=$(sha256sum scene.kinescore)
run generate scene.kinescore --quality draft --no-save --json
check "--no-save: exit 0" status_is 0
check "--no-save: the project stays as it was" same "$(sha256sum scene.kinescore)" "$before"
check "--no-save: no folder of takes" absent scene.kinescore.d
unsaved=$(hash_of)

run generate scene.kinescore --quality draft --json -o whole.bvh
check "a project: exit 0" status_is 0
check "a project: same bits, saved or not" same "$(hash_of)" "$unsaved"
check "a project: keys within 1 cm mean" same "$(json out 'takes[0]["keyErrorMeanMeters"] <= 0.01')" True
check "a project: keys within 2 cm at worst" same "$(json out 'takes[0]["keyErrorWorstMeters"] <= 0.02')" True
check "a project: the take is stored" test -d scene.kinescore.d
run export scene.kinescore -o again.bvh
check "export: the take that was stored, bit by bit" cmp -s whole.bvh again.bvh

total=$(frames whole.bvh | wc -l)
rate=$(awk '/^Frame Time:/ {printf "%d", 1 / $3 + 0.5}' whole.bvh)
run generate scene.kinescore --range 4s-5s --seed 5 --quality draft -o part.bvh
check "a range: exit 0" status_is 0
check "a range: as long as before" same "$(frames part.bvh | wc -l)" "$total"
check "a range: every frame before it is the same" \
  cmp -s <(frames whole.bvh | head -n $((4 * rate - 2))) <(frames part.bvh | head -n $((4 * rate - 2)))
# Angles are unrolled from a file's first frame on, so what comes after is compared in files that begin there.
run export scene.kinescore --take 1 --range 5.1s-10s -o after_whole.bvh
run export scene.kinescore --take 2 --range 5.1s-10s -o after_part.bvh
check "a range: every frame after it is the same" cmp -s after_whole.bvh after_part.bvh
check "a range: inside is new" differ "$(frames part.bvh | sha256sum)" "$(frames whole.bvh | sha256sum)"

# Only what changed, and frames of another take.
run generate scene.kinescore --changed --quality draft
check "--changed: nothing changed, nothing made" test ! -s out
sed -i '0,/"prompt": "[^"]*"/s//"prompt": "jump twice"/' scene.kinescore
run generate scene.kinescore --changed --quality draft --json
check "--changed: exit 0" status_is 0
check "--changed: the report speaks of the joins" same "$(json out 'any("oin" in l["sentence"] for l in takes[0]["report"])')" True
run generate scene.kinescore --seed 8 --quality draft
run generate scene.kinescore --range 3s-4s --from-take 1 --quality draft --json
check "--from-take: exit 0" status_is 0
check "--from-take: it says where the frames come from" same "$(json out 'takes[0]["report"][0]["sentence"]')" "3.00 to 4.00 s come from take 1"
refuses "a take that is not there" 3 generate scene.kinescore --range 3s-4s --from-take 99 --quality draft
refuses "a take without a range" 2 generate scene.kinescore --from-take 1 --quality draft

# ---- what cannot be done ------------------------------------------------------------------------

refuses "a time that runs backwards" 2 generate --text "3-1s: walk" -o never.bvh
check "a time that runs backwards: no file" absent never.bvh
echo '{"format": ' >broken.kinescore
refuses "a cut project" 3 generate broken.kinescore
/usr/bin/python3 -I -c 'import json; p = json.load(open("scene.kinescore")); p["version"] = 99
json.dump(p, open("newer.kinescore", "w"))'
refuses "a project of a newer version" 3 generate newer.kinescore
echo '{"points": [{"t": 0}]}' >bad-path.json
refuses "a broken path file" 3 generate --text walk --path bad-path.json
weights=$(find "$source_dir/resources/weights" -name '*.safetensors' | sort | sed -n 1p)
head -c 100000 "$weights" >cut.safetensors
refuses "weights that were cut off" 3 generate --text walk --weights cut.safetensors

# A full disk: the project that was there stays whole.
if [[ -w /dev/full ]] && command -v unshare >/dev/null && unshare --mount true 2>/dev/null; then
  cp scene.kinescore whole.kinescore
  mkdir full
  # shellcheck disable=SC2016  # for the shell inside
  unshare --mount bash -c 'mount -t tmpfs -o size=64k tmpfs full && cp whole.kinescore full/scene.kinescore &&
    "$0" generate full/scene.kinescore --quality draft >out 2>err; echo $? >code; cmp -s whole.kinescore full/scene.kinescore; echo $? >>code' "$program"
  status=$(sed -n 1p code)
  check "a full disk: an error" status_is 3
  check "a full disk: one sentence" one_sentence
  check "a full disk: the project is whole" same "$(sed -n 2p code)" 0
fi

# Ctrl-C ends it soon, with no half file.
"$program" generate --text "0-60s: walk forward" --quality best -o stopped.bvh >out 2>err </dev/null &
running=$!
sleep 3
begin=$(date +%s%N)
kill -INT "$running"
wait "$running"
status=$?
check "stopped: not a success" test "$status" -ne 0
check "stopped: within a second" test $((($(date +%s%N) - begin) / 1000000)) -le 1000
check "stopped: no file" absent stopped.bvh

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
