# SPDX-License-Identifier: BSD-3-Clause
"""`python -m raptors.bench` is `raptors bench`."""

import sys

from ..cli import main

sys.exit(main(["bench", *sys.argv[1:]]))
