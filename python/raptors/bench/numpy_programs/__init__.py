# SPDX-License-Identifier: BSD-3-Clause
"""Programs as they are written for NumPy: what patch_numpy() must make faster without a changed word or a changed bit.

Their form is that of ../programs: `main(np, size)`, where `size` is about the number of elements of the largest array.
Here, operations on whole arrays are all that takes time: what they read is made from few random numbers.
"""
