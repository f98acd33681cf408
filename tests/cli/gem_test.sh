#!/usr/bin/env bash
# GEM from a checkpoint to a motion, from outside: a small one of the published layout is converted and performs texts,
# keypoints, keys and ranges; what a missing or wrong file makes impossible is said in one sentence. One is trained, too.
#
#   tests/cli/gem_test.sh <folder of the program>
# shellcheck disable=SC1111,SC2054  # messages quote as the program does; a camera is written with commas
set -uo pipefail
bin=$1/kinescore
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "${work:?}"' EXIT
export XDG_STATE_HOME=$work/state XDG_DATA_HOME=$work/data KINESCORE_RESOURCES=$root/resources
unset DISPLAY WAYLAND_DISPLAY KINESCORE_T5
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
    head -c 1500 out | sed 's/^/    /' >&2
    sed 's/^/    /' err >&2
  fi
}
run() {
  "$bin" "$@" >out 2>err </dev/null
  code=$?
}
exits() { [[ $code -eq $1 ]]; }
says() { grep -qF -- "$1" out; }
one_sentence() { [[ $(grep -c '^kinescore: ' err) -eq 1 ]] && grep -qF -- "$1" err && [[ ! -s out ]]; }
one_line() { [[ $(grep -c '^kinescore: ' err) -eq 1 ]] && grep -qF -- "$1" err; }
refused() { # <what> <exit code> <part of the sentence> <arguments>...
  local what=$1 expected=$2 part=$3
  shift 3
  run "$@"
  check "$what: exit code" exits "$expected"
  check "$what: one sentence" one_sentence "$part"
}
json() { # <Python expression over "takes">
  /usr/bin/python3 -I -c 'import json, sys; takes = json.load(open("out")); print(eval(sys.argv[1]))' "$1"
}
equal() { [[ -n $1 && $1 == "$2" ]]; }
differ() { [[ -n $1 && -n $2 && $1 != "$2" ]]; }
make() { # <name> <options of make_checkpoint.py>...
  local name=$1
  shift
  /usr/bin/python3 -I "$here/make_checkpoint.py" "$name.ckpt" --mild "$@" >/dev/null
}

make gem --wiring full
run weights convert gem.ckpt -o gem.safetensors
check "the checkpoint is converted" exits 0

# ---- without T5 ---------------------------------------------------------------------------------

text=(--text "0-2s: a person walks" --seconds 2 --quality draft)
gem=(--model gem:gem.safetensors)
refused "texts alone without T5" 3 "put spiece.model and the safetensors of t5-3b into “$work/t5-3b”" \
  generate "${text[@]}" "${gem[@]}"
/usr/bin/python3 -I - <<'PYTHON'
import json, math, os
os.makedirs("points")
coco = [(0, -70), (3, -73), (-3, -73), (7, -71), (-7, -71), (18, -50), (-18, -50), (45, -50), (-45, -50), (70, -50),
        (-70, -50), (9, 0), (-9, 0), (10, 42), (-10, 42), (10, 82), (-10, 82)]
for f in range(60):
    swing = 8 * math.sin(f / 6)
    points = []
    for k, (x, y) in enumerate(coco):
        points += [960 + 3 * (x + (swing if k in (9, 13, 15) else 0)), 540 + 3 * y, 0.9]
    json.dump({"people": [{"pose_keypoints_2d": points}]}, open(f"points/frame_{f:04}.json", "w"))
PYTHON
points=(--keypoints points --keypoint-order coco17 --camera 1920x1080,f=1500)
run generate "${points[@]}" "${gem[@]}" --json -o seen.bvh
check "keypoints alone: exit 0" exits 0
check "keypoints alone are estimated in one look" equal "$(json 'takes[0]["networkEvaluations"]')" 1
check "keypoints alone: a BVH of 60 frames" equal "$(sed -n '/^Frame Time:/,$p' seen.bvh | tail -n +2 | wc -l)" 60
check "the model's hash is the file's" equal "$(json 'takes[0]["model"]')" "$(sha256sum gem.safetensors | cut -d' ' -f1)"
run generate "${points[@]}" "${text[@]}" "${gem[@]}"
check "text and keypoints without T5: exit 0" exits 0
check "text and keypoints without T5: the text is told of" says "1 text was left out"
check "the plan of the memory is told" says "Memory planned: "

