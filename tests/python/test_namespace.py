# SPDX-License-Identifier: BSD-3-Clause
"""The namespace: every name that the array API and NumPy's users expect, and what is said about them."""

import inspect
import math
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import raptors

DTYPES = raptors._raptors.DTYPES

ARRAY_API = [
    "abs",
    "add",
    "all",
    "any",
    "arange",
    "argmax",
    "argmin",
    "asarray",
    "astype",
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "broadcast_arrays",
    "broadcast_to",
    "can_cast",
    "ceil",
    "clip",
    "concat",
    "copysign",
    "count_nonzero",
    "divide",
    "e",
    "empty",
    "empty_like",
    "equal",
    "expand_dims",
    "eye",
    "finfo",
    "floor",
    "floor_divide",
    "from_dlpack",
    "full",
    "full_like",
    "greater",
    "greater_equal",
    "iinfo",
    "inf",
    "isdtype",
    "isfinite",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "linspace",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "multiply",
    "nan",
    "negative",
    "newaxis",
    "nonzero",
    "not_equal",
    "ones",
    "ones_like",
    "permute_dims",
    "pi",
    "positive",
    "prod",
    "reciprocal",
    "remainder",
    "reshape",
    "result_type",
    "round",
    "sign",
    "signbit",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "subtract",
    "sum",
    "take",
    "trunc",
    "where",
    "zeros",
    "zeros_like",
    "__array_api_version__",
    "__array_namespace_info__",
]

NUMPY = [
    "absolute",
    "bitwise_not",
    "concatenate",
    "invert",
    "left_shift",
    "mod",
    "right_shift",
    "rint",
    "transpose",
    "true_divide",
]
OWN = [
    "Array",
    "accuracy",
    "explain",
    "get_accuracy",
    "get_num_threads",
    "info",
    "num_threads",
    "pool_info",
    "pool_trim",
    "set_accuracy",
    "set_num_threads",
    "__version__",
]

METHODS = [
    "__abs__",
    "__add__",
    "__and__",
    "__array_namespace__",
    "__bool__",
    "__complex__",
    "__dlpack__",
    "__dlpack_device__",
    "__eq__",
    "__float__",
    "__floordiv__",
    "__ge__",
    "__getitem__",
    "__gt__",
    "__iadd__",
    "__iand__",
    "__ifloordiv__",
    "__ilshift__",
    "__imatmul__",
    "__imod__",
    "__imul__",
    "__index__",
    "__int__",
    "__invert__",
    "__ior__",
    "__ipow__",
    "__irshift__",
    "__isub__",
    "__iter__",
    "__itruediv__",
    "__ixor__",
    "__le__",
    "__len__",
    "__lshift__",
    "__lt__",
    "__matmul__",
    "__mod__",
    "__mul__",
    "__ne__",
    "__neg__",
    "__or__",
    "__pos__",
    "__pow__",
    "__radd__",
    "__rand__",
    "__rfloordiv__",
    "__rlshift__",
    "__rmatmul__",
    "__rmod__",
    "__rmul__",
    "__ror__",
    "__rpow__",
    "__rrshift__",
    "__rshift__",
    "__rsub__",
    "__rtruediv__",
    "__rxor__",
    "__setitem__",
    "__sub__",
    "__truediv__",
    "__xor__",
    "to_device",
    "dtype",
    "device",
    "mT",
    "ndim",
    "shape",
    "size",
    "T",
    "__array__",
    "__array_function__",
    "__array_interface__",
    "__array_ufunc__",
    "__contains__",
    "__copy__",
    "__deepcopy__",
    "__format__",
    "__reduce__",
    "all",
    "any",
    "argmax",
    "argmin",
    "astype",
    "copy",
    "fill",
    "flatten",
    "imag",
    "item",
    "itemsize",
    "max",
    "mean",
    "min",
    "nbytes",
    "nonzero",
    "prod",
    "ravel",
    "readonly",
    "real",
    "reshape",
    "round",
    "squeeze",
    "strides",
    "sum",
    "take",
    "tolist",
    "transpose",
]


@pytest.mark.parametrize("name", [*ARRAY_API, *NUMPY, *OWN, *DTYPES])
def test_name_exists(name):
    value = getattr(raptors, name)
    assert name in raptors.__all__
    assert not callable(value) or value.__doc__


@pytest.mark.parametrize("name", METHODS)
def test_method_exists(name):
    assert hasattr(raptors.Array, name)


def test_all_is_sorted_out():
    assert len(set(raptors.__all__)) == len(raptors.__all__)
    assert all(hasattr(raptors, name) for name in raptors.__all__)


# What NumPy lacks, written with what it has.
NOT_NUMPYS = {
    "absolute_difference": lambda x, y: np.where(x > y, x - y, y - x),
    "cube": lambda x: x * x * x,
    "erf": np.vectorize(math.erf, otypes=[float]),
    "erfc": np.vectorize(math.erfc, otypes=[float]),
}


