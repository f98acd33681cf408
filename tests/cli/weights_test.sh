#!/usr/bin/env bash
# `kinescore weights` from outside, on checkpoints that Python's own pickle and zipfile wrote.
#
#   tests/cli/weights_test.sh <folder of the program>
set -uo pipefail
bin=$1/kinescore
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "${work:?}"' EXIT
passed=0
failed=0
code=0

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
run() {
  "$bin" "$@" >"$work/out" 2>"$work/err"
  code=$?
}
exits() { [[ $code -eq $1 ]]; }
says() { grep -qF -- "$1" "$work/out"; }
make() { # <name> <options of make_checkpoint.py>...
  local name=$1
  shift
  /usr/bin/python3 -I "$here/make_checkpoint.py" "$work/$name.ckpt" "$@" >"$work/$name.txt"
}
one_sentence() {
  [[ $(grep -c '^kinescore: ' "$work/err") -eq 1 ]] && grep -qF -- "$1" "$work/err" && [[ ! -s $work/out ]]
}
refused() { # <what> <exit code> <part of the sentence> <arguments>...
  local what=$1 expected=$2 part=$3
  shift 3
  run "$@"
  check "$what: exit code" exits "$expected"
  check "$what: one sentence" one_sentence "$part"
}

# Does the first number of every tensor arrive, and is the rest of the card right?
agrees() { # <safetensors> <numbers as JSON>
  /usr/bin/python3 -I - "$1" "$2" <<'EOF'
import hashlib, json, struct, sys
data = open(sys.argv[1], "rb").read()
size = struct.unpack_from("<Q", data)[0]
header = json.loads(data[8:8 + size])
header.pop("__metadata__")
count, firsts = open(sys.argv[2]).read().split("\n")[:2]
firsts = json.loads(firsts)
for name, entry in header.items():
    begin, end = entry["data_offsets"]
    assert entry["dtype"] == "F32" and struct.unpack_from("<f", data, 8 + size + begin)[0] == firsts[name], name
left_out = [n for n in firsts if n not in header]
assert all(n.endswith("num_batches_tracked") or n.endswith(".pe") for n in left_out), left_out
assert "pipeline.denoiser3d.denoiser.sequence_pos_encoder.pe" in header
card = json.load(open(sys.argv[1].replace(".safetensors", ".json")))
assert card["sha256"] == hashlib.sha256(data).hexdigest() and card["tensors"] == len(header)
assert card["source"]["epoch"] == 12 and card["source"]["global_step"] == 500000
assert "research only" in card["licence"]
EOF
}

make full --wiring full --width 16 --layers 2
run weights convert "$work/full.ckpt" -o "$work/full.safetensors"
check "the published layout is converted" exits 0
check "the wiring is told" says "gem_smpl: width 16, 2 layers, 8 heads"
check "numbers and card agree" agrees "$work/full.safetensors" "$work/full.txt"
make small --wiring regression --width 24 --layers 3 --wide
run weights convert "$work/small.ckpt" -o "$work/small.safetensors" --kind gem --heads 4
check "the wiring without text, ZIP64" exits 0
check "its wiring is told" says "gem_smpl_regression: width 24, 3 layers, 4 heads"
check "its numbers and card agree" agrees "$work/small.safetensors" "$work/small.txt"

run weights info "$work/full.ckpt"
check "info of a checkpoint" says '"wiring": "gem_smpl"'
check "info names what is not read" says '"optimizer_states"'
run weights info "$work/full.safetensors"
check "info of a converted file" says '"architecture": "gem"'

refused "a second time" 2 "is there already" weights convert "$work/full.ckpt" -o "$work/full.safetensors"
refused "one that is converted" 3 "use it as it is" weights convert "$work/full.safetensors" -o "$work/x.safetensors"
refused "another ending" 2 "must end in .safetensors" weights convert "$work/full.ckpt" -o "$work/full.bin"
refused "another kind" 2 "gem" weights convert "$work/full.ckpt" -o "$work/x.safetensors" --kind unknown
refused "missing file" 3 "does not exist" weights convert "$work/none.ckpt" -o "$work/x.safetensors"
refused "heads that do not fit" 2 "cannot be shared by 7 heads" \
  weights convert "$work/full.ckpt" -o "$work/x.safetensors" --heads 7
base=(--wiring regression)
block=pipeline.denoiser3d.denoiser.blocks.1
make nan "${base[@]}" --nan $block.attn.key.weight
refused "a number that is none" 3 "$block.attn.key.weight" weights convert "$work/nan.ckpt" -o "$work/x.safetensors"
make shape "${base[@]}" --reshape $block.norm1.bias
refused "another shape" 3 "has the shape [16, 1] where [16]" weights convert "$work/shape.ckpt" -o "$work/x.safetensors"
make missing "${base[@]}" --drop $block.norm1.bias
refused "a missing tensor" 3 "1 tensor is missing" weights convert "$work/missing.ckpt" -o "$work/x.safetensors"
make extra "${base[@]}" --extra text_encoder.shared.weight
refused "an extra tensor" 3 "text_encoder.shared.weight" weights convert "$work/extra.ckpt" -o "$work/x.safetensors"
make evil "${base[@]}" --evil
refused "a pickle that would run something" 3 ".eval" weights convert "$work/evil.ckpt" -o "$work/x.safetensors"
head -c 100000 "$work/full.ckpt" >"$work/cut.ckpt"
refused "cut off" 3 "does not end as a ZIP archive" weights convert "$work/cut.ckpt" -o "$work/x.safetensors"
check "nothing is left behind" test ! -e "$work/x.safetensors" -a ! -e "$work/x.json"
check "no temporary file either" test ! -e "$work/.x.safetensors.part"
run weights convert "$work/extra.ckpt" -o "$work/extra.safetensors" --leave-out-extra
check "an extra tensor is left out when asked" exits 0
check "and named" grep -q "text_encoder.shared.weight" "$work/err"

ours=$here/../../resources/weights/kinescore-base.safetensors
run weights mean "$ours" "$ours" -o "$work/mean.safetensors"
check "weights and themselves have a mean" exits 0
check "which they are" cmp -s "$ours" "$work/mean.safetensors"
refused "a share beyond one" 2 "--share" weights mean "$ours" "$ours" --share 2 -o "$work/none.safetensors"
refused "a mean with GEM's" 3 "GEM's" weights mean "$ours" "$work/full.safetensors" -o "$work/none.safetensors"

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
