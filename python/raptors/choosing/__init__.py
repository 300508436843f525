# SPDX-License-Identifier: BSD-3-Clause
"""Which kernel, threads and stores a call gets, and why: explain, race, regret and tune."""

from .calls import Call, parse_call
from .race import Contender, Race, explain, race

__all__ = ["Call", "Contender", "Race", "explain", "parse_call", "race"]
