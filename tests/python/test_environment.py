# SPDX-License-Identifier: BSD-3-Clause
"""The environment: which variables are read, what is said of values that mean nothing, and where the profile is."""

import os
import pwd
import re
import subprocess
import sys
from pathlib import Path

import pytest

from raptors import _raptors

ROOT = Path(__file__).parents[2]
NOT_ASKED = ("HOME", "XDG_CACHE_HOME", "RAPTORS_PROFILE", "RAPTORS_CPU")


def child(code, *, folder=None, seconds=60, **environment):
    """What a program of ours prints, with none of the variables that matter here but those given."""
    bare = {name: value for name, value in os.environ.items() if name not in NOT_ASKED}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=bare | environment,
        check=True,
        cwd=folder,
        timeout=seconds,
    ).stdout.strip()


def ignored(**environment):
    code = "from raptors import _raptors; print(ascii(_raptors._ignored_variables()))"
    return child(code, **environment)[1:-1].replace("\\n", "\n").splitlines()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CPU", "avx9"),
        ("CPU", "AVX2"),
        ("CPU", "neon" if sys.maxsize and os.uname().machine == "x86_64" else "avx2"),
        ("NUM_THREADS", "-3"),
        ("NUM_THREADS", "0"),
        ("NUM_THREADS", "two"),
        ("TUNE", "maybe"),
        ("NUMPY", "yes"),
        ("NUMPY", "Check"),
        ("ACCURACY", "quick"),
        ("ACCURACY", "Fast"),
        ("POOL", "banana"),
        ("POOL", "1T"),
        ("KERNEL", "*.nmpy"),
        ("KERNEL", "multiply"),
        ("REDUCTIONS", "*.nope"),
        ("REDUCTIONS", "sum.row.f32.avx2"),
        ("BACKENDS", "openblass"),
        ("BACKENDS", "openblas,blass"),
        ("PROFILE", "/dev/null"),
        ("PROFILE", "/"),
    ],
)
def test_values_that_mean_nothing_are_told(name, value):
    assert [
        line
        for line in ignored(**{f"RAPTORS_{name}": value})
        if line.startswith(f"RAPTORS_{name}: '{value}' ignored: ")
    ]
    told = child("import raptors; print(raptors.info())", **{f"RAPTORS_{name}": value})
    assert f"RAPTORS_{name}: '{value}' ignored: " in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CPU", "scalar"),
        ("CPU", ""),
        ("NUM_THREADS", "3"),
        ("TUNE", "off"),
        ("ACCURACY", "fast"),
        ("ACCURACY", "accurate"),
        ("POOL", "0"),
        ("POOL", "512M"),
        ("NUMPY", "0"),
        ("NUMPY", "1"),
        ("NUMPY", "quiet"),
        ("NUMPY", "check"),
        ("KERNEL", "*.numpy"),
        ("KERNEL", "multiply.vs.f32.scalar"),
        ("BACKENDS", "blis,mkl"),
        ("PROFILE", "off"),
        ("PROFILE", "/no/such/folder/profile"),
        ("TEST_THIN", "1"),
    ],
)
def test_values_that_mean_something_are_not(name, value):
    assert ignored(**{f"RAPTORS_{name}": value}) == []


def openblas_of_numpy():
    """Names of the kernels of NumPy's own OpenBLAS that may be used; none where NumPy has another BLAS."""
    ask = "from raptors import _raptors as e; e._load_backends('openblas.numpy'); print(e._backends_info())"
    return re.findall(r"  (\S+\.openblas\.numpy\S*): admitted", child(ask))


