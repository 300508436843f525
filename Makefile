# SPDX-License-Identifier: BSD-3-Clause
# The front door. Each target sets up what it needs; Meson and pip do the work.

# PYTHON=         ## the interpreter: make PYTHON=python3.12; after make clean, where there is a .venv already
# CC=             ## the C compiler, when a build folder is first made
# ARGS=           ## what make bench hands on: ARGS="--suite wide --seed 1"
# PREFIX=         ## where make install installs, /usr/local if not said; DESTDIR= before it, for packagers
BUILD  := build
VENV   := .venv
BIN    := $(VENV)/bin
PREFIX ?= /usr/local
ARGS   ?=

# An interpreter that will do: it runs (a pyenv shim may not), is 3.11 or newer, brings venv, pip and C headers, and is
# not free-threaded. The first of these that does is taken; the newest ones are those that the newest NumPy takes.
CANDIDATES := python3.14 python3.13 python3.12 python3 python3.11
PROBE := import ensurepip, os, sys, sysconfig as s, venv; sys.exit(sys.version_info < (3, 11) \
	or not os.path.exists(s.get_path("include") + "/Python.h") or bool(s.get_config_var("Py_GIL_DISABLED")))
PYTHON ?= $(firstword $(foreach p,$(CANDIDATES),$(shell $(p) -c '$(PROBE)' >/dev/null 2>&1 && echo $(p))))

# Meson finds the venv's Ninja, whatever the machine has.
USERS_PATH := $(PATH)
export PATH := $(CURDIR)/$(BIN):$(PATH)
PIP := $(BIN)/python -m pip --disable-pip-version-check

C_FILES  = $(shell find include src python tests examples bench -name '*.[ch]')
SOURCES := $(shell find include src python meson.build meson.options -type f ! -name '*.pyc')

.NOTPARALLEL:
.DEFAULT_GOAL := build
.PHONY: build bench lto pgo test check format library install clean help system-tools check-format check-lint check-types \
	check-wheel check-install check-asan check-asan-python check-tsan check-valgrind check-aarch64 check-accuracy check-numpy

