# SPDX-License-Identifier: BSD-3-Clause
# Importing it registers NumPy's loops; it has no names.
