# SPDX-License-Identifier: BSD-3-Clause
"""Array has what numpy.ndarray has: every method and attribute, with NumPy's signature and NumPy's answers."""

import ctypes
import inspect
import io
import pickle
from types import GenericAlias

import numpy as np
import pytest

import raptors
from raptors import Array

# What makes subclasses of ndarray, and what NumPy's own pickles call.
LEFT_OUT = {"__array_finalize__", "__array_struct__", "__array_wrap__", "__setstate__"}
LEFT_OUT |= {
    name for name in dir(np.ndarray) if name.startswith("_set_")
}  # NumPy's own way to change an array's type and shape
if np.__version__ < "2":
    LEFT_OUT |= {"__array_prepare__", "itemset", "newbyteorder", "ptp", "tostring"}  # what NumPy 2 has no more


def same(ours, theirs, what=""):
    if isinstance(theirs, tuple | list):
        assert len(ours) == len(theirs), what
        for x, y in zip(ours, theirs, strict=True):
            same(x, y, what)
    elif isinstance(theirs, np.ndarray | np.generic):
        assert type(ours) is (Array if isinstance(theirs, np.ndarray) else type(theirs)), what
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype), what
        np.testing.assert_allclose(np.asarray(ours), theirs, rtol=1e-12, err_msg=what)
    else:
        assert (type(ours), ours) == (type(theirs), theirs), what


def test_nothing_is_missing():
    assert set(dir(np.ndarray)) - set(dir(Array)) == LEFT_OUT
    assert raptors.ndarray is Array


@pytest.mark.parametrize("name", sorted(set(dir(np.ndarray)) - LEFT_OUT))
def test_signatures(name):
    """Every parameter of NumPy's method is one of ours, of the same kind and with the same default."""
    theirs, ours = getattr(np.ndarray, name), getattr(Array, name)
    assert callable(theirs) == callable(ours)
    if name.startswith("__") or not callable(theirs):
        return
    assert ours.__doc__
    try:
        wanted = inspect.signature(theirs).parameters
    except ValueError:  # a NumPy that does not say
        return
    given = inspect.signature(ours).parameters
    for parameter in wanted.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            continue
        assert given[parameter.name].default == parameter.default, parameter
        assert given[parameter.name].kind == parameter.kind or "axis" in wanted, parameter


# For each method, the calls that are compared: what to call it with, on a matrix of float64 (made anew for each call). Where a
# method works in place, the array afterwards is compared too.
F = np.array([[3.5, -1.0, 2.0], [0.0, 4.25, -2.5]])
CALLS = {
    "all": ["()", "(axis=0)", "(0, None)", "(where=[True, False, True])"],
    "any": ["()", "(1)", "(axis=1, keepdims=True)", "(where=[[True], [False]])"],
    "argmax": ["()", "(0)", "(axis=1, keepdims=True)"],
    "argmin": ["()", "(1)"],
    "argpartition": ["(1)", "(1, axis=None)"],
    "argsort": ["()", "(0)", "(axis=None, kind='stable')"],
    "astype": ["(int)", "('f4', 'F')", "(np.int8, casting='unsafe', copy=False)", "('c16')"],
    "byteswap": ["().byteswap()", "(True)"],
    "choose": [],
    "clip": ["(0, 3)", "(min=-1)", "(None, [1.0, 2.0, 3.0])", "(0, 1, casting='same_kind')"],
    "compress": ["([True, False], axis=0)", "([0, 1, 1])"],
    "conj": ["()"],
    "conjugate": ["()"],
    "copy": ["()", "('F')", "(order='K')"],
    "cumprod": ["()", "(1)", "(axis=0, dtype='f4')"],
    "cumsum": ["()", "(1)", "(axis=0, dtype='c8')"],
    "diagonal": ["()", "(1)", "(offset=-1, axis1=1, axis2=0)"],
    "dot": ["([1, 2, 3])", "(a.T)", "(2.0)"],
    "fill": ["(3)"],
    "flatten": ["()", "('F')", "(order='C')"],
    "getfield": ["('f8')", "('i4', 4)"],
    "item": ["(4)", "(1, 2)", "((0, 1))", "(-1)"],
    "max": ["()", "(0)", "(axis=1, initial=3)", "(where=[True, False, True], initial=-9.0)"],
    "mean": ["()", "(0)", "(1, 'f4')", "(axis=1, keepdims=True)", "(where=[True, False, True])"],
    "min": ["()", "(0)", "(axis=(0, 1), keepdims=True)"],
    "nonzero": ["()"],
    "partition": ["(1)", "(1, 0)"],
    "prod": ["()", "(0)", "(axis=1, dtype='f4')", "(0, 'f4')", "(initial=2)"],
    "put": ["([0, 4], [7, 8])", "([9], [1], mode='wrap')"],
    "ravel": ["()", "('F')", "(order='K')"],
    "repeat": ["(2)", "([1, 2], axis=0)"],
    "reshape": ["(3, 2)", "((3, -1))", "(3, 2, order='F')", "(6, copy=True)"],
    "resize": ["(3, 2)", "((4, 2), refcheck=False)", "(2, refcheck=False)", "()"],
    "round": ["()", "(1)", "(decimals=-1)"],
    "searchsorted": [],
    "setfield": ["(7.0, 'f8')"],
    "setflags": ["(write=False)", "(write=True)"],
    "sort": ["()", "(0)", "(axis=0, kind='stable')"],
    "squeeze": ["()", "(())"],
    "std": ["()", "(0)", "(axis=1, ddof=1)", "(keepdims=True)", "(where=[True, False, True])"],
    "sum": [
        "()",
        "(0)",
        "(1, 'f4')",
        "(axis=1, initial=5)",
        "(where=[True, False, True])",
        "((0, 1), None, None, True)",
    ],
    "swapaxes": ["(0, 1)"],
    "take": ["([0, 5])", "(1, axis=1)", "([7], mode='wrap')", "(3)"],
    "tobytes": ["()", "('F')"],
    "tolist": ["()"],
    "to_device": ["('cpu')"],
    "trace": ["()", "(1)", "(offset=-1, dtype='f4')"],
    "transpose": ["()", "(1, 0)", "((0, 1))", "(None)"],
    "var": ["()", "(0)", "(axis=1, ddof=1)"],
    "view": ["()", "('i8')", "(dtype='u1')"],
}
BY_HAND = {"dump", "dumps", "tofile"}


