# SPDX-License-Identifier: BSD-3-Clause
"""Patching in a process that has just begun: run by patched_calls.py as a program of its own.

    python -P first_patch.py patched

prints as JSON the nanoseconds of `import numpy` and of raptors.patch_numpy(), which is checked. Importing Raptors is in
neither of them.
"""

import importlib
import json
import time
import warnings


def main() -> None:
    """See above."""
    start = time.perf_counter_ns()
    importlib.import_module("numpy")
    imported = time.perf_counter_ns() - start
    raptors = importlib.import_module("raptors")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # why it is not patched
        start = time.perf_counter_ns()
        raptors.patch_numpy()
        patched = time.perf_counter_ns() - start
    print(json.dumps({"import": imported, "patch": patched}))


if __name__ == "__main__":
    main()
