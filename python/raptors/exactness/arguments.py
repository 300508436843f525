# SPDX-License-Identifier: BSD-3-Clause
"""The arguments that functions are tried with: all of a type, or by chance, by size, and near what is special."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

import numpy as np

from .functions import FORMS, Form, Numbers, gmpy2

BLOCK = 1 << 13  # larger arrays of float64 numbers come from the system, a page fault for each page
COMPLEX_BLOCK = 2000
TWO_OVER_PI_BITS = 1300  # more than the largest exponent and the significand

# float64 arguments at which some library's function, or an early one of ours, was far off.
HARD = """
0x1.dffffb3488a4p-1 0x1.35a0de2b038fep-1 0x1.0001ff6afc4bap+0 0x1.000c80481e7f9p-1 0x1.02657ff36d5f3p-2 0x1.fff13ade9918p-12
0x1.62ff6a1682c25p-1 0x1.f97fabc0650c4p-4 0x1.7a337e1ba1ec2p-257 0x1.7120161c92674p+0 0x1.34e729fd08086p+21
0x1.633c654fee2bap+9 0x1.2e8f20cf3cbe7p+8 0x1.205968aae119fp-8 0x1.ff1eb5acee46bp+9 0x1.62ff47a01658fp-2
0x1.62d7c116d2e32p-1 0x1.48ae5a67204f5p+0 0x1.001f01ac83b3p+0 0x1.de02157073b31p-1 0x1.2e496d25897ecp-2 0x1.67eaf07ce24d1p+0
0x1.4d84db080b9fdp+21 0x1.a5a68e24971a3p+20 0x1.6ac5b262ca1ffp+849 0x1.63324af2fb5b7p-1 0x1.3f9605aaeb51bp+21
0x1.780c9aeca907cp+17 0x1.e134557098e37p-3 0x1.bcab29da0e947p-54 0x1.bc41f4d2294b8p-54 0x1.feb3d51d8b45dp-2
0x1.ff141302900c1p-2
""".split()
# complex128 ones: the real part of log1p.
HARD_COMPLEX = """
-0x1.8e85506e9b319p-56 0x1.c3b5f5a64b5bap-28 -0x1.75a715f9e5b32p-53 0x1.354814946d96cp-26
-0x1.c176803bc1088p-54 0x1.dfb6a52f9fbc8p-27 -0x1.280b07f8a908dp-50 0x1.85533c2d29032p-25
""".split()


def in_order(form: Form, start: int, count: int, step: int) -> Iterator[tuple[Numbers, ...]]:
    """`count` numbers in blocks: those with the bits start, start + step, ..."""
    unsigned = np.dtype(f"u{form.dtype.itemsize}")
    for first in range(start, start + count * step, BLOCK * step):
        last = min(first + BLOCK * step, start + count * step)
        yield (np.arange(first, last, step, dtype=np.uint64).astype(unsigned).view(form.dtype),)


def by_chance(form: Form, operands: int, count: int, seed: tuple[int, ...]) -> Iterator[tuple[Numbers, ...]]:
    """At least `count` numbers, or pairs, in blocks. The same seed gives the same ones."""
    generator = np.random.default_rng(seed)
    if form.part:
        for _ in range(math.ceil(count / COMPLEX_BLOCK)):
            z = _complex(FORMS[form.part], generator, COMPLEX_BLOCK)
            yield (z,) if operands == 1 else (z, _complex_second(FORMS[form.part], generator, z))
        return
    for turn in range(math.ceil(count / BLOCK)):
        x = _mixed(form, generator, BLOCK)
        if operands == 1:
            yield (x,)
        else:
            yield x, _SECOND[turn % len(_SECOND)](form, generator, x)


def specials(form: Form, operands: int) -> Iterator[tuple[Numbers, ...]]:
    """Each number near which something changes; of two operands, each of a share of them with each. Of complex numbers, those of
    a few such parts; of two operands, each with another, and with one by chance."""
    if form.part:
        z, generator = _complex_special(FORMS[form.part]), np.random.default_rng(0)
        if operands == 1:
            yield (z,)
        else:
            yield z, generator.permutation(z)
            yield z, _complex_second(FORMS[form.part], generator, z)
        return
    numbers = _special(form)
    if operands == 1:
        for start in range(0, len(numbers), BLOCK):
            yield (numbers[start : start + BLOCK],)
        return
    few = np.unique(np.concatenate([numbers[:: max(1, len(numbers) // 1000)], _named(form)]))
    for x in few:
        yield np.full(len(few), x), few


def _mixed(form: Form, generator: np.random.Generator, count: int) -> Numbers:
    share = math.ceil(count / len(_MAKERS))
    return generator.permutation(np.concatenate([make(form, generator, share) for make in _MAKERS]))[:count]


def _by_bits(form: Form, generator: np.random.Generator, count: int) -> Numbers:
    return np.frombuffer(generator.bytes(count * form.dtype.itemsize), form.dtype)


def _by_range(form: Form, generator: np.random.Generator, count: int) -> Numbers:
    """Even in -2^k to 2^k, for k from -1 to 10."""
    return np.ldexp(generator.uniform(-1, 1, count), generator.integers(-1, 11, count)).astype(form.dtype)


def _by_size(form: Form, generator: np.random.Generator, count: int) -> Numbers:
    return np.ldexp(generator.uniform(-1, 1, count), generator.integers(-60, 20, count)).astype(form.dtype)


def _near_multiples(form: Form, generator: np.random.Generator, count: int) -> Numbers:
    """Of pi/2, to the nearest number."""
    whole = generator.integers(-(1 << 62), 1 << 62, count) >> generator.integers(0, 62, count)
    return (whole.astype(np.longdouble) * (np.longdouble(np.pi) / 2 + np.longdouble(6.123233995736766e-17))).astype(
        form.dtype
    )


def _near_special(form: Form, generator: np.random.Generator, count: int) -> Numbers:
    return generator.choice(_special(form), count)


_MAKERS = (_by_bits, _by_bits, _by_range, _by_range, _by_size, _by_size, _near_multiples, _near_special)


def _independent(form: Form, generator: np.random.Generator, x: Numbers) -> Numbers:
    return _mixed(form, generator, len(x))


def _of_like_size(form: Form, generator: np.random.Generator, x: Numbers) -> Numbers:
    return (x * np.ldexp(generator.uniform(-1, 1, len(x)), generator.integers(-30, 3, len(x)))).astype(form.dtype)


def _for_powers(form: Form, generator: np.random.Generator, x: Numbers) -> Numbers:
    """x to their power is neither 0 nor infinite."""
    return (generator.uniform(form.least - form.bits, form.most + 1, len(x)) / np.log2(np.abs(x))).astype(form.dtype)


def _whole(form: Form, generator: np.random.Generator, x: Numbers) -> Numbers:
    return (generator.integers(-20, 21, len(x)) / 2).astype(form.dtype)


def _for_sums(form: Form, generator: np.random.Generator, x: Numbers) -> Numbers:
    """Such that the sum of both exponentials is nearly 1, or as nearly as the type has it, where x < 0."""
    with np.errstate(all="ignore"):
        y = np.log(-np.expm1(-np.abs(x.astype(np.float64))))
    off = np.ldexp(generator.uniform(0.5, 1, len(x)), -generator.integers(0, form.bits + 10, len(x)))
    second: Numbers = (y * (1 + generator.choice([-1, 1], len(x)) * off)).astype(form.dtype)
    return second


_SECOND = (_independent, _of_like_size, _for_powers, _for_sums, _whole)


# ---- Complex numbers, of parts of a form, all finite


def _join(re: Numbers, im: Numbers) -> Numbers:
    z = np.empty(len(re), np.result_type(re.dtype, np.complex64))
    z.real, z.imag = np.where(np.isfinite(re), re, 1), np.where(np.isfinite(im), im, 1)
    return z


def _complex(part: Form, generator: np.random.Generator, count: int) -> Numbers:
    share = math.ceil(count / len(_COMPLEX_MAKERS))
    pairs = [make(part, generator, share) for make in _COMPLEX_MAKERS]
    z = np.concatenate([_join(re.astype(part.dtype), im.astype(part.dtype)) for re, im in pairs])
    return generator.permutation(z)[:count]


def _of_parts(part: Form, generator: np.random.Generator, count: int) -> tuple[Numbers, Numbers]:
    return _mixed(part, generator, count), _mixed(part, generator, count)


def _of_like_parts(part: Form, generator: np.random.Generator, count: int) -> tuple[Numbers, Numbers]:
    re = _mixed(part, generator, count)
    return re, _of_like_size(part, generator, re)


def _of_moderate_parts(part: Form, generator: np.random.Generator, count: int) -> tuple[Numbers, Numbers]:
    return _by_range(part, generator, count), _by_range(part, generator, count)


def _on_axes(part: Form, generator: np.random.Generator, count: int) -> tuple[Numbers, Numbers]:
    """One part is 0."""
    parts = np.stack([_mixed(part, generator, count), np.copysign(0, generator.uniform(-1, 1, count))])
    re, im = generator.permuted(parts, axis=0)
    return re, im


def _on_circle(part: Form, generator: np.random.Generator, count: int) -> tuple[Numbers, Numbers]:
    """The unit circle, whose real logarithm is 0."""
    angle = np.ldexp(generator.uniform(-np.pi, np.pi, count), -generator.integers(0, 40, count))
    return np.cos(angle), np.sin(angle)


def _near_ones(part: Form, generator: np.random.Generator, count: int) -> tuple[Numbers, Numbers]:
    """1, -1, i and -i."""
    size, angle = np.ldexp(1.0, -generator.integers(0, part.bits + 6, count)), generator.uniform(-np.pi, np.pi, count)
    parts = np.stack([size * np.cos(angle) + generator.choice([-1, 1], count), size * np.sin(angle)])
    re, im = generator.permuted(parts, axis=0)
    return re, im


def _cancelling(part: Form, generator: np.random.Generator, count: int) -> tuple[Numbers, Numbers]:
    """|1 + z| is nearly 1, or the real part of e^z is."""
    im = np.ldexp(generator.uniform(-1, 1, count), -generator.integers(0, part.bits, count)).astype(part.dtype)
    return im.astype(np.float64) ** 2 / generator.choice([-2, 2], count), im


_COMPLEX_MAKERS = (
    *(_of_parts, _of_parts, _of_like_parts, _of_moderate_parts, _of_moderate_parts),
    *(_on_axes, _on_circle, _near_ones, _near_ones, _cancelling),
)


def _complex_second(part: Form, generator: np.random.Generator, z: Numbers) -> Numbers:
    """Any number; one of like size, so that parts of the product or the quotient cancel; a moderate one; a whole number or a half;
    one that makes a power neither 0 nor infinite."""
    near = generator.permuted(np.stack([z.real, z.imag]), axis=0) * generator.choice([-1, 1], (2, len(z)))
    off = np.ldexp(generator.uniform(-1, 1, near.shape), -generator.integers(0, part.bits + 2, near.shape))
    power = _join(*_of_moderate_parts(part, generator, len(z))) / np.log(z.astype(np.complex128))
    kinds = [
        _complex(part, generator, len(z)),
        _join(*(near * (1 + off)).astype(part.dtype)),
        _join(*(pair.astype(part.dtype) for pair in _of_moderate_parts(part, generator, len(z)))),
        _join(_whole(part, generator, z), np.zeros(len(z), part.dtype)),
        _join(power.real.astype(part.dtype), power.imag.astype(part.dtype)),
    ]
    return np.choose(generator.integers(0, len(kinds), len(z)), kinds)


def _complex_special(part: Form) -> Numbers:
    """Of all pairs of these parts, with all signs."""
    limits = np.finfo(part.dtype)
    tiny, most, eps = limits.tiny, limits.max, limits.eps
    ends = [0, limits.smallest_subnormal, tiny / 2, tiny, 3 * tiny, tiny**0.5, tiny**0.25]
    ends += [most**0.25, most**0.5, most / 4, most]
    plain = [1 / 64, 0.5, 0.5**0.5, np.log(2), 1, np.pi / 2, np.pi, 20]
    edges = [eps / 2, 1 + eps, np.log(most), np.log(most) + 1]
    parts = np.array(ends + plain + edges, part.dtype)
    re, im = np.meshgrid(*(2 * [np.concatenate([parts, -parts])]))
    hard = np.array([float.fromhex(word) for word in HARD_COMPLEX], part.dtype)
    return _join(np.concatenate([re.ravel(), hard[::2]]), np.concatenate([im.ravel(), hard[1::2]]))


def _named(form: Form) -> Numbers:
    with np.errstate(all="ignore"):
        limits = np.finfo(form.dtype)
        ends = np.array([0, limits.max, limits.tiny, limits.smallest_subnormal, np.inf, 1, 2, 3, 0.5, 1 / 3, 10])
        found = np.concatenate([ends, [float.fromhex(word) for word in HARD]]).astype(form.dtype)
        return np.concatenate([found, -found, np.array([np.nan], form.dtype)])


@functools.cache
def _special(form: Form) -> Numbers:
    """Powers of two, whole numbers, sixty-fourths, multiples of log(2)/2, log(10) and pi/4, float64 numbers that are the nearest
    to a multiple of pi/2, and HARD; two units of the last place to either side, with both signs."""
    steps = np.arange(1, 1200, dtype=np.float64)
    numbers = np.concatenate(
        [
            np.ldexp(1.0, np.arange(form.least - form.bits + 1, form.most + 1)),
            steps,
            steps / 64,
            steps * (math.log(2) / 2),
            steps * math.log(10),
            steps * (math.pi / 4),
            _named(form).astype(np.float64),
            nearest_to_multiples() if form.name == "float64" else [],
        ]
    )
    with np.errstate(all="ignore"):
        numbers = np.abs(numbers.astype(form.dtype))
        bits = np.unique(numbers[np.isfinite(numbers)].view(f"u{form.dtype.itemsize}").astype(np.int64))
    top = int(np.array(np.inf, form.dtype).view(f"u{form.dtype.itemsize}"))
    near = np.unique((bits[:, None] + np.arange(-2, 3)).ravel())
    around = near[(near >= 0) & (near <= top)].astype(f"u{form.dtype.itemsize}").view(form.dtype)
    return np.concatenate([around, -around, np.array([np.nan], form.dtype)])


def nearest_to_multiples() -> Numbers:
    """For each exponent, the float64 numbers n 2^exponent that are nearer to a multiple of pi/2 than all with smaller n: n are
    the denominators of the convergents of the continued fraction of 2^exponent 2/pi."""
    with gmpy2.context(gmpy2.context(), precision=TWO_OVER_PI_BITS):
        scaled = int(gmpy2.rint(gmpy2.mul_2exp(2 / gmpy2.const_pi(), TWO_OVER_PI_BITS - 40)))
    found: list[float] = []
    for exponent in range(-50, 972):
        top, bottom = scaled << max(exponent, 0), 1 << (TWO_OVER_PI_BITS - 40 + max(-exponent, 0))
        before, denominator = 0, 1
        while denominator < 1 << 53:
            if denominator >= 1 << 40:
                found.append(math.ldexp(denominator, exponent))
            top, bottom = bottom, top % bottom
            if not bottom:
                break
            before, denominator = denominator, before + denominator * (top // bottom)
    return np.array(found)
