#!/usr/bin/env bash
# run.sh without a network, a compiler or rights: a small source tree and small wheels of its own,
# and stand-ins for apt-get, dpkg-query, sudo and id that write down how they were called.
# Everything happens, and is removed, inside one temporary folder.
set -uo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "${work:?}"' EXIT
passed=0
failed=0
status=0

# ---- the stage ----------------------------------------------------------------------------------

tree=$work/tree
home=$work/home
cache=$home/.cache/kinescore
bin=$work/bin
calls=$work/calls
wheels=$work/wheels
mkdir -p "$home" "$bin" "$wheels" "$tree/cmake" "$tree/app" || exit 1

export HOME=$home
unset XDG_CACHE_HOME SUDO_UID SUDO_USER DISPLAY WAYLAND_DISPLAY QT_QPA_PLATFORM
unset PIP_INDEX_URL PIP_EXTRA_INDEX_URL
export PIP_NO_INDEX=1 PIP_FIND_LINKS=$wheels
export KINESCORE_OS_RELEASE=$work/debian
export PATH=$bin:/usr/bin:/bin

stand_in() { # <name>, its script on standard input
  { echo '#!/usr/bin/env bash' && cat; } >"$bin/$1"
  chmod +x "$bin/$1"
}
# shellcheck disable=SC2016  # for the stand-in to expand
stand_in id <<<'echo "${FAKE_UID:-1000}"'
stand_in nproc <<<'echo 2'
stand_in sleep <<<'exec /usr/bin/sleep 0.1'
stand_in sudo <<<"echo \"sudo \$*\" >>$calls; exit 1"
# Every package is there but those named in the file "absent"; installing brings them all.
stand_in dpkg-query <<END
for name in "\${@:4}"; do
  grep -qxF "\$name" $work/absent || echo "ii  \$name"
done
END
stand_in apt-get <<END
echo "apt-get \$*" >>$calls
if [[ -e $work/locked ]]; then
  rm $work/locked
  echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1 (another)"
  exit 100
fi
case "\$*" in *\ install\ *) : >$work/absent ;; esac
END

cp "$source_dir/run.sh" "$source_dir/CMakePresets.json" "$tree/"
cp "$source_dir/cmake/setup.sh" "$source_dir/cmake/unpack_wheel.py" "$tree/cmake/"
printf 'ID=debian\nVERSION_CODENAME=bookworm\n' >"$work/debian"
printf 'ID=ubuntu\nVERSION_CODENAME=noble\n' >"$work/ubuntu"
printf '%s\n' '[base] 10' 'compiler  # compiles' builder '[window] 20' toolkit '[test] 5' checker \
  >"$tree/cmake/packages.txt"
cat >"$tree/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(Small LANGUAGES NONE)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/bin/kinescore
  COMMAND grep -q program ${CMAKE_SOURCE_DIR}/app/program
  COMMAND cp ${CMAKE_SOURCE_DIR}/app/program ${CMAKE_BINARY_DIR}/bin/kinescore
  DEPENDS ${CMAKE_SOURCE_DIR}/app/program)
add_custom_target(kinescore DEPENDS ${CMAKE_BINARY_DIR}/bin/kinescore)
END
cat >"$tree/app/program" <<'END'
#!/bin/sh
# program
echo "$0" | sed 's|.*/build/||'
for a in "$@"; do echo "<$a>"; done
[ "$1" = fail ] && exit 4
exit 0
END
chmod +x "$tree/app/program"
/usr/bin/python3 -I - "$wheels" "$tree/cmake" <<'END'
import hashlib, sys, zipfile
wheels, lists = sys.argv[1:]
def wheel(name, version, files):
    path = f"{wheels}/{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as z:
        for member, text in files.items():
            z.writestr(member, text)
        z.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        z.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        z.writestr(f"{info}/RECORD", "")
    return hashlib.sha256(open(path, "rb").read()).hexdigest()
torch = wheel("torch", "1.0", {"torch/lib/libtorch_cpu.so": "library", "torch/script.py": "no"})
words = wheel("small_words", "2.0", {"small_words/model/vocab.txt": "a b", "small_words/cli.py": "no"})
with open(f"{lists}/requirements.txt", "w") as f:
    f.write(f"torch==1.0 --hash=sha256:{torch}  # 3 torch/lib/*\n")
    f.write(f"small-words==2.0 --hash=sha256:{words}  # 4 small_words/model/*\n")
open(f"{lists}/requirements-cudart.txt", "w").write(
    f"nobody==1.0 --hash=sha256:{'0' * 64}  # 5 x/* has libc.so.6\n")
open(f"{lists}/requirements-cuda.txt", "w").write("")
END

# ---- tools --------------------------------------------------------------------------------------

fresh() { # nothing built, nothing cached, nothing absent
  rm -rf "${tree:?}/build" "${cache:?}"
  : >"$work/absent"
  : >"$calls"
}
run() { # the status in $status, the two outputs in files
  "$tree/run.sh" "$@" >"$work/out" 2>"$work/err" </dev/null
  status=$?
}
check() { # <what> <command>...
  if "${@:2}"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED: $1 (status $status)"
    sed 's/^/  out: /' "$work/out"
    sed 's/^/  err: /' "$work/err"
  fi
}
status_is() { [[ $status -eq $1 ]]; }
says() { grep -qF -- "$1" "$work/err"; }
prints() { grep -qxF -- "$1" "$work/out"; }
silent() { [[ ! -s $work/out ]]; }
called() { grep -qF -- "$1" "$calls"; }
nobody_called() { [[ ! -s $calls ]]; }
absent() { [[ ! -e $1 ]]; }
same() { [[ $1 == "$2" ]]; }