def test_globs_are_held_against_the_libraries_that_are_named():
    names = openblas_of_numpy()
    if not names:
        pytest.skip("NumPy brings no OpenBLAS of its own here")
    libraries = {"RAPTORS_BACKENDS": "openblas.numpy"}
    assert ignored(RAPTORS_KERNEL=names[0], **libraries) == []
    assert len(ignored(RAPTORS_KERNEL=names[0])) == 1
    assert len(ignored(RAPTORS_KERNEL="*.openblas.nmpy", **libraries)) == 1
    sums = [name for name in names if name.startswith("sum.")]
    assert len(ignored(RAPTORS_REDUCTIONS="*")) == 1
    assert len(ignored(RAPTORS_REDUCTIONS=names[0], **libraries)) == 1  # of the same bits: it needs no leave
    assert all(ignored(RAPTORS_REDUCTIONS=glob, **libraries) == [] for glob in (*sums, "*" if sums else sums))


def test_a_variable_of_another_name_is_told():
    assert ignored(RAPTORS_TUEN="off") == [
        "RAPTORS_TUEN ignored: Raptors reads no variable of this name (raptors info --help lists them)"
    ]


def test_every_variable_that_the_sources_read_is_known():
    read = set()
    for folder, pattern in (("src", "*.[ch]"), ("python/raptors", "*.py"), ("python/raptors", "*.c")):
        for file in (ROOT / folder).rglob(pattern):
            read |= set(re.findall(r'(?:getenv|environ\.get)\("(RAPTORS_\w+)"', file.read_text(encoding="utf-8")))
    assert len(read) > 8
    assert ignored(**{name: "?" for name in read}) != []
    assert not [line for line in ignored(**{name: "?" for name in read}) if "no variable" in line]


