# SPDX-License-Identifier: BSD-3-Clause
"""The machine and the versions that figures belong to. No host name, no user, no path."""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import sys
from typing import Any

import numpy as np

from .engine import available_threads, information, library


def describe_machine() -> dict[str, Any]:
    """What a reader needs to judge the figures: processor, caches, versions, date and load."""
    raptors = library()
    return {
        "cpu": _processor(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "threads": available_threads(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "raptors": str(getattr(raptors, "__version__", "unknown")),
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "load": [round(value, 2) for value in os.getloadavg()] if hasattr(os, "getloadavg") else None,
        "info": information(),
    }


def _processor() -> str:
    for key, value in information().items():
        if key.lower() in ("cpu", "cpu model", "model", "processor"):
            return value
    if sys.platform == "linux":
        try:
            with open("/proc/cpuinfo", encoding="utf-8") as lines:
                for line in lines:
                    key, _, value = line.partition(":")
                    if key.strip() in ("model name", "Model"):
                        return value.strip()
        except OSError:
            pass
    if sys.platform == "darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            return answer.stdout.strip()
    return platform.processor() or platform.machine()