mkdir begun
run generate "${points[@]}" "${text[@]}" "${gem[@]}" --text-model begun
check "half a T5: exit 0" exits 0
check "half a T5: the missing file is named" says "Texts need the whole encoder T5-3B: “begun/spiece.model” does not exist."
refused "T5 for a model that does not read with it" 2 "--text-model is for GEM" generate "${text[@]}" --text-model begun

# ---- with T5 ------------------------------------------------------------------------------------

/usr/bin/python3 -I "$here/make_t5.py" t5-3b "$root/tests/data/t5/spiece.model"
run generate "${text[@]}" "${gem[@]}" --json
check "a text: exit 0" exits 0
check "a text: with and without it" equal "$(json 'takes[0]["networkEvaluations"]')" 20
hash=$(json 'takes[0]["hash"]')
run generate "${text[@]}" "${gem[@]}" --json --threads 3
check "the same bits again, with any threads" equal "$(json 'takes[0]["hash"]')" "$hash"
run generate "${text[@]}" --model gem.safetensors --json
check "the file says itself what it is" equal "$(json 'takes[0]["hash"]')" "$hash"
mv t5-3b elsewhere
run generate "${text[@]}" "${gem[@]}" --text-model elsewhere --json
check "T5 by option" equal "$(json 'takes[0]["hash"]')" "$hash"
KINESCORE_T5=$work/elsewhere run generate "${text[@]}" "${gem[@]}" --json
check "T5 by environment" equal "$(json 'takes[0]["hash"]')" "$hash"
mv elsewhere t5-3b
run generate "${text[@]}" "${gem[@]}" --seed 2 --json
check "another seed" differ "$(json 'takes[0]["hash"]')" "$hash"
run generate --text "0-1s: a person walks" --text "1-2s: right arm: wave" --seconds 2 --quality draft "${gem[@]}"
check "a text for a part is told of" says "GEM hears texts for the whole body alone."
run generate "${points[@]}" "${text[@]}" "${gem[@]}" --json
check "text and keypoints: exit 0" exits 0
check "text and keypoints: sampled" equal "$(json 'takes[0]["networkEvaluations"]')" 20

# ---- recordings: music where a beat is heard, speech where none is ---------------------------------

/usr/bin/python3 -I - <<'PYTHON'
import math, struct, wave
for name, loud in (("voice.wav", 9000), ("silence.wav", 0)):
    with wave.open(name, "wb") as out:
        out.setnchannels(1), out.setsampwidth(2), out.setframerate(16000)
        out.writeframes(b"".join(struct.pack("<h", int(loud * (1 - math.cos(i / 10000)) * math.sin(i / 20 + i * i / 1e7)))
                                 for i in range(48000)))
PYTHON
song=$root/tests/data/sound/song.wav
dance=(generate --seconds 2 --quality draft "${gem[@]}" --json)
run "${dance[@]}" --music "$song"
check "music: exit 0" exits 0
check "music: with and without it" equal "$(json 'takes[0]["networkEvaluations"]')" 20
check "music: the report says so" says "“song.wav” was heard as music"
hash=$(json 'takes[0]["hash"]')
run "${dance[@]}" --music "$song" --threads 3
check "music: the same bits again" equal "$(json 'takes[0]["hash"]')" "$hash"
run "${dance[@]}" --music "$song@1.5"
check "music: from another second on" differ "$(json 'takes[0]["hash"]')" "$hash"
run "${dance[@]}" --beats 110
check "a beat without a recording: nothing is heard" equal "$(json 'takes[0]["networkEvaluations"]')" 10
check "a beat without a recording: the report says so" says "1 beat of a written tempo was not heard"
check "a beat without a recording: another motion" differ "$(json 'takes[0]["hash"]')" "$hash"
run "${dance[@]}" --music voice.wav
check "speech: with and without it" equal "$(json 'takes[0]["networkEvaluations"]')" 20
check "speech: the report says so" says "“voice.wav” was heard as speech"
run "${dance[@]}" --music voice.wav --sound-as music
check "speech that is said to be music: exit 0" exits 0
check "speech that is said to be music: the report says so" says "“voice.wav” was heard as music"
run "${dance[@]}" --music "$song" --sound-as speech
check "music that is said to be speech: the report says so" says "“song.wav” was heard as speech"
check "music that is said to be speech: another motion" differ "$(json 'takes[0]["hash"]')" "$hash"
check "music that is said to be speech: no beat is kept" equal \
  "$(json 'any("the beat" in line["sentence"] for line in takes[0]["report"])')" False
