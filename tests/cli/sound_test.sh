#!/usr/bin/env bash
# `kinescore sound` and `generate --music` from outside.
#
#   tests/cli/sound_test.sh <folder of the program>
set -uo pipefail
bin=$1/kinescore
data=$(cd "$(dirname "${BASH_SOURCE[0]}")/../data/sound" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "${work:?}"' EXIT
export XDG_STATE_HOME=$work/state XDG_DATA_HOME=$work/data XDG_CONFIG_HOME=$work/config
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
refused() { # <what> <exit code> <part of the sentence> <arguments>...
  local what=$1 expected=$2 part=$3
  shift 3
  run "$@"
  check "$what: exit code" exits "$expected"
  check "$what: one sentence" one_sentence "$part"
}
one_sentence() { [[ $(grep -c '^kinescore: ' err) -eq 1 ]] && grep -qF -- "$1" err && [[ ! -s out ]]; }
python() { # <expression> over `j`, the JSON of a file
  /usr/bin/python3 -I -c 'import json, sys; j = json.load(open(sys.argv[1])); assert eval(sys.argv[2]), eval(sys.argv[2].split("==")[0])' "$1" "$2"
}
same() { cmp -s "$1" "$2"; }
absent() { [[ ! -e $1 ]]; }

# ---- sound --------------------------------------------------------------------------------------

run sound "$data/song.wav"
check "a song: exit 0" exits 0
check "a song: how long" says "song.wav: 5.2 s, 22050 samples a second"
check "a song: its tempo" grep -qE '^(109|110|111)\.[0-9] beats a minute, (9|10|11) beats' out
run sound "$data/song.wav" --json
check "as JSON: beats in order, the first at 0.1 s" python out 'j["beats"] == sorted(j["beats"]) and min(abs(b - 0.1) for b in j["beats"]) < 0.03'

run sound "$data/song.wav" -o song.npz
check "arrays: exit 0" exits 0
cat >shapes.py <<'EOF'
import sys, zipfile, ast, struct
wanted = {"music": (157, 35), "onset": (156,), "loudness": (156,), "bands": (156, 8)}
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    for name, shape in wanted.items():
        raw = z.read(name + ".npy")
        header = ast.literal_eval(raw[10:10 + struct.unpack("<H", raw[8:10])[0]].decode())
        assert header["shape"] == shape and header["descr"] == "<f4", (name, header)
        count = 1
        for n in shape:
            count *= n
        assert len(raw) - 10 - struct.unpack("<H", raw[8:10])[0] == 4 * count
EOF
check "arrays: their shapes" /usr/bin/python3 -I shapes.py song.npz
run sound "$data/song.wav" -o again.npz
check "arrays: the same bits again" same song.npz again.npz
run sound "$data/song.wav" -o song.json
check "arrays as JSON" python song.json 'len(j["music"]) == 157 and len(j["music"][0]) == 35 and len(j["bands"][3]) == 8'

# ---- bad files ----------------------------------------------------------------------------------

echo "Dear reader, this is a letter and no music." >letter.mp3
: >empty.wav
head -c 50000 "$data/song.wav" >cut.wav
refused "no such file" 3 "none.wav" sound none.wav
refused "an empty file" 3 "empty.wav" sound empty.wav
refused "no sound at all" 3 "letter.mp3" sound letter.mp3
refused "a file that ends early" 3 " ends early: " sound cut.wav
refused "an ending that is not written" 2 "must end in .npz or .json" sound "$data/song.wav" -o song.txt
check "an ending that is not written: nothing there" absent song.txt

# ---- generate --music ---------------------------------------------------------------------------

run generate --text "dance" --seconds 3 --music "$data/song.wav@1" --quality draft --json -o dance.bvh
check "music: exit 0" exits 0
check "music: 90 frames" python out 'j[0]["frames"] == 90'
check "music: the report names the file, its beats and tempo" python out 'any("song.wav" in line["sentence"] and "beats a minute" in line["detail"] for line in j[0]["report"])'
cp out first
run generate --text "dance" --seconds 3 --music "$data/song.wav@1" --quality draft --json -o dance.bvh
check "music: the same bits again" /usr/bin/python3 -I -c 'import json; assert json.load(open("first"))[0]["hash"] == json.load(open("out"))[0]["hash"]'
run generate --text "dance" --seconds 3 --quality draft --json
check "music: other motion than without" /usr/bin/python3 -I -c 'import json; assert json.load(open("first"))[0]["hash"] != json.load(open("out"))[0]["hash"]'
run generate --music "$data/song.wav@3.2" --quality draft --json
check "music alone: as long as what is left of it" python out 'j[0]["frames"] == 60'
# ---- sound clips of a project -------------------------------------------------------------------

/usr/bin/python3 -I - "$data/../../../resources/samples/first-steps.kinescore" <<'PYTHON'
import json, os, sys
project = json.load(open(sys.argv[1]))
track = {"id": 900, "type": "track", "kind": "audio", "name": "Sound", "order": 9, "version": 1}
def clip(number, file, start, end):
    return {"id": number, "type": "clip", "track": 900, "span": [start * 705600000, end * 705600000], "version": 1,
            "condition": {"type": "audio", "file": file, "inPoint": 0}}
project["timeline"] += [track, clip(901, "music/song.wav", 0, 4), clip(902, "none.wav", 5, 8)]
os.makedirs("scene/music")
json.dump(project, open("scene/scene.kinescore", "w"))
PYTHON
cp "$data/song.wav" scene/music/
run generate scene/scene.kinescore --no-save --quality draft --json
check "sound clips: exit 0" exits 0
check "sound clips: the report names the file that is there" \
  python out 'any("song.wav" in line["sentence"] for line in j[0]["report"])'
check "sound clips: the file that is not is one sentence" \
  test "$(grep -c '^kinescore: ' err)" -eq 1 -a "$(grep -c 'The sound clip is left out: “scene/none.wav” does not exist' err)" -eq 1

sed -i 's|"file": "music/song.wav"|"kind": "speech", &|' scene/scene.kinescore
run generate scene/scene.kinescore --no-save --quality draft --json
check "a sound clip that is said to be speech: exit 0" exits 0
check "a sound clip that is said to be speech: no beat of it is kept" \
  python out 'any("No beat of “song.wav” is kept" in line["sentence"] for line in j[0]["report"])'
check "a sound clip that is said to be speech: none is counted" \
  python out 'not any("are heard" in line["sentence"] for line in j[0]["report"])'

refused "a start after the end" 2 "starts after the end" generate --text walk --music "$data/song.wav@9"
refused "a start that is no number" 2 "after the @ comes a second" generate --text walk --music "$data/song.wav@soon"
refused "music that is not there" 3 "none.mp3" generate --text walk --music none.mp3
refused "beats and music at once" 2 "--music" generate --text walk --beats 120 --music "$data/song.wav"

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
