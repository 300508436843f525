# SPDX-License-Identifier: BSD-3-Clause
"""Hypothesis: the same examples in every run. `--hypothesis-profile=random` looks for new ones. And a fixture."""

import pytest
from hypothesis import settings

import raptors

settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.register_profile("random", deadline=None, derandomize=False, print_blob=True, max_examples=2000)
settings.load_profile("ci")


@pytest.fixture
def patched():
    """NumPy patched while the test runs."""
    assert raptors.patch_numpy()
    yield
    raptors._raptors._patch_modes(False, False, True)
    raptors.unpatch_numpy()
