# SPDX-License-Identifier: BSD-3-Clause
"""raptors trace: what it counts, and that the command behaves as if it were not traced."""

import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from raptors import tracing as trace

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


# ---- Whatever happens to the counts, the program runs as it would

RAN = [sys.executable, "-c", "import numpy as np; a = np.ones((50, 50)); a @ a; print('ran')"]
TRACE = [sys.executable, "-c", "import sys; from raptors import cli; sys.exit(cli.main())", "trace", "--", *RAN]
CALL_ALL = (
    "import ctypes, sys\nlibrary = ctypes.CDLL(sys.argv[1])\nfor i in range(300): getattr(library, f'LAPACKE_f{i}')()"
)


def traced(command=TRACE, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, **options)
    assert "Traceback" not in done.stderr
    return done


def test_a_limit_on_files_ends_nobody():
    done = traced(["bash", "-c", f"ulimit -f 100; {shlex.join(TRACE)}"])
    assert (done.returncode, done.stdout) == (0, "ran\n")
    assert "Nothing could be traced" in done.stderr


def test_a_full_disk_ends_nobody(tmp_path):
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "none", tmp_path], capture_output=True).returncode:
        pytest.skip("may not mount a small disk here")
    try:
        (tmp_path / "filler").write_bytes(b"x" * 4096)
        done = traced(env={**os.environ, "TMPDIR": str(tmp_path)})
    finally:
        subprocess.run(["umount", tmp_path], check=True)
    assert (done.returncode, done.stdout) == (0, "ran\n")
    assert "Nothing could be traced" in done.stderr


def test_no_temporary_folder_at_all(tmp_path, monkeypatch, capfd):
    def none(**options):
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(trace.tempfile, "TemporaryDirectory", none)
    assert run(tmp_path, "sh", "-c", "exit 7")[0] == 7
    assert "Nothing could be traced" in capfd.readouterr().err


@compiles
@pytest.mark.parametrize("limit", [True, False], ids=["no room for more", "room"])
def test_a_disk_that_fills_up_leaves_calls_out(tmp_path, limit):
    source = "".join(f"void LAPACKE_f{i}(void) {{}}\n" for i in range(300))
    library = build(tmp_path / "libmany.so", source, "-shared", "-fPIC")
    code = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n" if limit else ""
    status, report = run(tmp_path, sys.executable, "-c", code + CALL_ALL, library)
    functions = [call["function"] for call in report["calls"] if call["library"] == "libmany.so"]
    assert status == 0
    assert 0 < len(functions) < 300 if limit else len(functions) == 300


def test_descriptors_that_the_program_closes_and_uses_are_its_own(tmp_path):
    file = tmp_path / "own"
    code = f"import os; os.closerange(3, 100); n = [os.open({str(file)!r}, 66) for _ in range(20)]; os.write(n[5], b'mine')"
    assert run(tmp_path, sys.executable, "-c", f"{code}; import numpy")[0] == 0
    assert file.read_bytes() == b"mine"


GARBAGE = r"""
cd "$RAPTORS_TRACE_DIR"
: >calls-1-0
printf 'short' >calls-2-0
head -c 1000 /dev/zero | tr '\0' '\377' >calls-3-0
truncate -s 1T calls-4-0
mkfifo calls-5-0 raptors-5.kernels
mkdir calls-6-0 raptors-6.kernels
ln -s /dev/zero calls-7-0
ln -s /dev/zero raptors-7.kernels
printf '\377\376\n7\n\tx\n12\n²\ty\n99999999999999999999999\tz\n3\tgood\033[31m\n4\tcut' >raptors-8.kernels
chmod 500 .
"""


def test_garbage_among_the_counts_is_left_out(tmp_path, capfd):
    status, report = run(tmp_path, "bash", "-c", GARBAGE)
    assert status == 0
    assert report["raptors_kernels"] == [{"kernel": "good\x1b[31m", "calls": 3}]
    printed = capfd.readouterr().err
    assert "good\\x1b[31m" in printed
    assert "\x1b" not in printed


def test_names_that_a_terminal_would_obey(tmp_path, capfd):
    row = 'struct.pack("=Q504s", 2, b"dgemm_\\x1b[1m\\t\\xff\\tprogram")'
    code = f'import os, struct; f = open(os.environ["RAPTORS_TRACE_DIR"] + "/calls-0-0", "wb"); f.write(struct.pack("=Q504s", 1, b"") + {row})'
    _, report = run(tmp_path, sys.executable, "-c", code)
    assert [call["calls"] for call in report["calls"]] == [2]
    printed = capfd.readouterr().err
    assert "dgemm_\\x1b[1m" in printed
    assert "\x1b" not in printed


def test_a_signal_to_trace_alone_goes_to_the_program():
    script = "trap 'echo told; exit 9' TERM; echo ready; while :; do sleep 0.05; done"
    command = [*TRACE[: TRACE.index("--") + 1], "bash", "-c", script]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "ready\n"
    child.terminate()
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out) == (9, "told\n")
    assert "raptors trace: 0 calls" in err


def test_a_report_that_cannot_be_written_changes_no_status():
    done = subprocess.run(
        ["bash", "-c", f"{shlex.join(TRACE)} 2>/dev/full"], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "ran\n")