refused "a sound that is neither" 2 "auto, music, speech" "${dance[@]}" --music "$song" --sound-as song
run "${dance[@]}" --music silence.wav
check "silence: nothing is heard" equal "$(json 'takes[0]["networkEvaluations"]')" 10
check "silence: the report says so" says "“silence.wav” was not heard"
run "${dance[@]}" --text "0-1s: a person walks" --music "$song"
check "text and music: exit 0" exits 0
check "text and music: the report says so" says "“song.wav” was heard as music"
refused "music that is not there" 3 "none.wav" "${dance[@]}" --music none.wav

# ---- sound clips of a project -----------------------------------------------------------------------

mkdir sounds
cp "$song" voice.wav sounds
/usr/bin/python3 -I - "$root/resources/samples/first-steps.kinescore" <<'PYTHON'
import json, sys
project = json.load(open(sys.argv[1]))
second = 705600000
def clip(number, file, start, tempo):
    return {"type": "clip", "version": 1, "id": number, "track": 90, "span": [start * second, (start + 2) * second],
            "name": "", "locked": False, "muted": False, "strength": [],
            "condition": {"type": "audio", "file": file, "inPoint": 0, "beatsPerMinute": tempo, "beatOffsetSeconds": 0}}
track = {"type": "track", "version": 1, "id": 90, "kind": "audio", "name": "Sound", "order": 9, "height": 1,
         "folded": False, "locked": False, "muted": False, "soloed": False}
project["timeline"] += [track, clip(91, "song.wav", 0, 110), clip(92, "song.wav", 3, 0), clip(93, "voice.wav", 6, 0),
                        clip(94, "none.wav", 8, 0)]
project["takes"], project["shownTake"] = [], ""
json.dump(project, open("sounds/scene.kinescore", "w"))
PYTHON
run generate sounds/scene.kinescore "${gem[@]}" --quality draft
check "sound clips: exit 0" exits 0
check "sound clips: music" says "“song.wav” was heard as music"
check "sound clips: speech" says "“voice.wav” was heard as speech"
check "sound clips: what has a tempo is not heard, and that is said" says "1 beat of a written tempo was not heard"
check "sound clips: the missing file is named" one_line "none.wav"
run generate sounds/scene.kinescore "${gem[@]}" --quality draft --sound-as speech
check "sound clips: all are what they are said to be" says "“song.wav” was heard as speech"
said() { # <clip> <what it is>: a scene in which that clip says it
  /usr/bin/python3 -I - "$@" <<'PYTHON'
import json, sys
project = json.load(open("sounds/scene.kinescore"))
clip = next(o for o in project["timeline"] if o["type"] == "clip" and o["id"] == int(sys.argv[1]))
clip["condition"]["kind"] = sys.argv[2]
json.dump(project, open("sounds/said.kinescore", "w"))
PYTHON
}
said 93 music
run generate sounds/said.kinescore "${gem[@]}" --quality draft --no-save
check "a clip says that it is music: exit 0" exits 0
check "a clip says that it is music: it is heard so" says "“voice.wav” was heard as music"
run generate sounds/said.kinescore "${gem[@]}" --quality draft --no-save --sound-as speech
check "a clip's own word comes before the option" says "“voice.wav” was heard as music"
check "the option is for clips that say nothing" says "“song.wav” was heard as speech"
said 92 speech
run generate sounds/said.kinescore "${gem[@]}" --quality draft --no-save
check "a clip says that it is speech: it is heard so" says "“song.wav” was heard as speech"
check "a clip says that it is speech: others are heard for themselves" says "“voice.wav” was heard as speech"
said 92 opera
run generate sounds/said.kinescore "${gem[@]}" --quality draft --no-save
check "a clip that says something else is left out, and that is said" grep -q "“kind” of the condition of clip 92 is not" err
check "a clip that says something else: nothing of it is heard" eval '! says "song.wav"'

# ---- a project: texts, keys, a path; a part of it anew --------------------------------------------

