# SPDX-License-Identifier: BSD-3-Clause
"""Code of others that runs in the midst of a call: the end of an owner, __index__, __array_struct__, a deleter. Whatever it
does, memory stays whole, and what was read once holds."""

import gc
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import raptors


def survives(code):
    """A child with CPython's checking allocator and glibc's runs the code to its end."""
    environment = {**os.environ, "PYTHONMALLOC": "debug", "MALLOC_CHECK_": "3", "MALLOC_PERTURB_": "165"}
    code = "import ctypes, gc, sys\nimport numpy as np\nimport raptors\n" + textwrap.dedent(code)
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert (child.returncode, child.stderr) == (0, "")


# ---- The end of an owner ---------------------------------------------------------------------------------------------

OWNERS = {
    "interface": """
        class Owner:
            def __init__(self, following):
                self.memory, self.following = (ctypes.c_double * 4)(), following
                self.__array_interface__ = {"shape": (4,), "typestr": "<f8", "version": 3,
                                            "data": (ctypes.addressof(self.memory), False)}
    """,
    "struct": """
        class Owner:
            def __init__(self, following):
                self.array, self.following = np.zeros(4), following
                self.__array_struct__ = self.array.__array_struct__
    """,
    "ndarray": """
        class Owner(np.ndarray):
            def __new__(cls, following):
                self = np.zeros(4).view(cls)
                self.following = following
                return self
    """,
}


@pytest.mark.parametrize(("owner", "make"), [*((one, "asarray") for one in OWNERS), ("ndarray", "from_dlpack")])
@pytest.mark.parametrize("view", ["[1:]", "[1:][::2]", ".reshape(2, 2)[1]"])
def test_an_owner_may_end_others(owner, make, view):
    """A chain: the end of one view is the end of its memory's owner, which holds the next. Longer than any list of spares."""
    survives(
        textwrap.dedent(OWNERS[owner])
        + textwrap.dedent(f"""
        for length in (1, 32, 33, 100):
            for _ in range(3):
                last = None
                for _ in range(length):
                    last = raptors.{make}(Owner(last)){view}
                del last
                gc.collect()
                kept = [raptors.arange(8.0)[1:] for _ in range(200)]
                assert sum(float(one.sum()) for one in kept) == 200 * 28
                del kept
        """)
    )


def test_an_owners_end_may_make_and_end_arrays():
    survives("""
        class Owner:
            def __init__(self):
                self.memory = np.zeros(4)
                self.__array_interface__ = self.memory.__array_interface__
            def __del__(self):
                kept.append(raptors.arange(5.0)[2:])
                del kept[:-40]
                [raptors.arange(9.0)[i:] for i in range(9)]
        kept = []
        for _ in range(300):
            view = raptors.asarray(Owner())[1:]
            del view
        assert [one.tolist() for one in kept] == [[2.0, 3.0, 4.0]] * len(kept)
        del Owner.__del__
    """)


ended = []


class Failing(bytearray):
    """Memory whose end is a failing call of its own."""

    def __del__(self):
        with pytest.raises(ValueError, match="squeezed"):
            raptors.squeeze(raptors.ones(7), 0)
        ended.append(True)


class Lending:
    """New memory for each who asks, which nobody but the asker holds."""

    @property
    def __array_interface__(self):
        return {"shape": (3,), "typestr": "|i1", "version": 3, "data": Failing(b"\7\7\7")}


def test_the_message_is_the_calls_own():
    x = raptors.ones((2, 2))
    for call, message in ((lambda: raptors.add(x, Lending()), "broadcast"),
                          (lambda: raptors.take(x, Lending(), axis=1), "out of bounds"),
                          (lambda: raptors.concat([x, Lending()]), "join"),
                          (lambda: raptors.stack([x, Lending()]), "same shape"),
                          (lambda: raptors.where(x, x, Lending()), "broadcast"),
                          (lambda: x.__setitem__(0, Lending()), "broadcast"),
                          (lambda: x.__getitem__(Lending()), "out of bounds"),
                          (lambda: raptors._raptors.arange(Lending()), "a number"),
                          (lambda: raptors.sum(Lending(), axis=4), "axis 4"),
                          (lambda: raptors.reshape(Lending(), 5), "reshape")):  # fmt: skip
        ended.clear()
        with pytest.raises((ValueError, TypeError, IndexError), match=message):
            call()
        gc.collect()
        assert ended


# ---- Descriptions that change while they are read ---------------------------------------------------------------------


def test_an_interface_that_is_taken_away_while_it_is_read():
    survives("""
        memory, kept = np.arange(64.0), []
        class Number:
            def __init__(self, value, key):
                self.value, self.key = value, key
            def take(self):
                described[self.key] = None
                described.clear()
                gc.collect()
                kept.extend((i, object, object) for i in range(500))
                kept.extend(str(i) * 3 for i in range(500))
                return self.value
            __index__ = __bool__ = take
        class Host:
            pass
        def tuple_of(*numbers):
            return tuple(int(str(one)) if type(one) is int else one for one in numbers)
        address = memory.ctypes.data
        for changes, shape in (
            ({"shape": lambda: tuple_of(Number(2, "shape"), 1111, 2222)}, (2, 1111, 2222)),
            ({"strides": lambda: tuple_of(Number(1000, "strides"), 8)}, None),
            ({"data": lambda: tuple_of(address, Number(False, "data"))}, (3, 4)),
            ({"data": lambda: bytearray(800), "offset": lambda: Number(8, "data")}, (3, 4)),
        ):
            for _ in range(20):
                described = {"typestr": "<f8", "shape": (3, 4), "version": 3, "data": (address, False)}
                described |= {key: make() for key, make in changes.items()}
                host = Host()
                host.__array_interface__ = described
                try:
                    result = raptors.asarray(host)
                except (ValueError, BufferError, TypeError):
                    pass  # what is gone by the time that it is asked for is missing
                else:
                    assert shape is None or result.shape == shape
                kept.clear()
    """)


