# SPDX-License-Identifier: BSD-3-Clause
"""Functions of plain numbers, which live on the stack of the call: what takes a view of one leaves it as it is."""

import subprocess
import sys

PROGRAM = """
import numpy as np, raptors as rp
nothing = {}
for _ in range(50):
    for number in (5.0, 3, True, np.float32(5), np.array(5.0)):
        assert float(rp.logsumexp(number)) == float(number), number
        assert float(rp.logsumexp(number, axis=(), keepdims=True, **nothing)) == float(number), number
    for number in (5.0, 3, 1j, np.float32(5), np.array(0, 'u1')):
        for function in (rp.cumulative_sum, rp.cumulative_prod):
            assert complex(function(number, include_initial=False, **nothing)[0]) == complex(number), number
        assert complex(rp.cumsum(number, **nothing)[0]) == complex(number), number
    assert float(rp.angle(1j)) == float(rp.angle(1j, **nothing)) == np.pi / 2
    rp.exp(1.0), rp.var(5.0), rp.std(5.0), rp.mean(5.0), rp.sum(5.0)
"""


def test_views_of_numbers():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