cp "$root/resources/samples/first-steps.kinescore" scene.kinescore
run generate scene.kinescore "${gem[@]}" --quality draft --json
check "the sample: exit 0" exits 0
check "the sample: keys within a centimetre" equal "$(json 'takes[0]["keyErrorMeanMeters"] < 0.011')" True
run generate scene.kinescore "${gem[@]}" --quality draft --range 2s-3s --seed 9 -o part.bvh --json
check "a range: exit 0" exits 0
/usr/bin/python3 -I - <<'PYTHON' >ranges 2>&1
import json, glob, struct
def tensors(path):
    data = open(path, "rb").read()
    size = struct.unpack_from("<Q", data)[0]
    header = json.loads(data[8:8 + size])
    return {n: data[8 + size + e["data_offsets"][0]:8 + size + e["data_offsets"][1]]
            for n, e in header.items() if n != "__metadata__"}, {n: e["shape"] for n, e in header.items() if n != "__metadata__"}
files = sorted(glob.glob("scene.kinescore.d/**/*.safetensors", recursive=True))
assert len(files) == 2, files
(a, shapes), (b, _) = map(tensors, files)
outside = changed = 0
for name, shape in shapes.items():
    if name not in b or not shape or shape[0] < 100:
        continue
    row = len(a[name]) // shape[0]
    for f in range(shape[0]):
        same = a[name][f * row:(f + 1) * row] == b[name][f * row:(f + 1) * row]
        if not 60 <= f < 90:
            assert same, (name, f)
            outside += 1
        changed += not same
assert outside > 300 and changed > 20, (outside, changed)
PYTHON
check "a range: every other frame keeps its bits" test ! -s ranges
[[ -s ranges ]] && cat ranges >&2

# ---- files that are no GEM -------------------------------------------------------------------------

perform=(generate "${text[@]}" --model)
refused "a checkpoint itself" 3 "kinescore weights convert gem.ckpt -o gem.safetensors" "${perform[@]}" gem:gem.ckpt
refused "a checkpoint by its name alone" 3 "kinescore weights convert" "${perform[@]}" gem.ckpt
refused "a missing file" 3 "does not exist" "${perform[@]}" gem:none.safetensors
refused "a model nobody knows" 3 "There is no model “gemm”" "${perform[@]}" gemm
refused "a model without a file" 2 "names no file" "${perform[@]}" gem:
refused "two models" 2 "not both" "${perform[@]}" gem:gem.safetensors --weights gem.safetensors
refused "GEM as weights of Kinescore's own" 3 "are GEM's, which --model gem:FILE performs" \
  generate "${text[@]}" --weights gem.safetensors
refused "Kinescore's own weights" 3 "These are not GEM weights" \
  "${perform[@]}" "gem:$root/resources/weights/kinescore-base.safetensors"
head -c 200000 gem.safetensors >cut.safetensors
refused "cut off" 3 "cut.safetensors" "${perform[@]}" gem:cut.safetensors
cp gem.json other.json
cp gem.safetensors other.safetensors
printf 'x' | dd of=other.safetensors bs=1 seek=300000 conv=notrunc status=none
refused "changed after it was converted" 3 "is not the file that its card" "${perform[@]}" gem:other.safetensors
/usr/bin/python3 -I - <<'PYTHON'
import json, struct
data = open("gem.safetensors", "rb").read()
size = struct.unpack_from("<Q", data)[0]
header = json.loads(data[8:8 + size])
def write(name, change):
    h, body = json.loads(json.dumps(header)), bytearray(data[8 + size:])
    change(h, body)
    text = json.dumps(h).encode()
    text += b" " * (-len(text) % 8)
    open(name, "wb").write(struct.pack("<Q", len(text)) + text + bytes(body))
def nan(h, body):
    begin = h["learned_pos_params"]["data_offsets"][0]
    body[begin:begin + 4] = struct.pack("<f", float("nan"))
def extra(h, body):
    h["somebody.else"] = {"dtype": "F32", "shape": [1], "data_offsets": [len(body), len(body) + 4]}
    body += bytes(4)
def shape(h, body):
    h["learned_pos_params"]["shape"] = [32, 17]
write("nan.safetensors", nan)
write("extra.safetensors", extra)
write("shape.safetensors", shape)
PYTHON
refused "a number that is none" 3 "learned_pos_params” holds a number that is not finite" \
  "${perform[@]}" gem:nan.safetensors
