# SPDX-License-Identifier: BSD-3-Clause
"""raptors trace: what it counts, and that the command behaves as if it were not traced."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from raptors import trace

LIBRARY = Path(os.environ.get("RAPTORS_AUDIT_LIBRARY") or Path(trace.__file__).with_name(trace.LIBRARY))
COMPILER = shutil.which("cc") or shutil.which("gcc")
SGEMM = re.compile(r"(scipy_)?cblas_sgemm(_?64_?)?")

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux" or platform.libc_ver()[0] != "glibc", reason="not Linux with glibc"),
    pytest.mark.skipif(not LIBRARY.is_file(), reason=f"{LIBRARY.name} was not built"),
]
compiles = pytest.mark.skipif(COMPILER is None, reason="no C compiler")

COUNTED = (
    "cblas_dgemm scipy_cblas_sgemm64_ dgemm_ scipy_dgesv_64_ dgesv64_ isamax_ dznrm2_ zdrot_ dsgesv_ dsytrf_aa_2stage_ "
    "dlaswp_ LAPACKE_dgesv vDSP_vadd vvexp vvsqrtf vsAdd vmdSin vdadd_ mkl_dcsrmv mkl_sparse_d_mv"
).split()
IGNORED = "strip_ start_ class_ xerbla_ mkl_set_num_threads mkl_calloc vvoid vsnprintf dgemm".split()

# All of a call's ways to a function: bound, through a pointer, looked up; in a child, and after exec.
LIBRARY_SOURCE = """
double ddot_(int a, double b, int c, double d, int e, double f, int g, double h, int i, int j, int k)
{ return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j + 11 * k; }
"""
PROGRAM_SOURCE = """
#include <dlfcn.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>
typedef double function(int, double, int, double, int, double, int, double, int, int, int);
function ddot_;
function *volatile table[] = {ddot_};
static int check(function *f) { return f(1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7) == 302; }
int main(int count, char **words)
{
    int right = check(ddot_) + check(table[0]) + check((function *)dlsym(RTLD_DEFAULT, "ddot_"));
    right += ddot_(1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7) == 302;
    if (fork() == 0) _exit(check(ddot_));
    wait(NULL);
    if (count > 1) execl(words[0], words[0], (char *)0);
    return right == 4 ? 0 : 1;
}
"""


def run(tmp_path, *command):
    """The exit status, and the report."""
    file = tmp_path / "trace.json"
    status = trace.main(["--json", str(file), "--", *map(str, command)])
    return status, json.loads(file.read_text())


def build(path, source, *options):
    subprocess.run(
        [COMPILER, "-xc", "-", "-xnone", "-o", str(path), *map(str, options)], input=source, text=True, check=True
    )
    return path


def test_numpy_multiply_calls_none_and_matmul_calls_sgemm(tmp_path, capfd):
    if "openblas" not in np.show_config("dicts")["Build Dependencies"]["blas"]["name"]:
        pytest.skip("this NumPy has another BLAS than its wheels")
    setup = "import numpy as np; a = np.ones((512, 512), np.float32); "
    reports = [run(tmp_path, sys.executable, "-c", setup + code)[1] for code in ("a * np.float32(2)", "a @ a")]
    multiply, matmul = ({call["function"]: call["calls"] for call in report["calls"]} for report in reports)
    assert {name.split("64")[0].removeprefix("scipy_") for name in multiply} <= {
        "cblas_sdot"
    }  # NumPy's check on import
    assert [count for name, count in matmul.items() if SGEMM.fullmatch(name)] == [1]
    printed = capfd.readouterr().err
    assert "NumPy's own loops" in printed
    assert "_multiarray_umath" in printed
    if int(np.__version__.split(".")[0]) >= 2:
        from numpy.lib.introspect import opt_func_info

        used = opt_func_info(func_name="^multiply$")["multiply"]["fff"]["current"]
        assert reports[0]["numpy"]["loops"]["multiply"]["float32"] == used
        assert re.search(rf"multiply +{re.escape(used)}", printed)


@compiles
@pytest.mark.parametrize("options", [["-Wl,-z,lazy"], ["-Wl,-z,now"], ["-fno-plt"]], ids=lambda options: options[0])
def test_every_way_to_call(tmp_path, options):
    library = build(tmp_path / "libdot.so", LIBRARY_SOURCE, "-shared", "-fPIC")
    program = build(tmp_path / "program", PROGRAM_SOURCE, library, *options, "-ldl")
    assert subprocess.run([program]).returncode == 0
    for words, runs in ([program], 1), ([program, "exec"], 2):
        status, report = run(tmp_path, *words)
        assert (status, report["programs"]) == (0, runs)
        expected = {"function": "ddot_", "calls": 5 * runs, "library": "libdot.so", "caller": "program"}
        assert report["calls"] == [expected]


@compiles
def test_names(tmp_path):
    names = COUNTED + IGNORED
    library = build(
        tmp_path / "libnames.so",
        "".join(f"void {name}(void) {{}}\n" for name in names),
        "-shared",
        "-fPIC",
        "-fno-builtin",
    )
    code = "import ctypes, sys\nlibrary = ctypes.CDLL(sys.argv[1])\nfor name in sys.argv[2:]: getattr(library, name)()"
    _, report = run(tmp_path, sys.executable, "-c", code, library, *names)
    assert sorted(call["function"] for call in report["calls"] if call["library"] == library.name) == sorted(COUNTED)


@compiles
def test_static_program_runs_and_is_said_to_bind_nothing(tmp_path, capfd):
    try:
        program = build(tmp_path / "static", "int main(void) { return 3; }", "-static")
    except subprocess.CalledProcessError:
        pytest.skip("no static libc")
    status, report = run(tmp_path, program)
    assert (status, report["programs"], report["calls"]) == (3, 0, [])
    assert "static program binds no symbols" in capfd.readouterr().err


@pytest.mark.parametrize(("script", "expected"), [("exit 7", 7), ("kill -9 $$", 137), ("exit 0", 0)])
def test_exit_status_is_the_commands(tmp_path, script, expected):
    assert run(tmp_path, "sh", "-c", script)[0] == expected


def test_output_is_the_commands(capfd):
    assert trace.main(["--", "echo", "--", "--json"]) == 0
    assert capfd.readouterr().out == "-- --json\n"


def test_kernels_of_raptors_are_added_up(tmp_path, capfd):
    script = 'for n in 1 2; do printf "2\\ta\\n$n\\tb c\\n" >"$RAPTORS_TRACE_DIR/raptors-$n.kernels"; done'
    _, report = run(tmp_path, "sh", "-c", script)
    assert report["raptors_kernels"] == [{"kernel": "a", "calls": 4}, {"kernel": "b c", "calls": 3}]
    assert "Raptors kernels" in capfd.readouterr().err


def test_kernels_that_ran_are_counted(tmp_path):
    script = "import raptors as rp; a = rp.ones(10); [a * 2.0 for _ in range(3)]; rp.sum(a); rp.astype(a, rp.int8)"
    _, report = run(tmp_path, sys.executable, "-c", script)
    counts = {row["kernel"].rsplit(".", 1)[0]: row["calls"] for row in report["raptors_kernels"]}
    assert counts["multiply.vs.f64"] == 3
    assert counts["sum.row.f64"] == 1


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ([], 2),
        (["--"], 2),
        (["true"], 2),
        (["--unknown", "--", "true"], 2),
        (["--json", "/no/such/directory/file", "--", "true"], 2),
        (["--", "no-such-program"], 127),
        (["--", "/"], 126),
    ],
)
def test_errors_are_one_line(arguments, status, capfd):
    try:
        given = trace.main(arguments)
    except SystemExit as error:
        given = error.code
    printed = capfd.readouterr()
    assert given == status
    assert re.fullmatch(r"raptors trace: .*\n", printed.err)
    assert printed.out == ""