def numpys(name, numpy_name):
    return getattr(np, numpy_name) if numpy_name else NOT_NUMPYS[name]


def test_rint_is_a_ufunc_and_round_is_none():
    x = np.array([0.5, 1.5, -2.5])
    out = np.zeros(3)
    assert raptors.rint(x, where=[True, False, True], out=out) is out
    assert out.tolist() == [0, 0, -2]
    assert (raptors.rint.nin, raptors.rint.nout, raptors.rint.types) == (1, 1, np.rint.types)
    a = raptors.asarray(x)
    raptors.rint.at(a, [1])
    assert a.tolist() == [0.5, 2.0, -2.5]
    assert raptors.rint(raptors.asarray(x)).tolist() == raptors.round(x).tolist() == [0, 2, -2]
    assert raptors.rint.native is raptors.round.native
    assert not hasattr(raptors.round, "nin")
    assert raptors.round(1.25, 1) == 1.2
    assert pickle.loads(pickle.dumps(raptors.rint)) is raptors.rint
    for name in dir(np):
        if isinstance(getattr(np, name), np.ufunc):
            assert getattr(raptors, name).numpy is getattr(np, name)


@pytest.mark.parametrize(("name", "numpy_name", "inputs", "reduction"), raptors._raptors.OPERATIONS)
def test_operations(name, numpy_name, inputs, reduction):
    """A row of the table is a function with a signature and documentation, under both names; and it works."""
    function = getattr(raptors, name)
    if numpy_name:
        assert getattr(raptors, numpy_name).native is function.native
    assert (f"numpy.{numpy_name}" if numpy_name else "NumPy has no such operation") in function.__doc__
    parameters = list(inspect.signature(function).parameters)
    assert "out" in parameters
    x = np.array([[1, 2], [3, 4]])
    if reduction:
        assert parameters[:2] == ["x", "axis"]
        assert hasattr(raptors.Array, name)
        expected = getattr(np, numpy_name)(x, axis=0)
        for result in (function(x, axis=0), function(raptors.asarray(x), 0), getattr(raptors.asarray(x), name)(0)):
            np.testing.assert_array_equal(np.asarray(result), expected)
        np.testing.assert_array_equal(np.asarray(function(x)), getattr(np, numpy_name)(x))
    else:
        assert parameters[:-1] == (["x"] if inputs == 1 else ["x1", "x2"])
        expected = numpys(name, numpy_name)(*[x] * inputs)
        result = function(*[x] * inputs)
        out = raptors.empty(result.shape, result.dtype)
        assert function(*[x] * inputs, out=out) is out
        assert function(*[x] * inputs, out) is out
        assert function(*[x] * inputs, out=(out,)) is out
        np.testing.assert_allclose(np.asarray(out), expected, rtol=1e-15)


# ---- The array API ---------------------------------------------------------------------------------------------------


def test_constants():
    assert (raptors.pi, raptors.e, raptors.inf, raptors.newaxis) == (math.pi, math.e, math.inf, None)
    assert math.isnan(raptors.nan)
    assert raptors.__array_api_version__ == "2025.12"


@pytest.mark.parametrize("name", DTYPES)
def test_dtypes_are_numpys(name):
    dtype = np.dtype(name)
    assert getattr(raptors, name) is dtype.type
    assert getattr(raptors, name)(1) == 1
    assert raptors.zeros(2, dtype=getattr(raptors, name)).dtype is dtype
    for spelling in (name, dtype.type, dtype.str, dtype.newbyteorder("=")):
        assert raptors.zeros(2, dtype=spelling).dtype is dtype
    for python in (bool, int, float, complex):
        assert raptors.zeros(2, dtype=python).dtype == np.dtype(python)


def test_namespace_of_an_array():
    x = raptors.ones(2)
    for version in (None, "2021.12", "2022.12", "2023.12", "2024.12", "2025.12"):
        assert x.__array_namespace__(api_version=version) is raptors
    assert x.__array_namespace__() is raptors
    assert x.device == "cpu"
    assert x.to_device("cpu") is x


def test_namespace_info():
    info = raptors.__array_namespace_info__()
    assert info.capabilities() == {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}
    assert info.default_device() == "cpu"
    assert info.devices() == ("cpu",)
    assert info.default_dtypes(device="cpu") == {
        "real floating": np.float64, "complex floating": np.complex128, "integral": np.int64, "indexing": np.int64,
    }  # fmt: skip
    assert list(info.dtypes()) == [name for name in DTYPES if name != "float16"]
    assert list(info.dtypes(kind="real floating")) == ["float32", "float64"]
    assert list(info.dtypes(kind="unsigned integer")) == ["uint8", "uint16", "uint32", "uint64"]
    assert list(info.dtypes(kind=("bool", "complex floating"))) == ["bool", "complex64", "complex128"]
    for call in (info.dtypes, info.default_dtypes):
        with pytest.raises(ValueError, match="device"):
            call(device="gpu")
    with pytest.raises(ValueError, match="kind"):
        info.dtypes(kind="nonsense")