refused "an extra tensor" 3 "“somebody.else” belongs to something else" "${perform[@]}" gem:extra.safetensors
refused "another shape" 3 "is 32 × 17 and not 17 × 32" "${perform[@]}" gem:shape.safetensors

# ---- the wiring for video alone --------------------------------------------------------------------

make video --wiring regression
run weights convert video.ckpt -o video.safetensors
run generate "${points[@]}" --model gem:video.safetensors --json
check "the wiring for video: exit 0" exits 0
run generate "${points[@]}" --music "$song" --model gem:video.safetensors
check "music for the wiring for video is told of" says "Music and speech were left out"
check "music for the wiring for video is not said to be heard" eval '! says "was heard as"'
refused "a text for the wiring for video" 3 "gem_smpl_regression" "${perform[@]}" gem:video.safetensors

# ---- one that is trained here -----------------------------------------------------------------------

mkdir clips
run generate "${points[@]}" "${text[@]}" "${gem[@]}" --text-model t5-3b -o clips/Quick_Turn_01.bvh
run library add clips --name clips
check "a small library" exits 0
small=(--arch gem --library data/kinescore/libraries/clips.kslib -o run --layers 1 --batch 2 --normal-priority)
sizes=(--width 32 --frames 48)
refused "GEM has no coarse network" 2 "“--coarse-for” belongs to Kinescore's own network" \
  train "${small[@]}" --steps 1 --coarse-for gem.safetensors
refused "GEM is not fine-tuned" 2 "“--finetune” belongs to Kinescore's own network" \
  train "${small[@]}" --steps 1 --finetune clips
refused "Kinescore's network knows no seen clips" 2 "“--seen-clips” belongs to “--arch gem”" \
  train -o other --steps 1 --seen-clips 0.5
refused "crops longer than GEM's window" 2 "at most 120 frames" train "${small[@]}" --steps 1 --frames 121
refused "a width that does not divide" 2 "a multiple of 16" train "${small[@]}" --steps 1 --width 40
refused "neither hours nor steps" 2 "Say how long to train" train "${small[@]}"
run train "${small[@]}" "${sizes[@]}" --steps 2
check "two steps: exit 0" exits 0
check "two steps: said" says "Finished after 2 steps"
cp run/latest.safetensors two.safetensors
run train "${small[@]}" "${sizes[@]}" --steps 3 --weights written.safetensors
check "it goes on" grep -q "going on at step 2" err
check "and learns" test "$(sha256sum <two.safetensors)" != "$(sha256sum <run/latest.safetensors)"
check "the weights are written elsewhere, too" cmp -s run/latest.safetensors written.safetensors
check "the record of losses" grep -q "^step,loss,x0_loss,validation" run/losses.csv
check "and its picture" test -s run/losses.png
run weights info run/latest.safetensors
check "what it is: a GEM" says '"architecture": "gem"'
check "what it is: its steps" says '"steps": 3'
check "what it is: its words" says '"text_encoder": "minilm"'
mv t5-3b elsewhere
run generate "${text[@]}" --model gem:run/latest.safetensors -o trained.bvh --json
check "it performs words without T5: exit 0" exits 0
check "it performs words: with and without them" equal "$(json 'takes[0]["networkEvaluations"]')" 20
check "it performs words: a BVH of 60 frames" equal "$(sed -n '/^Frame Time:/,$p' trained.bvh | tail -n +2 | wc -l)" 60
hash=$(json 'takes[0]["hash"]')
run generate --text "0-2s: someone sits down" --seconds 2 --quality draft --model gem:run/latest.safetensors --json
check "other words, another motion" differ "$(json 'takes[0]["hash"]')" "$hash"
run generate "${points[@]}" --model gem:run/latest.safetensors
check "it performs what was seen" exits 0
/usr/bin/python3 -I - <<'PYTHON'
import json, struct
data = open("run/latest.safetensors", "rb").read()
size = struct.unpack_from("<Q", data)[0]
header = json.loads(data[8:8 + size])
header["__metadata__"]["text_encoder"] = "somebody's"
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
open("strange.safetensors", "wb").write(struct.pack("<Q", len(text)) + text + data[8 + size:])
PYTHON
refused "words of an encoder nobody knows" 3 "the text encoder “somebody's”, which is not known here" \
  "${perform[@]}" gem:strange.safetensors

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
