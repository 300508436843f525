# SPDX-License-Identifier: BSD-3-Clause
"""The test-suites in the wheels of NumPy and of packages that compute with it, with NumPy patched against NumPy as it is.

    python tests/numpy_suites.py                         all suites, all ways: hours
    python tests/numpy_suites.py numpy._core pandas      those suites
    python tests/numpy_suites.py --ways patched scipy    one way
    python tests/numpy_suites.py --list

Each suite runs first with NumPy as it is. What fails then is not counted. What fails in one of the ways alone is printed, and
the exit status is 1. Each run is a process, which lists its tests and what became of them in OUT/SUITE-WAY.txt, and what it
printed in OUT/SUITE-WAY.log.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# Parts whose tests finish in minutes, by package. Arguments of pytest stand behind.
SUITES = {
    "numpy": [
        "numpy._core",
        "numpy.lib",
        "numpy.linalg",
        "numpy.ma",
        "numpy.fft",
        "numpy.polynomial",
        "numpy.matrixlib",
    ]
    + ["numpy.random", "numpy.tests"],
    "scipy": ["scipy.special", "scipy.ndimage", "scipy.signal", "scipy.stats.tests.test_stats"]
    + ["scipy.stats.tests.test_distributions", "scipy.interpolate", "scipy.sparse.tests.test_base"],
    "pandas": ["pandas.tests.frame", "pandas.tests.series", "pandas.tests.arithmetic", "pandas.tests.reductions"]
    + ["pandas.tests.groupby", "pandas.tests.test_algos", "pandas.tests.test_nanops", "pandas.tests.window"],
    "sklearn": ["sklearn.preprocessing", "sklearn.cluster", "sklearn.linear_model", "sklearn.decomposition"],
    "skimage": ["skimage.restoration", "skimage.filters", "skimage.exposure", "skimage.color", "skimage.transform"],
    "xarray": ["xarray.tests.test_computation", "xarray.tests.test_dataarray", "xarray.tests.test_dataset"]
    + ["xarray.tests.test_variable", "xarray.tests.test_duck_array_ops", "xarray.tests.test_groupby"],
}
PLAIN = "plain"
WAYS = (
    "patched",
    "stressed",
    "check",
)  # stressed: short calls go to threads too; check: each call is computed both ways
NOT_SLOW = ("numpy", "scipy")  # packages whose mark `slow` is left out, as their own test() does

# Tests that cannot pass in a way, and why.
BY_NATURE: dict[str, dict[str, str]] = {"check": {}}

RESULTS, WAY = "RAPTORS_SUITE_RESULTS", "RAPTORS_SUITE_WAY"


# ---- Within a run: a plugin of pytest's


def pytest_configure() -> None:
    way = os.environ[WAY]
    if way == PLAIN:
        return
    import raptors
    from raptors import _raptors

    if not raptors.patch_numpy():
        raise SystemExit("NumPy is not patched")
    _raptors._patch_modes(way == "check", way == "stressed", True)


def pytest_runtest_logstart(nodeid: str) -> None:
    _write("starts", nodeid)


def pytest_runtest_logreport(report) -> None:
    if report.when == "call" or not report.passed:
        _write("failed" if report.failed else report.outcome, report.nodeid)


def pytest_collectreport(report) -> None:
    if report.failed:
        _write("failed", report.nodeid)


def _write(word: str, name: str) -> None:
    """At once: a run that crashes has told where."""
    with open(os.environ[RESULTS], "a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"{word} {name}\n")


# ---- The runs


def run(suite: str, way: str, out: Path, options: list[str]) -> dict[str, str]:
    """What became of each test; a crash is the failure of the test that was running."""
    results = out / f"{suite}-{way}.txt"
    results.unlink(missing_ok=True)
    marks = ["-m", "not slow"] if suite.split(".")[0] in NOT_SLOW else []
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "numpy_suites",
        "-p",
        "no:cacheprovider",
        "--tb=short",
        *marks,
    ]
    command += [*options, "--pyargs", suite]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("RAPTORS_")}
    variables |= {WAY: way, RESULTS: str(results), "PYTHONPATH": str(Path(__file__).parent)}
    # programs that tests start find the tools of this Python, and run patched too
    variables["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{variables.get('PATH', '')}"
    if way != PLAIN:
        variables["RAPTORS_NUMPY"] = "quiet"
    begin = time.monotonic()
    with open(out / f"{suite}-{way}.log", "w") as log, tempfile.TemporaryDirectory() as place:
        done = subprocess.run(command, cwd=place, env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    outcomes: dict[str, str] = {}
    text = results.read_text(encoding="utf-8") if results.exists() else ""
    for line in text.splitlines():
        word, _, name = line.partition(" ")
        if outcomes.get(name) != "failed":  # in a later phase of the test, or an earlier one
            outcomes[name] = word
    if done.returncode not in (0, 1, 2):  # pytest's own: all passed, some failed, some could not be collected
        outcomes[f"the run of {suite}: exit status {done.returncode}"] = "failed"
    outcomes = {name: "failed" if word == "starts" else word for name, word in outcomes.items()}
    counts = {word: list(outcomes.values()).count(word) for word in ("passed", "failed", "skipped")}
    told = ", ".join(f"{count} {word}" for word, count in counts.items())
    print(f"{suite:36} {way:9} {told} ({time.monotonic() - begin:.0f} s)", flush=True)
    return outcomes


def new_failures(suite: str, ways: list[str], out: Path, options: list[str]) -> list[str]:
    plain = run(suite, PLAIN, out, options)
    found = []
    for way in ways:
        outcomes = run(suite, way, out, options)
        excused = BY_NATURE.get(way, {})
        for name, word in outcomes.items():
            if word == "failed" and plain.get(name) != "failed" and name.partition("[")[0] not in excused:
                found.append(f"{way}: {name}")
        if not outcomes or len(outcomes) < len(plain):
            found.append(f"{way}: {suite}: {len(plain) - len(outcomes)} tests did not run")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suites", nargs="*", help="packages, or parts of them; all, if none is named")
    parser.add_argument("--ways", default=",".join(WAYS), help="of %(default)s")
    parser.add_argument("--jobs", type=int, default=1, help="suites at a time")
    parser.add_argument("--out", type=Path, default=Path("build-suites"), help="the folder of results: %(default)s")
    parser.add_argument("--list", action="store_true", help="list the suites, and run none")
    parser.add_argument("--pytest", default="", help="more options of pytest")
    arguments = parser.parse_args()
    suites = [suite for name in arguments.suites or SUITES for suite in SUITES.get(name, [name])]
    if arguments.list:
        print("\n".join(suites))
        return 0
    missing = [
        name for name in dict.fromkeys(suite.split(".")[0] for suite in suites) if not importlib.util.find_spec(name)
    ]
    for name in missing:
        print(f"{name}: not installed, not run")
    suites = [suite for suite in suites if suite.split(".")[0] not in missing]
    out = arguments.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    ways, options = arguments.ways.split(","), arguments.pytest.split()
    with ThreadPoolExecutor(arguments.jobs) as pool:
        found = [line for lines in pool.map(lambda s: new_failures(s, ways, out, options), suites) for line in lines]
    print(*(f"NEW FAILURE {line}" for line in found), sep="\n")
    print(f"{len(suites)} suites, {len(found)} new failures")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
