# SPDX-License-Identifier: BSD-3-Clause
"""Programs written for NumPy give the same answers with `import raptors as np`, and nothing but the import changed."""

import importlib
import io
import json
import math
import pkgutil

import numpy
import pytest

import raptors
from raptors.bench import programs as timed


def assert_same(ours, theirs, at="result"):
    """Equal within rounding, part by part, and of the same types: Array for ndarray."""
    if isinstance(theirs, tuple | list):
        assert (type(ours), len(ours)) == (type(theirs), len(theirs)), at
        for i, (x, y) in enumerate(zip(ours, theirs, strict=True)):
            assert_same(x, y, f"{at}[{i}]")
    elif isinstance(theirs, dict):
        assert ours.keys() == theirs.keys(), at
        for key, value in theirs.items():
            assert_same(ours[key], value, f"{at}[{key!r}]")
    elif isinstance(theirs, numpy.ndarray | numpy.generic):
        supported = type(theirs) is numpy.ndarray and theirs.dtype.name in raptors._raptors.DTYPES
        assert type(ours) is (raptors.Array if supported else type(theirs)), at
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype), at
        if theirs.dtype.kind in "fc":
            numpy.testing.assert_allclose(numpy.asarray(ours), theirs, rtol=1e-6, atol=1e-9, err_msg=at)
        else:
            numpy.testing.assert_array_equal(numpy.asarray(ours), theirs, err_msg=at)
    elif isinstance(theirs, float):
        assert ours == pytest.approx(theirs, rel=1e-9, nan_ok=True), at
    else:
        assert ours == theirs, at


TIMED = sorted(module.name for module in pkgutil.iter_modules(timed.__path__))


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize("size", [0, 1000, 30_000])
def test_timed_programs(name, size):
    main = importlib.import_module(f"raptors.bench.programs.{name}").main
    assert_same(main(raptors, size), main(numpy, size))


# ---- More of them ----------------------------------------------------------------------------------------------------


def heat_equation(np):
    """A stencil with fixed borders, iterated in place until it is at rest."""
    plate = np.zeros((40, 50))
    plate[0, :], plate[:, -1] = 100.0, np.linspace(100, 0, 40)
    for step in range(200):  # noqa: B007 - the number of steps is part of the answer
        before = plate.copy()
        plate[1:-1, 1:-1] = 0.25 * (before[:-2, 1:-1] + before[2:, 1:-1] + before[1:-1, :-2] + before[1:-1, 2:])
        if np.abs(plate - before).max() < 0.05:
            break
    gradient = np.gradient(plate)
    return step, plate, gradient, np.hypot(*gradient).argmax(), plate.sum(), f"{plate.mean():8.3f}"


def haversine(np):
    """Distances on the globe from one place to many, and between all pairs."""
    rng = np.random.default_rng(1)
    latitude, longitude = np.radians(rng.uniform(-90, 90, 200)), np.deg2rad(rng.uniform(-180, 180, 200))

    def distance(lat1, lon1, lat2, lon2):
        a = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
        return 6371.0 * 2 * np.arctan2(np.sqrt(a), np.sqrt(1 - a))

    pairs = distance(latitude[:, None], longitude[:, None], latitude, longitude)
    np.fill_diagonal(pairs, np.inf)
    home = distance(0.9, 0.2, latitude, longitude)
    order = np.argsort(home)
    nearest = np.unravel_index(pairs.argmin(), pairs.shape)
    return pairs.min(axis=1), order[:5], home[order][:5], nearest, math.floor(home.max())


def rolling_statistics(np):
    """Moving averages, three ways; drawdowns; autocorrelation; resampling."""
    rng = np.random.default_rng(2)
    price = 100 * np.cumprod(1 + rng.normal(0, 0.01, 500))
    window = 20
    by_convolution = np.convolve(price, np.ones(window) / window, mode="valid")
    total = np.cumsum(np.insert(price, 0, 0))
    by_sums = (total[window:] - total[:-window]) / window
    by_windows = np.lib.stride_tricks.sliding_window_view(price, window).mean(axis=-1)
    assert np.allclose(by_convolution, by_sums)
    assert np.allclose(by_sums, by_windows)
    drawdown = price / np.maximum.accumulate(price) - 1
    centred = price - price.mean()
    correlation = np.correlate(centred, centred, mode="full")[price.size - 1 :]
    weekly = price.reshape(-1, 5)
    candles = np.column_stack((weekly[:, 0], weekly.max(1), weekly.min(1), weekly[:, -1]))
    crossings = np.flatnonzero(np.diff(np.sign(by_sums - price[window - 1 :])))
    return by_windows, drawdown.min(), correlation / correlation[0], candles, crossings, np.ptp(price)


