# SPDX-License-Identifier: BSD-3-Clause
"""Whole programs as users of NumPy write them, each in a file with `main(np, size)`.

`np` is numpy or raptors: the program is the same, and so must its answer be. `size` is about the number of elements of its
largest array. main() returns a number, an array, or a tuple of them; it prints nothing and takes no time by itself.
"""