# ---- refusals -----------------------------------------------------------------------------------

fresh
FAKE_UID=0 SUDO_UID=1000 run generate
check "refuses to be started through sudo" status_is 3
check "says why" says "without sudo"

KINESCORE_OS_RELEASE=$work/ubuntu run generate
check "another system: stops" status_is 3
check "another system: names the packages" says "compiler builder"
check "another system: nothing is fetched" absent "$cache/wheels"

echo builder >"$work/absent"
run generate
check "no rights: exit 3" status_is 3
check "no rights: one line to copy, the missing only" \
  says "su -c 'apt-get update && apt-get install -y --no-install-recommends builder'"
check "no rights: apt was not called" same "$(grep -c '^apt-get' "$calls")" 0
check "no rights: nothing is fetched" absent "$cache/wheels"

fresh
run
check "no display: stops before the set-up" status_is 3
check "no display: said" says "no display found"
check "no display: nothing is built" absent "$tree/build"

run --offline generate
check "offline with an empty cache: exit 3" status_is 3
check "offline with an empty cache: says what is missing" says "small-words 2.0"

# ---- the way through ----------------------------------------------------------------------------

fresh
run generate --text "0-3s: walk forward" -o "a b.bvh"
check "from nothing" status_is 0
check "the engine-only build is used" prints "engine-only/bin/kinescore"
check "arguments arrive unchanged (1)" prints "<0-3s: walk forward>"
check "arguments arrive unchanged (2)" prints "<a b.bvh>"
check "standard output is the program's only" same "$(wc -l <"$work/out")" 6
check "the total is said first" same "$(head -n 1 "$work/err" | grep -c 'MB to download, about')" 1
check "nothing missing: no apt, no sudo" nobody_called
check "the window is not built" absent "$tree/build/release"
check "unpacked: what is listed" test -f "$cache/deps/small_words/model/vocab.txt"
check "unpacked: nothing else" absent "$cache/deps/torch/script.py"
check "no half file is left" same "$(find "$cache" -name '*.part' | wc -l)" 0
check "a library that the system has is not fetched" absent "$cache/deps/x"

begin=$(date +%s%N)
run generate
took=$((($(date +%s%N) - begin) / 1000000))
check "second start: at most 3 s (took $took ms)" test "$took" -le 3000
check "second start: says nothing" test ! -s "$work/err"

run fail
check "the program's exit code is passed on" status_is 4
run -- --offline
check "after -- everything is the program's" prints "<--offline>"

echo "# changed" >>"$tree/app/program"
run generate
check "a changed input is built again" says "Bringing the build up to date"
check "and used" grep -q changed "$tree/build/engine-only/bin/kinescore"

# ---- packages -----------------------------------------------------------------------------------

fresh
printf 'compiler\ntoolkit\n' >"$work/absent"
touch "$work/locked"
FAKE_UID=0 run generate
check "root: installed without sudo" status_is 0
check "root: waits for the lock, then goes on" same "$(grep -c ' update$' "$calls")" 2
check "root: only what is missing of the engine" called "--no-remove compiler"
check "root: no Qt for the command line" same "$(grep -c toolkit "$calls")" 0
check "root: sudo is not asked" same "$(grep -c '^sudo' "$calls")" 0

fresh
printf 'toolkit\n' >"$work/absent"
DISPLAY=:99 FAKE_UID=0 run
check "window: its packages are installed" called "--no-remove toolkit"
check "window: the release build" prints "release/bin/kinescore"
run generate
check "the full build serves the command line too" prints "release/bin/kinescore"

# ---- things that go wrong -----------------------------------------------------------------------

fresh
PIP_FIND_LINKS=$work/nowhere run generate
check "no network: exit 1" status_is 1
check "no network: one sentence" says "a download failed"
check "no network: names the log" says "$cache/setup.log"
run generate
check "no network: the next start goes on" status_is 0

run --clean
check "clean: the downloads stay" test -n "$(find "$cache/wheels" -name '*.whl')"
check "clean: the rest goes" absent "$cache/deps"
PIP_FIND_LINKS=$work/nowhere run --offline generate
check "offline with a full cache" status_is 0

run --clean
for wheel in "$cache"/wheels/small_words*.whl; do echo rubbish >>"$wheel"; done
run generate
check "a damaged wheel: exit 1" status_is 1
check "a damaged wheel: said" says "damaged"
check "a damaged wheel: not unpacked" absent "$cache/deps/small_words"
run generate
check "a damaged wheel: fetched again at the next start" status_is 0

sed -i 's/program/nothing/' "$tree/app/program"
run generate
check "a broken source: exit 1" status_is 1
check "a broken source: said" says "the build failed"
check "a broken source: standard output stays empty" silent
sed -i 's/nothing/program/' "$tree/app/program"
run generate
check "mended: builds and runs" status_is 0

run --doctor
check "doctor: status" status_is 0
check "doctor: the libraries" grep -q 'libraries.*all there' "$work/out"

echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