def n_body(np):
    rng = np.random.RandomState(3)
    position, velocity = rng.randn(12, 3), 0.1 * rng.randn(12, 3)
    mass = rng.rand(12) + 0.5
    energies = []
    for _ in range(50):
        apart = position[np.newaxis, :, :] - position[:, np.newaxis, :]
        squared = (apart**2).sum(axis=-1) + 0.01
        np.fill_diagonal(squared, 1.0)
        acceleration = np.einsum("ijk,ij,j->ik", apart, squared**-1.5, mass)
        velocity += 0.01 * acceleration
        position += 0.01 * velocity
        kinetic = 0.5 * np.sum(mass * np.sum(velocity**2, axis=1))
        upper = np.triu_indices(12, k=1)
        potential = -np.sum((mass[:, None] * mass / np.sqrt(squared))[upper])
        energies.append(kinetic + potential)
    momentum = np.dot(mass, velocity)
    return position, energies, momentum, np.cross(position, velocity).sum(axis=0), np.std(energies)


def blended_images(np):
    """Two pictures of bytes: alpha blending, a gamma table, a histogram's equalisation, thumbnails."""
    x, y = np.meshgrid(np.arange(64), np.arange(48))
    one = np.stack([x * 4, y * 5, (x + y) * 2], axis=-1).astype(np.uint8)
    other = np.dstack([one[::-1, :, 2], one[:, ::-1, 1], np.full((48, 64), 128, dtype=np.uint8)])
    alpha = np.clip((x - 16) / 32, 0, 1)[..., np.newaxis]
    blend = (alpha * one + (1 - alpha) * other).round().astype(np.uint8)
    gamma = (255 * (np.arange(256) / 255) ** (1 / 2.2)).astype(np.uint8)
    bright = gamma[blend]
    grey = np.dot(blend[..., :3], [0.299, 0.587, 0.114]).astype(np.uint8)
    histogram = np.bincount(grey.ravel(), minlength=256)
    cumulative = histogram.cumsum()
    equal = np.interp(grey.flatten(), np.arange(256), 255 * cumulative / cumulative[-1]).reshape(grey.shape)
    small = blend.reshape(12, 4, 16, 4, 3).mean(axis=(1, 3)).astype("uint8")
    mirrored = np.flip(np.rot90(small), axis=1)
    assert blend.flags["C_CONTIGUOUS"]
    assert not mirrored.flags.owndata
    return blend, bright, equal, mirrored, small.tobytes(), np.bitwise_xor.reduce(grey, axis=None), one.nbytes


def mandelbrot(np):
    y, x = np.ogrid[-1.2:1.2:40j, -2:0.6:60j]
    c = x + 1j * y
    z = np.zeros_like(c)
    steps = np.zeros(c.shape, dtype=int)
    alive = np.ones(c.shape, dtype=bool)
    for _ in range(40):
        z[alive] = z[alive] * z[alive] + c[alive]
        alive[np.abs(z) > 2] = False
        steps += alive
    values, counts = np.unique(steps, return_counts=True)
    return (
        steps,
        dict(zip(values.tolist(), counts.tolist(), strict=True)),
        np.count_nonzero(alive),
        z[alive].conj().sum(),
    )


def standardised(np):
    rng = np.random.default_rng(4)
    data = rng.gamma(2.0, 3.0, size=(300, 5))
    scaled = (data - np.mean(data, axis=0)) / np.std(data, axis=0, ddof=1)
    covariance = np.cov(scaled.T)
    values, vectors = np.linalg.eigh(covariance)
    order = values.argsort()[::-1]
    values, vectors = values[order], vectors[:, order]
    vectors *= np.sign(vectors[0])
    projected = scaled @ vectors[:, :2]
    explained = values / values.sum()
    u, s, vt = np.linalg.svd(scaled, full_matrices=False)
    back = u * s @ vt
    result = np.linalg.svd(scaled, compute_uv=False)
    return projected, explained, np.allclose(back, scaled), result, np.linalg.norm(covariance), np.trace(covariance)


