# SPDX-License-Identifier: BSD-3-Clause
"""Hypothesis: the same examples in every run. `--hypothesis-profile=random` looks for new ones."""

from hypothesis import settings

settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.register_profile("random", deadline=None, derandomize=False, print_blob=True, max_examples=2000)
settings.load_profile("ci")