help:  ## this list
	@awk -F ':.*##' '/^[a-z0-9 -]+:.*##/ { printf "%-18s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@awk -F ' *[?:]?=[^#]*## ' '/^# [A-Z]+=.*##/ { printf "%-17s %s\n", substr($$1, 3), $$2 }' $(MAKEFILE_LIST)

build: $(VENV)/.installed  ## the C library in build/, and .venv/bin/python, which imports raptors

bench: build  ## Raptors against NumPy; ARGS="--suite wide --seed 1" and the like
	$(BIN)/raptors bench $(ARGS)

lto pgo: build  ## what link-time or profile-guided optimisation does: builds each way, and times calls in turn
	$(BIN)/python bench/builds.py $@

test: build $(VENV)/.test  ## C tests, examples and Python tests
	$(BIN)/meson test -C $(BUILD) --print-errorlogs
	$(BIN)/python -m pytest -q tests/python

check: check-format check-lint check-types test $(addprefix check-,wheel install asan tsan valgrind aarch64)  ## all there is to check

format: $(VENV)/.lint  ## format C and Python in place
	$(BIN)/clang-format -i $(C_FILES)
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .

# The system's Meson, where it and Ninja will do. The C library alone needs no other package.
SYSTEM_MESON = $(shell PATH='$(USERS_PATH)'; found=$$(meson --version 2>&1) && ninja --version >/dev/null 2>&1 && \
	printf '1.3\n%s\n' "$$found" | sort -VC && command -v meson)
MESON = $(or $(SYSTEM_MESON),$(BIN)/meson)
LIBRARY := $(BUILD)-library

library:  ## the C library alone, in build-library/: needs neither NumPy nor, with Meson >= 1.3 and Ninja, a Python package
	@$(if $(SYSTEM_MESON),,$(MAKE) --no-print-directory $(VENV)/.meson)
	@test -e $(LIBRARY)/build.ninja || $(MESON) setup $(LIBRARY) -Dpython=disabled -Dtests=false
	$(MESON) configure $(LIBRARY) -Dprefix=$(abspath $(PREFIX)) -Dlibdir=lib
	$(MESON) compile -C $(LIBRARY)

install: library  ## the C library, its headers and its pkg-config file, into PREFIX/lib and PREFIX/include
	$(MESON) install -C $(LIBRARY) --tags runtime,devel

clean:  ## remove what the targets above made
	rm -rf $(BUILD) $(addprefix $(BUILD)-,library asan tsan aarch64 wheel vendors plain lto pgo pgo-kernels-too) $(VENV)

# ---- The venv: one stamp for each group of tools, and one for raptors itself ---------------------------------------

$(VENV)/.created:
	$(if $(PYTHON),,$(error no Python >= 3.11 with venv, pip and C headers found (Debian, Ubuntu: python3-dev and \
		python3-venv): make PYTHON=/path/to/python3. With Meson >= 1.3 and Ninja, make install needs none of them))
	$(PYTHON) -m venv --clear $(VENV)
	$(PIP) install --quiet --upgrade pip
	touch $@

$(VENV)/.meson $(VENV)/.build $(VENV)/.test $(VENV)/.lint: $(VENV)/.%: $(VENV)/.created pyproject.toml
	$(PIP) install --quiet --group $*
	touch $@

# pip builds in build/, and leaves there the C library and its tests: nothing is compiled twice.
$(VENV)/.installed: $(VENV)/.build $(SOURCES)
	$(PIP) install --verbose --no-build-isolation --no-deps --force-reinstall -Cbuild-dir=$(BUILD) \
		-Csetup-args=-Dtests=true -Csetup-args=-Ddefault_library=both .
	touch $@

# ---- Checks --------------------------------------------------------------------------------------------------------

check-format: $(VENV)/.lint  ## formatting, C and Python
	$(BIN)/clang-format --dry-run --Werror $(C_FILES)
	$(BIN)/ruff format --check .

TIDY_FILES = $(filter-out src/isa/% src/kernels/% src/trace/interpose_macos.c src/runtime/os_macos.c, \
	$(wildcard src/*/*.c python/raptors/*.c))

check-lint: build $(VENV)/.lint  ## ruff, shellcheck, clang-tidy
	$(BIN)/ruff check .
	$(BIN)/shellcheck .ci/run bench/matching-accelerate.sh
	@echo clang-tidy: it says something only if it finds something
	@said=$$($(BIN)/clang-tidy --quiet -p $(BUILD) $(TIDY_FILES) 2>&1) || { printf '%s\n' "$$said"; false; }

# As users do it: an isolated build, in a venv that has nothing.
check-wheel: export PATH := $(USERS_PATH)
check-wheel: $(VENV)/.created  ## pip install . by itself
	$(BIN)/python -m venv --clear $(BUILD)-wheel
	$(BUILD)-wheel/bin/python -m pip --disable-pip-version-check install --quiet .
	cd $(BUILD)-wheel && bin/python -c 'import raptors; assert float((raptors.ones((3, 4)) * 2.5).sum()) == 30'
	$(BUILD)-wheel/bin/raptors info

check-install:  ## make install, and README's commands and program in C and C++, as they stand there
	python3 tests/documented.py

check-types: build $(VENV)/.lint  ## mypy on the package and its stubs
	$(BIN)/mypy -p raptors

SANITIZED := -Dpython=disabled --buildtype=debugoptimized -Db_lundef=false

$(BUILD)-asan/build.ninja: | $(VENV)/.build
	$(BIN)/meson setup $(@D) $(SANITIZED) -Db_sanitize=address,undefined
$(BUILD)-tsan/build.ninja: | $(VENV)/.build
	$(BIN)/meson setup $(@D) $(SANITIZED) -Db_sanitize=thread
$(BUILD)-aarch64/build.ninja: | $(VENV)/.build
	$(BIN)/meson setup $(@D) --cross-file cross/aarch64-linux-gnu.ini

# Sanitizers and emulators are slow: the walk over the kernels takes a share of its cases.
check-asan check-tsan check-valgrind check-aarch64: export RAPTORS_TEST_THIN := 1

check-asan: $(BUILD)-asan/build.ninja  ## C tests under the address and undefined behaviour sanitizers
	$(BIN)/meson test -C $(<D) --print-errorlogs --timeout-multiplier 4

# The interpreter is not built for the sanitizers: their library is loaded before it. Memory whose neighbour pages may not be
# touched they look at too slowly, and need not; and raptors trace loads a library before theirs.
check-asan-python: $(BUILD)-asan/build.ninja build $(VENV)/.test  ## tests of the patches under those two (GCC)
	$(BIN)/meson configure $(<D) -Dpython=enabled -Dprefix=$(abspath $(<D))/installed -Dpython.platlibdir=package \
		-Dpython.purelibdir=package
	$(BIN)/meson install -C $(<D) --tags python-runtime --quiet
	PYTHONPATH=$(abspath $(<D))/installed/package PYTHONMALLOC=malloc LD_PRELOAD=$$($(CC) -print-file-name=libasan.so) \
		ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
		$(BIN)/python -m pytest -q -s -k 'not trace' $(filter-out %_guarded.py,$(wildcard tests/python/test_patch*.py))

check-tsan: $(BUILD)-tsan/build.ninja  ## thread tests under the thread sanitizer
	$(BIN)/meson test -C $(<D) --print-errorlogs --timeout-multiplier 4 --suite threads

# valgrind 3.19 stops at AVX-512, and at some moves of AVX2 as GNU's assembler writes them; the loops are the same.
check-valgrind: export RAPTORS_CPU := sse2
check-valgrind: build  ## C tests that touch memory most, under valgrind
	@if command -v valgrind >/dev/null; then $(BIN)/meson test -C $(BUILD) --print-errorlogs --timeout-multiplier 20 \
		--wrapper 'valgrind -q --error-exitcode=9' --suite memory; \
	else echo 'check-valgrind: not run: no valgrind. $(HOW)'; fi

check-accuracy: build $(VENV)/.test  ## every float32 argument of each mathematical function: within an hour on two cores
	rm -f $(BUILD)/accuracy.jsonl
	$(BIN)/raptors accuracy --exhaustive --types float32 --no-numpy --out $(BUILD)/accuracy.jsonl

check-numpy: build $(VENV)/.test  ## NumPy's own test-suite, patched against plain; and those of packages that .venv has
	$(BIN)/python tests/numpy_suites.py $(ARGS)

check-aarch64:  ## C tests built for AArch64, run under qemu
	@if command -v aarch64-linux-gnu-gcc >/dev/null && command -v qemu-aarch64 >/dev/null; then \
		$(MAKE) --no-print-directory $(BUILD)-aarch64/build.ninja && \
		$(BIN)/meson test -C $(BUILD)-aarch64 --print-errorlogs --timeout-multiplier 20 --no-suite native; \
	else echo 'check-aarch64: not run: no aarch64-linux-gnu-gcc, or no qemu-aarch64. $(HOW)'; fi

HOW := On Debian and Ubuntu, sudo make system-tools installs it
SYSTEM_TOOLS := valgrind gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user

system-tools:  ## apt-get install what the two checks above need. No other target installs anything on the system
	apt-get update
	apt-get install -y $(SYSTEM_TOOLS)