def test_every_method_is_called():
    public = {name for name in dir(np.ndarray) if name[0] != "_" and callable(getattr(np.ndarray, name))}
    assert public == {*CALLS, *BY_HAND}


@pytest.mark.parametrize(("name", "call"), [(name, call) for name, calls in CALLS.items() for call in calls])
def test_as_numpys(name, call):
    a, r = F.copy(), raptors.array(F)
    theirs = eval(f"a.{name}{call}", {"np": np, "a": a})
    ours = eval(f"a.{name}{call}", {"np": raptors, "a": r})
    same(ours, theirs, f"{name}{call}")
    same(r, a, f"{name}{call} on the array itself")
    if isinstance(theirs, np.ndarray):
        assert np.shares_memory(np.asarray(ours), np.asarray(r)) == np.shares_memory(theirs, a)


def test_methods_on_other_arrays():
    for a in (np.array([0, 2, 1]), np.array([1 + 2j, 3j]), np.array(True), np.arange(4, dtype="u1")[::-1]):
        r = raptors.array(a)
        same(r.conj(), a.conj())
        same(r.cumsum(), a.cumsum())
        same(r.dot(r), a.dot(a))
        same(r.var(), a.var())
        same(r.T.repeat(2), a.T.repeat(2))
    same(raptors.array([0, 1, 1]).choose([[1, 2, 3], [4, 5, 6]]), np.array([0, 1, 1]).choose([[1, 2, 3], [4, 5, 6]]))
    same(raptors.array([1.0, 2.0]).searchsorted([1.5, 0]), np.array([1.0, 2.0]).searchsorted([1.5, 0]))
    same(raptors.array([1.0, 2.0]).searchsorted(1.5), np.array([1.0, 2.0]).searchsorted(1.5))
    real = raptors.array([1.0, 2.0])
    assert real.conj() is real  # as NumPy's
    assert real.view("U2").dtype == "U2"  # of a type that is NumPy's alone


def test_out():
    r, total, row = raptors.array(F), raptors.zeros(()), np.zeros(3)
    assert r.cumsum(out=raptors.zeros(6)).tolist() == F.cumsum().tolist()
    assert r.std(out=total) is total
    assert float(total) == F.std()
    assert r.sum(axis=0, out=row) is row
    assert r.std(axis=0, out=row) is row
    assert row.tolist() == F.std(axis=0).tolist()
    assert r.max(0, row) is row
    assert raptors.cumsum(r, axis=1, out=r) is r
    assert r.tolist() == F.cumsum(axis=1).tolist()


