# SPDX-License-Identifier: BSD-3-Clause
"""Code of others that runs in the midst of a patched call, on the same thread or on others. Whatever it does, memory stays
whole, and nothing but the one that asked for the patches feels them being put in place."""

import contextlib
import ctypes
import os
import threading

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided

import raptors
from numpy_calls import checked, needs_a_tested_pair, taken
from raptors import _checking, _self_test
from test_foreign_code import survives

pytestmark = needs_a_tested_pair

FUNCTIONS = "where concatenate sum prod mean max min any all argmax argmin var std add sqrt maximum".split()


@pytest.fixture(autouse=True)
def _unpatched():
    raptors.unpatch_numpy()
    yield
    raptors.unpatch_numpy()


# ---- On the same thread


@pytest.mark.parametrize("name", FUNCTIONS)
def test_c_code_may_call_without_arguments(name):
    """It gives no place to read arguments from then. An iterator of calls does so."""
    function = getattr(np, name)
    with pytest.raises(TypeError) as expected:
        next(iter(function, None))
    assert raptors.patch_numpy()
    with pytest.raises(TypeError) as found:
        next(iter(function, None))
    assert str(found.value) == str(expected.value)


def test_numpy_may_run_code_when_it_is_asked_for_a_loop():
    """Which gives an operand another type."""
    if not hasattr(np.copysign, "__dict__"):
        pytest.skip("ufuncs of this NumPy take no attributes, by which a test could run code there")
    survives(
        f"""
        import warnings
        sys.path.insert(0, {os.path.dirname(__file__)!r})
        from test_patch_guarded import guarded
        warnings.simplefilter("ignore", DeprecationWarning)  # NumPy 2.5's, of a dtype that is set

        def resolve(dtypes):
            asked.append(x.dtype)
            x.dtype = np.float32
            return (np.dtype(np.float64),) * 3

        asked, x = [], guarded(np.arange(1024.0), True)
        assert raptors.patch_numpy()
        np.copysign.resolve_dtypes = resolve
        assert np.copysign(x, np.uint16(1)).size == 2048
        assert asked == [np.float64]
    """
    )


def test_numpy_may_run_code_when_it_is_asked_for_its_buffer():
    """Which gives an operand other memory."""
    survives("""
        def length():
            x.resize(8, refcheck=False)
            return 8192

        x = np.arange(3_000_000)
        assert raptors.patch_numpy(memory=False)
        np.getbufsize = length
        assert x.mean() == 3.5
    """)


# ---- On other threads


def meanwhile(work, change):
    """Does `work` a hundred times while another thread does `change` over and over."""
    done = threading.Event()

    def others():
        while not done.is_set():
            change()

    thread = threading.Thread(target=others)
    thread.start()
    try:
        for _ in range(100):
            work()
    finally:
        done.set()
        thread.join()


def test_a_list_may_change_while_its_arrays_are_joined():
    lengths = (200_000, 300_000)
    arrays = [np.ones(lengths[0]), np.ones(lengths[1]), np.ones(lengths[0])]

    def change():
        arrays.insert(0, np.ones(lengths[1]))
        arrays.insert(0, np.ones(lengths[0], np.int8)[::-1])
        del arrays[:2]

    def work():
        assert set(np.unique(np.concatenate(arrays))) <= {1}

    assert raptors.patch_numpy()
    meanwhile(work, change)


def test_indices_may_change_while_they_are_followed():
    """A copy writes them, for which NumPy lets other threads run: in turn one that is outside, and one that is not."""
    x, index = np.arange(5), np.zeros(1, np.int64)
    often, values = as_strided(index, (4_000_000,), (0,)), np.tile([2**40, 1], 2_000_000)
    assert raptors.patch_numpy()

    def work():
        for _ in range(1000):
            with contextlib.suppress(IndexError):
                assert x[index].tolist() == [1]

    index[0] = 1
    meanwhile(work, lambda: np.copyto(often, values))


