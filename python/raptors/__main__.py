# SPDX-License-Identifier: BSD-3-Clause
"""python -m raptors"""

import sys

from .cli import main

sys.exit(main())
