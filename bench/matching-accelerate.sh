#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Repeats the measurements of docs/matching-accelerate.md on this machine, and prints their table in Markdown.
set -euo pipefail
cd "$(dirname "$0")/.."
make >/dev/null
raptors=.venv/bin/raptors python=.venv/bin/python
export RAPTORS_PROFILE=off

# The time of the fastest contender whose name matches, in microseconds, from a race's JSON.
fastest() {
    "$python" -c '
import fnmatch, json, sys
race = json.load(sys.stdin)
plain = [c for c in race["candidates"] if c["name"].count(".") <= 3]  # no variants: calls do not try them
times = [c["median_ns"] for c in plain if c["median_ns"] and fnmatch.fnmatch(c["name"], sys.argv[1])
         and (len(sys.argv) < 3 or c["threads"] == int(sys.argv[2]))]
print(f"{min(times) / 1e3:.0f}" if times else "not run")' "$@"
}
roof() { "$python" -c 'import json, sys; print(round(json.load(sys.stdin)["roof_ns"] / 1e3))'; }

echo "| float32 2048x2048 scale | NumPy itself | NumPy's loop, all threads | Raptors, one thread | Raptors, all threads | roof |"
echo "|---|---|---|---|---|---|"
for form in "" --out --in-place; do
    race=$("$raptors" race multiply f32 2048x2048 --scalar $form --json)
    row="${form:-allocating}"
    echo "| ${row#--} | $(fastest 'numpy itself' <<<"$race") us | $(fastest '*.numpy' <<<"$race") us |" \
        "$(fastest '*.avx*' 1 <<<"$race") us | $(fastest '*.avx*' <<<"$race") us | $(roof <<<"$race") us |"
done

echo
echo "| kernels held to | one thread | all threads |"
echo "|---|---|---|"
features=$("$raptors" info | sed -n 's/^features://p')
for tier in scalar sse2 avx2 avx512; do
    if [[ " scalar $features " = *" $tier "* ]]; then
        race=$(RAPTORS_CPU=$tier "$raptors" race multiply f32 2048x2048 --scalar --out --json)
        echo "| RAPTORS_CPU=$tier | $(fastest "*.$tier" 1 <<<"$race") us | $(fastest "*.$tier" <<<"$race") us |"
    else
        echo "| RAPTORS_CPU=$tier | not run: this CPU has none | |"
    fi
done

# Vendor libraries: Debian's OpenBLAS and BLIS where this is root on a machine with apt, MKL from PyPI in an environment
# of its own. What cannot be had is not run.
if [[ $(id -u) = 0 ]] && command -v apt-get >/dev/null; then
    { apt-get update -qq && apt-get install -qq -y libopenblas0-pthread libblis4-pthread; } >/dev/null 2>&1 || true
fi
vendors=build-vendors
if [[ ! -x $vendors/bin/python ]]; then "$python" -m venv $vendors; fi
$vendors/bin/python -m pip --disable-pip-version-check install --quiet mkl || true
mkl=$(find "$PWD/$vendors/lib" -name 'libmkl_rt.so.*' | head -n 1)
names=openblas,blis${mkl:+,mkl=$mkl,vml=$mkl}

# A race's contenders on all threads, the fastest first, and the refused.
rows() {
    "$raptors" race "$@" --backends "$names" --json | "$python" -c '
import json, sys
rows = [c for c in json.load(sys.stdin)["candidates"] if c["threads"] != 1]
rows.sort(key=lambda c: c["median_ns"] or float("inf"))
for c in rows:
    what = "{:.0f} us".format(c["median_ns"] / 1e3) if c["median_ns"] else "refused: " + c["reason"]
    print("| {} | {} | {} |".format(c["name"], c["threads"] or "", what))'
}

echo
echo "| float32 2048x2048 scale in place | threads | |"
echo "|---|---|---|"
rows multiply f32 2048x2048 --scalar --in-place

echo
echo "| float32 2048x2048 sum, in any order | threads | |"
echo "|---|---|---|"
RAPTORS_REDUCTIONS='*' rows sum f32 2048x2048

echo
echo "The libraries, and a forked child of a process that has used them:"
echo
echo '```'
"$raptors" info --backends "$names" | grep -E '^((openblas|blis|mkl|vml)[^ ]*|  multiply.vs.f32.*): '
RAPTORS_BACKENDS=$names "$python" -c '
import os, raptors as rp
x = rp.ones(1 << 20, dtype=rp.float32)
for i in range(200):
    x *= 2.0 if i % 2 else 0.5
child = os.fork()
if not child:
    for i in range(200):
        x *= 2.0 if i % 2 else 0.5
    os._exit(0 if float(x.sum()) == 1 << 20 else 1)
print("right after fork" if os.waitpid(child, 0)[1] == 0 else "WRONG after fork")'
echo '```'

echo
echo "Functions of BLAS, LAPACK, VML, vDSP and vForce that NumPy calls for \`a * s\`, then for \`a * s; a @ a\`:"
echo
for code in "a * s" "a * s; a @ a"; do
    echo '```'
    "$raptors" trace -- "$python" -c "import numpy as np; a = np.ones((2048, 2048), np.float32); s = np.float32(1.5); $code" 2>&1 |
        sed -n '1,/^ *Not seen/p' | sed '/Not seen/d'
    echo '```'
done
