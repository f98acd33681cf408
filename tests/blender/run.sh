#!/usr/bin/env bash
# Motions that the command line generates, exported as BVH and FBX, as Blender sees them.
#
#   tests/blender/run.sh <folder of the programs>
#
# Captured clips are checked by test_blender itself. The last line is "N passed, N failed, N skipped".
set -euo pipefail
bin=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
weights=${KINESCORE_RESOURCES:-$root/resources}/weights/kinescore-base.safetensors

if [[ ! -x $bin/test_blender || ! -x $bin/kinescore ]]; then
  echo "test_blender and kinescore are not in $bin" >&2
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi
if ! command -v blender >/dev/null; then
  echo "blender is not installed" >&2
  echo "0 passed, 0 failed, 10 skipped"
  exit 0
fi
if [[ ! -f $weights ]]; then
  echo "no weights: nothing can be generated" >&2
  echo "0 passed, 0 failed, 10 skipped"
  exit 0
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
generate() { # <name> <rate> <prompt>...
  local name=$1 rate=$2 arguments=()
  shift 2
  for prompt in "$@"; do arguments+=(--text "$prompt"); done
  "$bin/kinescore" generate "${arguments[@]}" --rate "$rate" --quality draft --seed 11 --device cpu \
    -o "$folder/$name.bvh" -o "$folder/$name.fbx"
}
generate walk 30 "0-4s: walk forward"
generate turn 24 "0-2s: walk forward" "2-5s: turn left and wave"
generate run 60 "0-3s: run"
generate jump 23.976 "0-3s: jump up"
generate sit 30 "0-4s: sit down"

status=0
KINESCORE_BLENDER_GENERATED=$folder "$bin/test_blender" >"$folder/log" 2>&1 || status=$?
cat "$folder/log"
passed=$(grep -c '^\[       OK \]' "$folder/log" || true)
failed=$(grep -cE '^\[  FAILED  \] .*\([0-9]+ ms\)' "$folder/log" || true)
if [[ $((passed + failed)) -ne 10 ]]; then failed=$((failed + 1)); fi
echo "$passed passed, $failed failed, 0 skipped"
exit "$status"
