# SPDX-License-Identifier: BSD-3-Clause
"""What link-time or profile-guided optimisation of the whole library does: builds it each way, runs bench/calls.c in
each build in turn, and prints the medians as shares of the plain build's.

    python bench/builds.py lto
    python bench/builds.py pgo     plain, PGO as `kernels` are built (without), and PGO of the kernels too
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

ROUNDS = 7
BUILDS = {
    "lto": {"plain": [], "lto": ["-Db_lto=true"]},
    "pgo": {"plain": [], "pgo": ["-Db_pgo=generate"], "pgo, kernels too": ["-Db_pgo=generate", "-Dpgo_kernels=true"]},
}


def build(name: str, options: list[str]) -> Path:
    """The program of bench/calls.c, made in build-<name>."""
    folder = Path("build-" + name.replace(", ", "-").replace(" ", "-"))
    wipe = ["--wipe"] if folder.is_dir() else []
    subprocess.run(["meson", "setup", folder, *wipe, "-Dpython=disabled", *options], check=True, stdout=sys.stderr)
    program = folder / "bench" / "calls"
    compile_it = ["meson", "compile", "-C", folder, "bench/calls"]
    subprocess.run(compile_it, check=True, stdout=sys.stderr)
    if "-Db_pgo=generate" in options:
        subprocess.run([program, "train"], check=True, stdout=sys.stderr)
        subprocess.run(["meson", "configure", folder, "-Db_pgo=use"], check=True, stdout=sys.stderr)
        subprocess.run(compile_it, check=True, stdout=sys.stderr)
    return program


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] not in BUILDS:
        print(f"usage: builds.py {'|'.join(BUILDS)}", file=sys.stderr)
        return 2
    programs = {name: build(name, options) for name, options in BUILDS[sys.argv[1]].items()}
    times: dict[str, dict[str, list[float]]] = {}
    for _ in range(ROUNDS):
        for name, program in programs.items():
            for line in subprocess.run([program], check=True, capture_output=True, text=True).stdout.splitlines():
                call, nanoseconds = line.split("\t")
                times.setdefault(call, {}).setdefault(name, []).append(float(nanoseconds))
    names = list(programs)
    print(f"{'call':30}{'plain ns':>10}" + "".join(f"{name:>28}" for name in names[1:]))
    for call, found in times.items():
        plain = statistics.median(found["plain"])
        cells = []
        for name in names[1:]:
            ratios = sorted(a / b for a, b in zip(found[name], found["plain"], strict=True))
            cells.append(f"{statistics.median(ratios):.2f}x [{ratios[1]:.2f}, {ratios[-2]:.2f}]")
        print(f"{call:30}{plain:10.1f}" + "".join(f"{cell:>28}" for cell in cells))
    print("Time as a share of the plain build's: median of the rounds, and their spread without the two outermost.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