def test_a_buffer_is_held_itself():
    """Not another one of the same exporter, whose memory may be elsewhere."""
    source = bytearray(b"\1\2\3\4")

    class Host:
        def __init__(self):
            self.__array_interface__ = {"shape": (4,), "typestr": "|u1", "version": 3, "data": memoryview(source)[::1]}

    x = raptors.asarray(Host())
    with pytest.raises(BufferError):
        source.extend(b"more")
    x[0] = 9
    assert (source[0], x.tolist()) == (9, [9, 2, 3, 4])
    del x
    gc.collect()
    source.extend(b"more")


def test_a_subclass_is_its_own_memory():
    """As numpy.asarray has it, which never asks a subclass."""

    class Borrowing(np.ndarray):
        @property
        def __array_struct__(self):
            return np.arange(100_000.0).__array_struct__

        @property
        def __array_interface__(self):
            return np.arange(100_000.0).__array_interface__

    class Number(np.float64):
        @property
        def __array_struct__(self):
            return np.arange(100_000.0).__array_struct__

    own = np.array([1.0, 2.0, 3.0]).view(Borrowing)
    x = raptors.asarray(own)
    assert x.tolist() == [1.0, 2.0, 3.0]
    assert np.shares_memory(np.asarray(x), own.view(np.ndarray))
    assert raptors.add(x, 1, out=own) is own
    assert own.view(np.ndarray).tolist() == [2.0, 3.0, 4.0]
    assert raptors.asarray(Number(2.5)).item() == 2.5


def test_object_and_capsule_are_both_held():
    """Either may be what keeps the memory alive."""
    survives("""
        class ByCapsule:
            @property
            def __array_struct__(self):
                return np.arange(100_000.0).__array_struct__
        class ByObject:
            def __init__(self):
                self.array = np.arange(100_000.0)
                self.__array_struct__ = self.array.__array_struct__
            def __del__(self):
                self.array[:] = -1
        for kind in (ByCapsule, ByObject):
            x = raptors.asarray(kind())
            gc.collect()
            rest = [np.full(100_000, 7.0) for _ in range(5)]
            assert float(x.sum()) == 4999950000.0, kind
    """)


def test_a_list_of_axes_without_a_length():
    class Broken(list):
        def __len__(self):
            raise RuntimeError("no length")

    with pytest.raises(RuntimeError, match="no length"):
        raptors.permute_dims(raptors.ones((2, 3)), Broken([1, 0]))


def test_slices_are_read_once():
    class Counting:
        def __init__(self, value):
            self.value, self.reads = value, 0

        def __index__(self):
            self.reads += 1
            return self.value

    class Failing:
        def __index__(self):
            raise RuntimeError("not now")

    for x in (raptors.arange(9), raptors.arange(9).reshape(3, 3)):
        for step in (1, 2, -1):
            start = Counting(1)
            assert x[start : 3 : Counting(step)].tolist() == np.asarray(x)[1:3:step].tolist()
            assert start.reads == 1
        with pytest.raises(RuntimeError, match="not now"):
            x[Failing() :]


def test_a_deleter_leaves_the_exception_alone():
    """A tensor whose deleter is Python's, and the last reference to which goes while an exception is on its way."""
    survives("""
        Deleter = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
        deleted = []
        def delete(tensor):
            try:
                raise KeyError("of the deleter's own")
            except KeyError:
                deleted.append(tensor)
        class Tensor(ctypes.Structure):
            _fields_ = [("data", ctypes.c_void_p), ("device", ctypes.c_int32 * 2), ("ndim", ctypes.c_int32),
                        ("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16),
                        ("shape", ctypes.c_void_p), ("strides", ctypes.c_void_p), ("offset", ctypes.c_uint64),
                        ("context", ctypes.c_void_p), ("deleter", ctypes.c_void_p)]
        new = ctypes.pythonapi.PyCapsule_New
        new.restype, new.argtypes = ctypes.py_object, [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        class Exporter:
            def __init__(self):
                self.memory, self.function = np.zeros(3), Deleter(delete)
                self.shape = (ctypes.c_int64 * 1)(3)
                self.tensor = Tensor(self.memory.ctypes.data, (1, 0), 1, 2, 64, 1, ctypes.addressof(self.shape), None, 0, None,
                                     ctypes.cast(self.function, ctypes.c_void_p))
                self.capsule = new(ctypes.addressof(self.tensor), b"dltensor", None)
            def __dlpack_device__(self):
                return (1, 0)
            def __dlpack__(self, **options):
                return self.capsule
        exporters = [Exporter() for _ in range(3)]
        for exporter in exporters:
            try:
                raptors.add(exporter, raptors.ones((2, 7)))
            except ValueError as error:
                assert "broadcast" in str(error)
            else:
                raise AssertionError
        assert len(deleted) == 3
    """)