def test_in_place_on_views():
    a, r = np.arange(12.0)[::-1].copy().reshape(3, 4), raptors.array(np.arange(12.0)[::-1].reshape(3, 4))
    for x in (a, r):
        x[:, ::2].sort(axis=0)
        x[1].partition(2)
        x.T.put([0, 1], [50, 60])
        x[2].fill(5)
    same(r, a)
    fixed = raptors.broadcast_to(raptors.ones(1), (3,))
    for call in (fixed.sort, lambda: fixed.put(0, 1), lambda: fixed.partition(1), lambda: fixed.byteswap(True)):
        with pytest.raises(ValueError, match="read-only"):
            call()


def test_files(tmp_path):
    r = raptors.array(F)
    r.tofile(tmp_path / "bytes")
    same(raptors.fromfile(tmp_path / "bytes"), F.ravel())
    r.tofile(tmp_path / "text", sep=",", format="%.2f")
    assert (tmp_path / "text").read_text() == "3.50,-1.00,2.00,0.00,4.25,-2.50"
    r.dump(tmp_path / "pickle")
    np.testing.assert_array_equal(np.load(tmp_path / "pickle", allow_pickle=True), F)
    np.testing.assert_array_equal(pickle.loads(r.dumps()), F)
    file = io.BytesIO()
    raptors.save(file, r)
    file.seek(0)
    same(raptors.load(file), F)


# ---- Attributes ------------------------------------------------------------------------------------------------------


def test_base():
    r = raptors.arange(6.0)
    assert r.base is None
    assert (r + 1).base is None
    assert r[1:].base.tolist() == r.tolist()
    assert raptors.asarray(F).base is F
    assert raptors.sort(r).base is not None  # NumPy's memory
    assert raptors.asarray(bytearray(8)).base == bytearray(8)
    assert raptors.from_dlpack(F).base is not None
    assert np.shares_memory(np.asarray(r.reshape(2, 3).base), np.asarray(r))


def test_flat():
    a, r = F.copy(), raptors.array(F)
    same([*r.flat], [*a.flat])
    assert len(r.flat) == 6
    same(r.flat[2], a.flat[2])
    same(r.flat[1:4], a.flat[1:4])
    same(r.flat[[0, -1]], a.flat[[0, -1]])
    same(r.flat == 2.0, a.flat == 2.0)
    same(r.flat != 2.0, a.flat != 2.0)
    for x in (a, r):
        x.flat[1:3] = 9, 8
        x.flat[[5]] = -1
        x.T.flat[3] = 77
    same(r, a)
    for x in (a, r):
        x.flat = raptors.array([1, 2])
    same(r, a)
    places = r.flat
    assert (next(places), places.index, places.coords) == (1.0, 1, (0, 1))
    assert places.base is r
    same(r.T.flat.copy(), a.T.flat.copy())
    same(raptors.array(r.flat), np.array(a.flat))
    with pytest.raises(TypeError):
        hash(r.flat)
    with pytest.raises(AttributeError, match="flat"):
        del r.flat


def test_flags():
    a, r = F.copy(), raptors.array(F)
    for name in ("c_contiguous", "f_contiguous", "owndata", "writeable", "aligned", "carray", "forc"):
        assert getattr(r.flags, name) == getattr(a.flags, name), name
        assert getattr(r.T.flags, name) == getattr(a.T.flags, name), name
    for name in ("C_CONTIGUOUS", "F", "OWNDATA", "W"):
        assert r.flags[name] == a.flags[name], name
    assert repr(r.flags) == repr(a.flags)
    assert r.flags == raptors.array(F).flags
    assert r.flags != r.T.flags
    r.flags.writeable = False
    assert r.readonly
    with pytest.raises(ValueError, match="read-only"):
        r[0] = 1
    with pytest.raises(ValueError, match="WRITEABLE"):
        r[1:].setflags(write=True)
    r.flags["WRITEABLE"] = True
    r[0] = 1
    for wrong, error in ((lambda: setattr(r.flags, "owndata", True), AttributeError), (lambda: r.flags["nonsense"], KeyError),
                         (lambda: r.flags.__setitem__("C", True), KeyError), (lambda: r.flags.nonsense, AttributeError),
                         (lambda: hash(r.flags), TypeError), (lambda: r.setflags(True, True, True, True), TypeError)):  # fmt: skip
        with pytest.raises(error):
            wrong()
    fixed = np.zeros(3)
    fixed.flags.writeable = False
    with pytest.raises(ValueError, match="WRITEABLE"):
        raptors.asarray(fixed).setflags(write=True)
    view = raptors.broadcast_to(raptors.ones(1), (3,))
    assert view.flags.writeable is False
    with pytest.raises(ValueError, match="WRITEABLE"):
        raptors.asarray(memoryview(b"bytes")).setflags(write=True)