dtypes = st.sampled_from(DTYPES).map(np.dtype)


@given(st.lists(dtypes, min_size=1, max_size=4))
def test_result_type(chosen):
    arrays = [raptors.zeros(2, dtype) for dtype in chosen]
    assert raptors.result_type(*chosen) == np.result_type(*chosen)
    assert raptors.result_type(*arrays) == np.result_type(*chosen)
    assert raptors.result_type(arrays[0], *chosen, 1.0) == np.result_type(*chosen, 1.0)


@given(dtypes, dtypes)
def test_can_cast(one, other):
    assert raptors.can_cast(one, other) == np.can_cast(one, other)
    assert raptors.can_cast(raptors.zeros(2, one), other) == np.can_cast(one, other)
    assert raptors.can_cast(one, other, "same_kind") == np.can_cast(one, other, "same_kind")


@given(dtypes)
def test_isdtype_finfo_iinfo(dtype):
    for kind in (
        "bool",
        "signed integer",
        "unsigned integer",
        "integral",
        "real floating",
        "complex floating",
        "numeric",
    ):
        assert raptors.isdtype(dtype, kind) == np.isdtype(dtype, kind)
        assert raptors.isdtype(dtype, (kind, np.dtype("int8"))) == np.isdtype(dtype, (kind, np.dtype("int8")))
    assert raptors.isdtype(dtype, dtype)
    if dtype.kind in "iu":
        assert (raptors.iinfo(dtype).min, raptors.iinfo(dtype).max) == (np.iinfo(dtype).min, np.iinfo(dtype).max)
        assert raptors.iinfo(raptors.zeros(1, dtype)).bits == dtype.itemsize * 8
    elif dtype.kind in "fc":
        assert raptors.finfo(dtype).eps == np.finfo(dtype).eps
        assert raptors.finfo(raptors.zeros(1, dtype)).dtype == np.finfo(dtype).dtype
    else:
        with pytest.raises(ValueError, match="integer"):
            raptors.iinfo(dtype)
    for bad, error in (("nonsense", ValueError), (3, TypeError), (("bool", "nonsense"), ValueError)):
        with pytest.raises(error):
            raptors.isdtype(dtype, bad)


# ---- The machine, the package ----------------------------------------------------------------------------------------


def test_threads_and_pool():
    before = raptors.get_num_threads()
    assert before >= 1
    with raptors.num_threads(1) as nothing:
        assert nothing is None
        assert raptors.get_num_threads() == 1
        with raptors.num_threads(2):
            assert raptors.get_num_threads() == 2
        assert raptors.get_num_threads() == 1
    assert raptors.get_num_threads() == before
    raptors.set_num_threads(1)
    raptors.set_num_threads(0)
    counters = raptors.pool_info()
    assert set(counters) == {"held_bytes", "limit_bytes", "used_bytes", "hits", "misses"}
    big = raptors.zeros(1_000_000)
    assert raptors.pool_info()["used_bytes"] >= counters["used_bytes"] + big.nbytes
    del big
    raptors.pool_trim()
    assert raptors.pool_info()["held_bytes"] == 0
    raptors.set_num_threads(before)


def test_info():
    lines = raptors.info().splitlines()
    assert all(": " in line for line in lines)
    assert any(line.startswith("raptors: " + raptors.__version__) for line in lines)


def test_functions_pickle():
    assert pickle.loads(pickle.dumps(raptors.add)) is raptors.add


def stub_writer():
    return Path(raptors.__file__).with_name("_stubs.py")


def test_stubs_follow_the_table(tmp_path):
    tables = Path(__file__).parents[2] / "include" / "raptors"
    if not tables.is_dir() or not stub_writer().exists():
        pytest.skip("an installed package, without the tables")
    output = tmp_path / "_raptors.pyi"
    subprocess.run([sys.executable, stub_writer(), tables / "ops.def", output], check=True)
    text = output.read_text()
    compile(text, str(output), "exec")
    for name in raptors._raptors.__all__:
        assert f"def {name}(" in text or f"\n{name} = " in text or f" as {name}\n" in text or f"class {name}:" in text
    (tmp_path / "dtypes.def").write_text('RP_DTYPE(FLOAT32, float32, f32, float, REAL, "f")\n')
    (tmp_path / "ops.def").write_text(
        "RP_UNARY(SINH, sinh, sinh, SAME, REAL(sinh, x))\nRP_REDUCE(NORM, norm, nrm, WIDE)\n"
    )
    subprocess.run([sys.executable, stub_writer(), tmp_path / "ops.def", output], check=True)
    assert "def sinh(x: _ArrayLike, /" in output.read_text()
    assert "nrm = norm" in output.read_text()