def command(*words, **environment):
    """The exit status, output and errors of a command, with the user's own settings left out."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("RAPTORS_")}
    code = "import sys; from raptors import cli; sys.exit(cli.main(sys.argv[1:]))"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, env=bare | environment)
    return done.returncode, done.stdout, done.stderr


EXPLAIN = ("explain", "add", "f32", "10")


@pytest.mark.parametrize("words", [EXPLAIN, ("race", *EXPLAIN[1:]), ("info",)])
def test_a_library_that_cannot_be_had_is_told(words):
    status, out, err = command(*words, RAPTORS_BACKENDS="openblas.mine=/nowhere/mine.so")
    assert status == 0
    assert err.startswith(f"raptors {words[0]}: openblas.mine: not found: /nowhere/mine.so: ")
    assert err.count("\n") == 1


def test_the_option_tells_too_and_nothing_of_libraries_that_nobody_named():
    _, _, err = command("race", *EXPLAIN[1:], "--backends", "openblas.mine=/nowhere/mine.so")
    assert (err.count("openblas.mine"), err.count("\n")) == (1, 1)
    if openblas_of_numpy():
        assert command("race", *EXPLAIN[1:], "--backends", "openblas.numpy")[2] == ""
        assert "not found" not in command("race", *EXPLAIN[1:], "--backends", "all")[2]


def test_names_of_files_are_this_systems():
    other = r"\.so\b" if sys.platform == "darwin" else r"\.dylib\b|Frameworks"
    told = command("info", "--backends", "all")[1]
    assert "accelerate" in told
    assert not re.search(other, told)


def test_a_profile_that_is_not_there_is_told(tmp_path):
    path = tmp_path / "profile"
    for words in (EXPLAIN, ("race", *EXPLAIN[1:])):
        err = command(*words, RAPTORS_PROFILE=str(path))[2]
        assert err == f"raptors: RAPTORS_PROFILE: there is no file {path}; raptors tune writes it\n"
    assert f"profile: {path}, not written yet" in command("info", RAPTORS_PROFILE=str(path))[1]
    assert "there is no file" not in command("tune", *EXPLAIN[1:], RAPTORS_PROFILE=str(path))[2]
    assert command(*EXPLAIN, XDG_CACHE_HOME=str(tmp_path))[2] == ""  # nobody named that one


@pytest.mark.parametrize(
    ("environment", "state"),
    [
        ({"XDG_CACHE_HOME": "/no/cache"}, "/no/cache/raptors/profile, not written yet: raptors tune writes it"),
        ({"RAPTORS_PROFILE": "off"}, "none: RAPTORS_PROFILE is off"),
        ({"RAPTORS_KERNEL": "*.scalar"}, "not read, since RAPTORS_KERNEL is set"),
    ],
)
def test_info_says_where_the_profile_is_or_would_be(environment, state):
    assert f"\nprofile: {state}" in command("info", **environment)[1]


def test_help_lists_the_variables():
    source = (ROOT / "src/choose/environment.c").read_text(encoding="utf-8")
    names = set(re.findall(r'\{"(RAPTORS_\w+)"', source)) - {"RAPTORS_TRACE_DIR", "RAPTORS_AUDIT_LIBRARY"}  # of `trace`
    assert len(names) > 8
    assert set(re.findall(r"^  (RAPTORS_\w+) ", command("info", "--help")[1], re.MULTILINE)) == names


def test_commands_say_it_once_on_standard_error():
    code = "from raptors import cli; cli.main(['explain', 'add', 'f32', '10'])"
    environment = {**os.environ, "RAPTORS_TUNE": "mabye"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stderr == "raptors: RAPTORS_TUNE: 'mabye' ignored: it is not on or off\n"
    assert "mabye" not in done.stdout


def test_text_from_outside_is_escaped(tmp_path):
    path = tmp_path / "profile"
    path.write_bytes(b"x\x1b]0;title\x07\xc2\x9b31m\xff \xc3\xa9\n")
    told = child("import raptors; print(ascii(raptors.info()))", RAPTORS_PROFILE=str(path), RAPTORS_TUNE="a\nb\x7f")
    assert r"'x\x1b]0;title\x07\xc2\x9b31m\xff " + "é'" in eval(told)
    assert r"RAPTORS_TUNE: 'a\x0ab\x7f' ignored" in eval(told)


# ---- Where the profile is

ASK = "from raptors import _raptors; print(_raptors._profile_path())"
USERS = str(Path(pwd.getpwuid(os.getuid()).pw_dir) / ".cache/raptors/profile")


@pytest.mark.parametrize(
    ("environment", "path"),
    [
        ({"RAPTORS_PROFILE": "/a/b", "XDG_CACHE_HOME": "/c", "HOME": "/h"}, "/a/b"),
        ({"RAPTORS_PROFILE": "b", "HOME": "/h"}, "b"),
        ({"RAPTORS_PROFILE": "off", "HOME": "/h"}, "None"),
        ({"RAPTORS_PROFILE": "", "XDG_CACHE_HOME": "/c", "HOME": "/h"}, "/c/raptors/profile"),
        ({"XDG_CACHE_HOME": "c", "HOME": "/h"}, "/h/.cache/raptors/profile"),
        ({"XDG_CACHE_HOME": "", "HOME": "/h"}, "/h/.cache/raptors/profile"),
        ({"XDG_CACHE_HOME": "./c", "HOME": "h"}, USERS),
        ({}, USERS),
    ],
)
def test_where_the_profile_is(environment, path):
    assert child(ASK, **environment) == path


SITE = "site multiply float32 vs apart all 786432 multiply.vs.f32.scalar one ordinary 1.0"
SOURCE = (
    "import raptors as r; from raptors import _raptors as e; x = r.ones(100500, dtype='float32'); x * 2.0;"
    "print(e._site()['source'])"
)


@pytest.mark.parametrize("place", ["RAPTORS_PROFILE", "XDG_CACHE_HOME", "HOME"])
def test_the_library_reads_where_tune_writes(tmp_path, place):
    value = str(tmp_path / "file" if place == "RAPTORS_PROFILE" else tmp_path)
    write = f"from pathlib import Path; from raptors.choosing.tune import *; keep(profile_path(), {{'s': {SITE!r}}})"
    child(write, **{place: value})
    assert child(SOURCE, **{place: value}) == "profile"


def test_a_relative_cache_folder_is_not_read_from_where_the_program_runs(tmp_path):
    folder = tmp_path / "cache" / "raptors"
    folder.mkdir(parents=True)
    (folder / "profile").write_text(f"{_raptors._profile_head()}{SITE}\nend 1\n")
    home = str(tmp_path / "empty")
    assert child(SOURCE, folder=tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache"), HOME=home) == "profile"
    assert child(SOURCE, folder=tmp_path, XDG_CACHE_HOME="cache", HOME=home) == "rank"


@pytest.mark.parametrize("kind", ["fifo", "folder", "link to a fifo", "device", "file of no length that waits"])
def test_what_is_no_regular_file_is_left_alone(tmp_path, kind):
    path = tmp_path / "profile"
    if kind == "folder":
        path.mkdir()
    elif "fifo" in kind:
        os.mkfifo(tmp_path / "fifo")
        path = tmp_path / ("fifo" if kind == "fifo" else "link")
        if kind != "fifo":
            path.symlink_to("fifo")
    else:
        path = Path("/dev/zero" if kind == "device" else "/proc/kmsg")
        if not path.exists():
            pytest.skip(f"no {path} here")
    code = (
        "import raptors as r, sys; from pathlib import Path; from raptors.choosing.tune import keep, read_sites\n"
        f"path = Path({str(path)!r}); print(float((r.ones(300000) + 1).sum()), len(read_sites(path)))\n"
        f"print([line for line in r.info().splitlines() if line.startswith('profile: ') and ' ignored: ' in line])\n"
    )
    answer = child(code, seconds=30, RAPTORS_PROFILE=str(path)).splitlines()
    assert answer[0] == "600000.0 0"
    assert len(eval(answer[1])) == 1


def test_tune_replaces_no_file_that_is_not_regular(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    code = "from raptors import cli; import sys; sys.exit(cli.main(sys.argv[1:]))"
    words = ["tune", "--budget", "0.1", "--ops", "add", "--dtypes", "float32"]
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "RAPTORS_PROFILE": str(tmp_path / "fifo")},
    )
    assert done.returncode == 1
    assert "it is not an ordinary file" in done.stderr.splitlines()[-1]
    assert (tmp_path / "fifo").is_fifo()


def test_a_profile_that_is_a_link_stays_one(tmp_path):
    link, file = tmp_path / "link", tmp_path / "file"
    link.symlink_to(file)
    child(
        f"from pathlib import Path; from raptors.choosing.tune import keep; keep(Path({str(link)!r}), {{'s': {SITE!r}}})"
    )
    assert link.is_symlink()
    assert SITE in file.read_text()


def test_a_profiles_winner_is_back_when_its_site_is_let_go(tmp_path):
    path = tmp_path / "profile"
    path.write_text(f"{_raptors._profile_head()}{SITE}\nend 1\n")
    code = (
        "import raptors as r; from raptors import _raptors as e; x = r.ones(100500, dtype='float32'); found = []\n"
        "for hold in (None, 0, 1, -1, -1, 0, -1):\n"
        "    x * 2.0\n"
        "    if hold is not None: e._hold(hold)\n"
        "    site = e._site(); found.append((site['source'], site['kernel'].endswith('scalar')))\n"
        "for _ in range(400): x * 2.0\n"
        "print(found, e._site()['source'], [line for line in r.info().splitlines() if line.startswith('measured: 0 kinds')] != [])"
    )
    kept, held = ("profile", True), "held"
    answer = child(code, RAPTORS_PROFILE=str(path))
    found, source = eval(answer.split("] ")[0] + "]"), answer.split("] ")[1]
    assert [row[0] for row in found] == ["profile", held, held, "profile", "profile", held, "profile"]
    assert [found[i] for i in (0, 3, 4, 6)] == [kept] * 4
    assert source == "profile True"