def softmax_classifier(np):
    """A network with a hidden layer, trained by hand; labels one-hot; accuracy and a confusion matrix."""
    np.random.seed(5)
    x, truth = np.random.randn(150, 6), np.random.randn(6, 3)
    labels = np.argmax(x @ truth, axis=1)
    one_hot = np.eye(3)[labels]
    w1, b1, w2, b2 = np.random.randn(6, 8) * 0.5, np.zeros(8), np.random.randn(8, 3) * 0.5, np.zeros((1, 3))
    losses = []
    for _ in range(60):
        hidden = np.maximum(0, x @ w1 + b1)
        scores = hidden @ w2 + b2
        scores -= scores.max(axis=1, keepdims=True)
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        losses.append(-np.log(p[np.arange(len(p)), labels]).mean())
        slope = (p - one_hot) / len(x)
        to_hidden = slope @ w2.T
        to_hidden[hidden <= 0] = 0
        for parameter, change in ((w2, hidden.T @ slope), (b2, slope.sum(0, keepdims=True)), (w1, x.T @ to_hidden), (b1, to_hidden.sum(0))):  # fmt: skip
            parameter -= 1.0 * change
    guesses = p.argmax(1)
    confusion = np.zeros((3, 3), dtype=np.int64)
    np.add.at(confusion, (labels, guesses), 1)
    best = min(range(len(losses)), key=losses.__getitem__)
    return losses, confusion, np.mean(guesses == labels), best, json.loads(json.dumps({"loss": losses[-1], "at": best}))


def histograms(np):
    rng = np.random.default_rng(6)
    x, y = rng.normal(size=2000), rng.exponential(size=2000)
    counts, edges = np.histogram(x, bins=30, density=True)
    table, xs, ys = np.histogram2d(x, y, bins=[8, 6])
    bins = np.digitize(x, np.linspace(-3, 3, 13))
    by_bin = [y[bins == i].mean() for i in range(1, 13) if (bins == i).any()]
    sums = np.bincount(bins, weights=y, minlength=14)
    edges_of = np.quantile(x, [0.1, 0.5, 0.9])
    ranks = np.searchsorted(np.sort(x), edges_of)
    most = {int(bin): count for bin, count in zip(*np.unique(bins, return_counts=True), strict=True)}
    return counts, edges, table, xs, ys, by_bin, sums, edges_of, ranks, max(most, key=most.get), set(bins[:5])


def cleaned_records(np):
    """Structured records without strings: filled, sorted, grouped, joined, masked, written and read again."""
    records = np.zeros(60, dtype=[("id", "i4"), ("group", "u1"), ("value", "f8")])
    records["id"] = np.arange(60)[::-1]
    records["group"] = np.arange(60) % 4
    records["value"] = np.where(np.arange(60) % 7 == 0, np.nan, np.sqrt(np.arange(60)))
    records = records[~np.isnan(records["value"])]
    records = np.sort(records, order=["group", "id"])
    means = [records["value"][records["group"] == g].mean() for g in np.unique(records["group"])]
    starts = np.flatnonzero(np.r_[True, np.diff(records["group"]) != 0])
    sums = np.add.reduceat(records["value"], starts)
    masked = np.ma.masked_greater(records["value"], 5.0)
    file = io.StringIO()
    np.savetxt(file, np.c_[records["id"], records["value"]], fmt="%.6g")
    back = np.loadtxt(io.StringIO(file.getvalue()))
    return np.array(records["id"]), means, sums, masked.mean(), masked.count(), back, np.isin([3, 99], records["id"])


def least_squares(np):
    rng = np.random.default_rng(7)
    x = np.linspace(0, 10, 120)
    y = 3.0 + 2.0 * x - 0.5 * x**2 + rng.normal(0, 0.3, x.shape)
    design = np.vander(x, 3, increasing=True)
    coefficients, residuals, rank, singular = np.linalg.lstsq(design, y, rcond=None)
    by_normal = np.linalg.solve(design.T @ design, design.T @ y)
    by_inverse = np.linalg.inv(design.T.dot(design)).dot(design.T).dot(y)
    fit = np.polyfit(x, y, 2)
    smooth = np.polyval(fit, x)
    polynomial = np.poly1d(fit)
    score = 1 - ((y - smooth) ** 2).sum() / ((y - y.mean()) ** 2).sum()
    q, r = np.linalg.qr(design)
    newer = np.polynomial.Polynomial.fit(x, y, 2)
    return (coefficients, residuals, rank, singular, by_normal, by_inverse, polynomial(x), score, np.abs(np.diag(r)),
            newer(x), np.linalg.cond(design), round(float(score), 3))  # fmt: skip


