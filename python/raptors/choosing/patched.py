# SPDX-License-Identifier: BSD-3-Clause
"""What becomes of a call of NumPy's own while NumPy is patched."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from .. import _patching, _raptors
from .calls import Call

CALLS = 50  # the first of a kind are measured: threads, kernels and stores in turn


@dataclass(frozen=True)
class PatchedCall:
    """The call; why NumPy cannot be patched, or else what the hooks that it met did, and the threads that it ran on at most."""

    call: Call
    refused: str = ""
    threads: int = 1
    kernel: str | None = None  # of Raptors'; None: NumPy's loop, or none
    stores: str = "ordinary"
    taken: tuple[str, ...] = ()
    passed: tuple[tuple[str, str], ...] = ()  # names and reasons

    def __str__(self) -> str:
        lines = [f"{self.call}, as NumPy {np.__version__} computes it when patched"]
        if self.refused:
            return f"{lines[0]}\n  NumPy is not patched: {self.refused}"
        lines += [f"  taken      {name}" for name in self.taken]
        lines += [f"  passed on  {name}: {reason}" for name, reason in self.passed]
        if self.taken:
            lines += [f"  kernel     {self.kernel}"] if self.kernel else []
            lines += [f"  threads    {self.threads}"]
            lines += ["  stores     streaming (past the caches)"] if self.stores == "streaming" else []
        return "\n".join(lines if self.taken or self.passed else [*lines, "  NumPy's alone: no hook is on its way"])


def explain_patched(call: Call) -> PatchedCall:
    """Makes the call a few times with NumPy patched, on arrays of its own. ValueError: NumPy has no such operation."""
    if not call.is_numpys:
        raise ValueError(f"NumPy has no {call.op}")
    prepared = call.prepare()
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning), _patching.patched():
        if refused := _patching.refusal():
            return PatchedCall(call, refused)
        before, threads = _raptors._patch_counts(), 1
        for _ in range(CALLS):
            prepared.run_numpy()
            on, kernel, streams = _raptors._patch_latest()
            threads = max(threads, on)
        after = _raptors._patch_counts()
    taken, passed = [], []
    for name, (count, reasons) in after.items():
        count_before, reasons_before = before.get(name, (0, {}))
        if count > count_before:
            taken.append(name)
        passed += [(name, reason) for reason, n in reasons.items() if n > reasons_before.get(reason, 0)]
    return PatchedCall(call, "", threads, kernel, "streaming" if streams else "ordinary", tuple(taken), tuple(passed))