def test_an_array_may_get_another_shape_meanwhile():
    x = np.arange(600_000).reshape(600, 1000)
    shapes = [(600_000, 1), (1000, 600), (600, 1000), (2, 3, 5, 2, 10_000)]
    turn = iter(range(10**9))
    assert raptors.patch_numpy()

    def work():
        assert x.argmax(0).max() < 600_000
        assert int(x.sum(-1).sum()) == 600_000 * 599_999 // 2
        assert x.max(1).max() == 599_999

    meanwhile(work, lambda: setattr(x, "shape", shapes[next(turn) % 4]))


# ---- While the patches are put in place


def test_the_self_test_is_of_one_thread_alone(monkeypatch):
    """A call that is made three times on another would read what a third writes, or write three times."""
    checked_in, results = set(), []
    check = _checking.check

    def written_down(*call):
        checked_in.add(threading.get_ident())
        return check(*call)

    def test():
        np.add(1.0, np.ones(3))
        thread = threading.Thread(target=lambda: results.append(np.add(np.arange(3), 1).tolist()))
        thread.start()
        thread.join()

    monkeypatch.setattr(_checking, "check", written_down)
    monkeypatch.setattr(_self_test, "run", test)
    assert raptors.patch_numpy()
    assert results == [[1, 2, 3]]
    assert checked_in == {threading.get_ident()}


@pytest.mark.filterwarnings("ignore:.where. used without .out.:UserWarning")
def test_elements_that_no_one_sets_are_not_compared():
    """Those that where= leaves out are what was in memory before."""
    x = np.ones(1000)
    with checked():
        for _ in range(20):
            dirty = [np.full(1000, float(value)) for value in range(8)]
            del dirty
            assert np.add(x, x, where=x > 0).tolist() == [2.0] * 1000
            np.add(x, x, where=x < 0)
            np.add(x, x, where=x < 0, out=None)
            assert np.add(x, x, where=x < 0, out=np.zeros(1000)).any() == np.False_


def test_an_interrupted_self_test_leaves_numpy_as_it_was(monkeypatch):
    def test():
        raise KeyboardInterrupt

    monkeypatch.setattr(_self_test, "run", test)
    with pytest.raises(KeyboardInterrupt):
        raptors.patch_numpy()
    before = taken()
    assert np.add(np.arange(3), 1).tolist() == [1, 2, 3]
    assert taken() == before
    monkeypatch.undo()
    assert raptors.patch_numpy()
    before = taken()
    assert np.add(np.arange(3), 1).tolist() == [1, 2, 3]
    assert taken() > before


# ---- Somebody else's pointers

VECTORCALL = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)


def words(ufunc):
    return (ctypes.c_size_t * 24).from_address(id(ufunc))


@pytest.fixture
def place():
    """Which word of a ufunc holds the pointer that is hooked."""
    raptors.unpatch_numpy()
    plain = list(words(np.add))
    assert raptors.patch_numpy()
    (place,) = [i for i, word in enumerate(words(np.add)) if word != plain[i]]
    yield place
    raptors.unpatch_numpy()
    words(np.add)[place] = plain[place]


def test_a_ufunc_that_was_given_a_copy_of_the_pointer(place):
    mine = np.frompyfunc(lambda x: x + 1, 1, 1)
    own = words(mine)[place]
    words(mine)[place] = words(np.add)[place]
    try:
        assert mine(3) == 4
        assert mine(np.array([1, 2], object)).tolist() == [2, 3]
    finally:
        words(mine)[place] = own


def test_another_hook_over_ours_outlives_it(place):
    ours, told = VECTORCALL(words(np.add)[place]), []

    @VECTORCALL
    def theirs(ufunc, arguments, count, names):
        told.append(count)
        return ours(ufunc, arguments, count, names)

    words(np.add)[place] = ctypes.cast(theirs, ctypes.c_void_p).value
    try:
        for patch in (raptors.patch_numpy, raptors.unpatch_numpy, raptors.patch_numpy, raptors.unpatch_numpy):
            patch()
            before = taken()
            assert np.add(np.ones(3), 1.0).tolist() == [2, 2, 2]
            assert taken() - before == (patch is raptors.patch_numpy)
        assert told
    finally:
        words(np.add)[place] = words(np.subtract)[place]
    assert raptors.patch_numpy()
    assert words(np.add)[place] == words(np.subtract)[place]