def fourier_filter(np):
    t = np.arange(0, 1, 1 / 512)
    signal = np.sin(2 * np.pi * 20 * t) + 0.5 * np.cos(2 * np.pi * 90 * t) + 0.1
    spectrum = np.fft.rfft(signal)
    frequency = np.fft.rfftfreq(t.size, d=1 / 512)
    power = np.abs(spectrum) ** 2
    strongest = frequency[np.argsort(power)[-2:]]
    spectrum[frequency > 50] = 0
    filtered = np.fft.irfft(spectrum)
    picture = np.outer(np.hanning(32), np.hamming(32))
    blurred = np.real(np.fft.ifft2(np.fft.fft2(picture) * np.fft.ifftshift(picture)))
    shifted = np.fft.fftshift(np.fft.fft(signal * t))  # no line of which is rounding errors
    return strongest, filtered, blurred, np.angle(shifted[:5]), np.unwrap(np.angle(shifted)), signal.var()


def walks_and_tables(np):
    """Python's own functions over arrays and their elements."""
    rng = np.random.default_rng(8)
    steps = rng.choice([-1, 1], size=(5, 100))
    walks = steps.cumsum(axis=1)
    summary = {i: (walk.min(), walk.max()) for i, walk in enumerate(walks)}
    counts = {}
    for last in walks[:, -1]:
        counts[last] = counts.get(last, 0) + 1
    best = max(walks, key=lambda walk: walk[-1])
    text = ", ".join(f"{value:+d}" for value in best[:5]) + " | %.2f %d" % (walks.mean(), walks.max())  # noqa: UP031
    even = [n for n in range(walks.max()) if n % 2 == 0]
    return (
        summary,
        counts,
        sorted(set(walks[0])),
        sum(best),
        text,
        even,
        math.sqrt(walks.var()),
        list(map(abs, best[:3])),
    )


def functions_given(np):
    def clamp(x, low, high):
        return low if x < low else min(x, high)

    grid = np.fromfunction(lambda i, j: 10 * i + j, (4, 5))
    ranges = np.apply_along_axis(lambda row: row.max() - row.min(), 1, grid)
    clamped = np.vectorize(clamp)(grid, 5, 20)
    objects = np.frompyfunc(math.hypot, 2, 1)(np.array([3.0, 5.0]), np.array([4.0, 12.0]))
    hypotenuse = np.asarray(objects, dtype=float)
    pieces = np.piecewise(grid, [grid < 10, grid >= 30], [lambda v: -v, lambda v: v * 2, 0])
    chosen = np.select([grid > 30, grid > 10], [grid, -grid], default=0.5)
    over = np.apply_over_axes(np.sum, grid, [0])
    cells = [(index, value) for index, value in np.ndenumerate(grid[:2, :2])]
    total = 0.0
    with np.nditer(grid, op_flags=["readwrite"]) as places:
        for place in places:
            place[...] = place + 1
            total += place
    return grid, ranges, clamped, hypotenuse, pieces, chosen, over, cells, float(total), list(np.ndindex(2, 2))


def blocks_and_shapes(np):
    a = np.arange(6).reshape(2, 3)
    block = np.block([[a, np.zeros((2, 2), int)], [np.ones((1, 5), int)]])
    parts = np.array_split(block, 3, axis=1)
    tiled = np.tile(a, (2, 2)), np.repeat(a, 2, axis=1), np.kron(np.eye(2, dtype=int), a)
    moved = np.moveaxis(a[..., None], -1, 0), np.rollaxis(a, 1), np.atleast_3d(a), np.swapaxes(a, 0, 1)
    a[a > 3], a[0, ::2] = 0, [7, 8]
    a.shape = (3, 2)
    a.sort(axis=0)
    taken = (
        np.take_along_axis(a, np.argsort(-a, axis=1), axis=1),
        np.partition(a.ravel(), 2)[:2],
        a.take([0, -1], axis=0),
    )
    joined = np.hstack([a, a]), np.vstack((a, a[:1])), np.append(a, [[1, 2]], axis=0), np.delete(a, 1, axis=0)
    digits = np.packbits(a > 0), np.unpackbits(np.array([7], np.uint8)), np.left_shift(a, 1), np.gcd(a, 4)
    a.flat[1] = 99
    return block, parts, tiled, moved, taken, joined, digits, a, a.T.tolist(), np.array_equal(a, a.copy()), a.itemsize


PROGRAMS = [heat_equation, haversine, rolling_statistics, n_body, blended_images, mandelbrot, standardised,
            softmax_classifier, histograms, cleaned_records, least_squares, fourier_filter, walks_and_tables,
            functions_given, blocks_and_shapes]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_programs(program):
    assert_same(program(raptors), program(numpy))