def test_data_and_ctypes():
    r = raptors.array(F)
    assert (r.data.shape, r.data.format, r.data[1, 1]) == ((2, 3), "d", 4.25)
    pointer = r.ctypes.data_as(ctypes.POINTER(ctypes.c_double))
    pointer[0] = 12.0
    assert r[0, 0] == 12.0
    assert list(r.ctypes.shape) == [2, 3]
    assert r.ctypes.data == r.__array_interface__["data"][0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_attributes_that_can_be_set():
    a, r = np.arange(6, dtype="i8"), raptors.arange(6)
    view = r[:]
    for x in (a, r):
        x.shape = (2, -1)
    same(r, a)
    for x in (a, r):
        x.dtype = "i4"
    same(r, a)
    r[0, 0] = 99
    assert view[0] == 99  # the memory is the same
    assert view.shape == (6,)
    with pytest.raises((AttributeError, ValueError)):
        r.T.shape = 12
    with pytest.raises(TypeError, match="data"):
        r.dtype = "nonsense"
    assert r.base is None


def test_resize():
    a, r = np.arange(6.0), raptors.arange(6.0)
    for x in (a, r):
        x.resize((2, 4), refcheck=False)
    same(r, a)
    for x in (a, r):
        x.resize(3, refcheck=False)
    same(r, a)
    own = raptors.arange(6.0)
    view = own[1:]
    with pytest.raises(ValueError, match="views"):
        own.resize(9)
    with pytest.raises(ValueError, match="own"):
        view.resize(9)
    with pytest.raises(ValueError, match="own"):
        raptors.asarray(np.arange(3.0)).resize(4)
    with pytest.raises(TypeError):
        own.resize("a")
    with pytest.raises(ValueError, match="negative"):
        own.resize(-1)
    own.resize(9, refcheck=False)
    view[0] = 50
    assert own.tolist() == [0, 1, 2, 3, 4, 5, 0, 0, 0]  # views keep the memory that it had


def test_format():
    for value in (3, 0.1, np.float16(0.1), np.float32(0.1), 1.5 - 2j, np.complex64(0.1j), True, np.uint8(200)):
        for specification in ("", ".2f", "10", "d", "s", ">8", "x"):
            try:
                expected = format(np.asarray(value), specification)
            except ValueError:
                with pytest.raises(ValueError, match="format"):
                    format(raptors.asarray(value), specification)
            else:
                assert format(raptors.asarray(value), specification) == expected
    assert f"{raptors.ones(2)}" == f"{np.ones(2)}"
    for x in (raptors.ones(2), raptors.ones(1), np.ones(2)):
        for specification in (".2f", "s", "10"):
            with pytest.raises(TypeError, match=r"unsupported format string passed to [\w.]+\.__format__"):
                format(x, specification)


def test_every_float16_in_lists():
    every = np.arange(2**16, dtype="u2").view("f2").reshape(256, 256)
    for a in (every, every.T, every[::3, ::-2], every[0], every[:0], every[5:6, 7:8]):
        ours = raptors.asarray(a).tolist()
        assert repr(ours) == repr(a.tolist())
    assert type(ours[0][0]) is float


def test_new_and_annotations():
    buffer = bytearray(16)
    r = raptors.ndarray((2,), float, buffer)
    r[1] = 1.0
    assert buffer[8:] == np.float64(1).tobytes()
    assert raptors.ndarray(shape=(2, 3), dtype="i2", order="F").strides == (2, 4)
    with pytest.raises(TypeError, match="unsupported dtype"):
        raptors.ndarray(2, object)
    assert isinstance(raptors.ndarray[int, raptors.dtype], GenericAlias)
    assert isinstance(r, raptors.ndarray)
    assert not isinstance(r, np.ndarray)
