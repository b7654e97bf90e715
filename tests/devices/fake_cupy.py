"""A stand-in for CuPy over memory of the host, as lazy and as strict as it may be.

What computes is done at once, after all that its stream waits for; what copies is done
as `fake_cuda` says. An array of a device becomes one of the host by `get` alone. So a
missing event, a buffer that is used again too early, and a kernel of the host that is
given an array of a device all show.

While a stream is captured only what CuPy gives to a device as one kernel is taken, and
only if it writes into an array that it is given. CuPy refuses products there itself.
"""

from __future__ import annotations

import importlib
import json
import operator
import types
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tests.devices.fake_cuda import (
    THREAD_LOCAL,
    CUDARuntimeError,
    Device,
    Event,
    Graph,
    Memory,
    Stream,
    current,
    devices,
    host_view,
    pinned,
    using_allocator,
)

_listed = Path(__file__).parents[1] / "golden" / "cupy_names.json"
NAMES = set(json.loads(_listed.read_text())["names"])


class Pointer:
    def __init__(self, array):
        self.array = array
        self.ptr = array._view.ctypes.data
        self.device_id = array._memory.device

    def copy_from_device_async(self, source, nbytes):
        assert nbytes == self.array.nbytes == source.array.nbytes
        to, what = self.array._view, source.array._view
        current().add(lambda: to.__setitem__(..., what))


class ndarray:
    """An array of a device, seen through NumPy."""

    __array_priority__ = 100

    def __init__(self, view, memory):
        self._view, self._memory = view, memory

    data = property(Pointer)
    shape = property(lambda self: self._view.shape)
    size = property(lambda self: self._view.size)
    ndim = property(lambda self: self._view.ndim)
    dtype = property(lambda self: self._view.dtype)
    nbytes = property(lambda self: self._view.nbytes)
    itemsize = property(lambda self: self._view.itemsize)
    strides = property(lambda self: self._view.strides)
    flags = property(lambda self: self._view.flags)
    T = property(lambda self: self.transpose())
    device = property(lambda self: Device(self._memory.device))

    def get(self, stream=None, order="C", out=None, blocking=True):
        if out is None:
            out = np.empty(self.shape, self.dtype)
        assert (out.shape, out.dtype) == (self.shape, self.dtype)
        assert out.flags.c_contiguous
        there, here = self._view, host_view(out)
        if here is not None and not blocking:
            current().add(lambda: here.__setitem__(..., there))
        else:
            current().run()
            out[...] = there
        return out

    def set(self, array):
        assert isinstance(array, np.ndarray)
        assert (array.shape, array.dtype) == (self.shape, self.dtype)
        assert self.flags.c_contiguous
        here, there = host_view(array), self._view
        what = array.copy() if here is None else here
        current().add(lambda: there.__setitem__(..., what))

    def __array__(self, *_, **__):
        raise TypeError("Implicit conversion to a NumPy array is not allowed.")

    def __array_ufunc__(self, ufunc, method, *inputs, **named):
        assert method == "__call__"
        return compute(ufunc, *inputs, **named)

    def __array_function__(self, function, types, inputs, named):
        assert function.__name__ in NAMES, function
        return compute(function, *inputs, **named)

    def __getattr__(self, name):
        if name.startswith("_") or not hasattr(np.ndarray, name):
            raise AttributeError(name)
        call = view if name in VIEWS else compute
        return lambda *given, **named: call(
            lambda own, *rest, **more: getattr(own, name)(*rest, **more),
            *(self, *given),
            **named,
        )

    def __getitem__(self, key):
        call = view if is_basic(key) else compute
        return call(operator.getitem, self, plain(key))

    def __setitem__(self, key, value):
        if isinstance(value, np.ndarray) and value.shape:
            raise ValueError("non-scalar numpy.ndarray cannot be used for fill")
        compute(operator.setitem, self, plain(key), value)

    def __len__(self):
        return len(self._view)

    def __bool__(self):
        return bool(self.get())

    def __int__(self):
        return int(self.get())

    def __float__(self):
        return float(self.get())

    __index__ = __int__


def is_basic(key):
    """Return whether an index makes a view."""
    parts = key if isinstance(key, tuple) else (key,)
    return all(isinstance(p, BASIC) and not isinstance(p, bool) for p in parts)


def plain(key):
    """Return an index whose arrays may be of the host."""
    parts = key if isinstance(key, tuple) else (key,)
    made = tuple(
        array(part) if isinstance(part, np.ndarray) and part.shape else part
        for part in parts
    )
    return made if isinstance(key, tuple) else made[0]


def _operators():
    names = "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift"
    for name in names.split():
        function = getattr(operator, f"__{name}__")
        own = lambda self, other, f=function: compute(f, self, other)  # noqa: E731
        reverse = lambda self, other, f=function: compute(f, other, self)  # noqa: E731
        place = getattr(operator, f"__i{name}__")
        setattr(ndarray, f"__{name}__", own)
        setattr(ndarray, f"__r{name}__", reverse)
        setattr(
            ndarray,
            f"__i{name}__",
            lambda self, other, f=place: compute(f, self, other),
        )
    for name in ("lt", "le", "gt", "ge", "eq", "ne"):
        function = getattr(operator, f"__{name}__")
        setattr(
            ndarray,
            f"__{name}__",
            lambda self, other, f=function: compute(f, self, other),
        )
    for name in ("neg", "pos", "abs", "invert"):
        function = getattr(operator, f"__{name}__")
        setattr(ndarray, f"__{name}__", lambda self, f=function: compute(f, self))
    ndarray.__hash__ = None


_operators()


VIEWING = {"as_strided", "sliding_window_view", "broadcast_to", "expand_dims"}
VIEWS = {"reshape", "view", "transpose", "swapaxes", "squeeze", "ravel", "diagonal"}
BASIC = (int, np.integer, slice, type(None), type(Ellipsis))


def view(function, one, *given, **named):
    """Call what nothing has to be done for if the result shares the memory."""
    result = function(one._view, *given, **named)
    if np.may_share_memory(result, one._view):
        return ndarray(np.asarray(result), one._memory)
    if not result.size:
        return ndarray(result, one._memory)
    return compute(function, one, *given, **named)


def compute(function, *given, **named):
    """Call a function of NumPy on arrays of the current device."""
    assert devices(), f"{function}: no device was made current"
    if current().is_capturing():
        return captured(function, given, named)
    current().run()
    used = []

    def opened(value):
        if isinstance(value, ndarray):
            assert value._memory.device == devices()[-1], "of another device"
            used.append(value)
            return value._view
        if isinstance(value, np.ndarray) and value.shape:
            raise TypeError(f"Unsupported type {type(value)}")
        if isinstance(value, list | tuple):
            return type(value)(map(opened, value))
        return value

    with np.errstate(all="ignore"):
        result = function(
            *map(opened, given), **{key: opened(value) for key, value in named.items()}
        )
    return wrapped(result, used)


PRODUCTS = {"matmul", "dot", "vdot", "inner", "tensordot", "einsum"}
IN_PLACE = {"iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow"}


def captured(function, given, named):
    """Take one kernel into what is captured; what is no kernel there raises."""
    name = getattr(function, "__name__", "")
    if name in PRODUCTS:  # CuPy refuses this itself
        raise NotImplementedError("calling cuBLAS API during stream capture")
    target = written(function, name, given, named)
    arrays = [x for x in (*given, *named.values()) if isinstance(x, ndarray)]
    if target is None:
        empty(1)  # which is refused
    for one in arrays:
        assert one._memory.device == devices()[-1], "of another device"
        # CuPy copies what lies over the target, unless it is the very same array.
        if one is not target and may_share_memory(one, target):
            empty(one.shape, one.dtype)
    hosts = [x for x in (*given, *named.values()) if isinstance(x, np.ndarray)]
    assert not any(x.shape for x in hosts), "an array of the host"
    views = [x._view if isinstance(x, ndarray) else x for x in given]
    more = {k: x._view if isinstance(x, ndarray) else x for k, x in named.items()}

    def kernel():
        with np.errstate(all="ignore"):
            function(*views, **more)

    current().add(kernel)
    return target


def written(function, name, given, named):
    """Return which array a call of one kernel writes; None: it makes one."""
    if isinstance(function, np.ufunc):
        out = named.get("out", (*given[function.nin :], None)[0])
        return out[0] if isinstance(out, tuple) else out
    if name == "setitem" and not is_basic(given[1]):
        return None
    return given[0] if name in IN_PLACE | {"copyto", "setitem"} else None


def wrapped(result, used):
    if isinstance(result, tuple | list):
        made = [wrapped(each, used) for each in result]
        return type(result)(*made) if hasattr(result, "_fields") else type(result)(made)
    if isinstance(result, np.generic):
        result = np.asarray(result)
    if not isinstance(result, np.ndarray):
        return result
    for one in used:
        if one._view is result:
            return one
        if np.may_share_memory(one._view, result):
            return ndarray(result, one._memory)
    return array(result)


def array(value, dtype=None, **_):
    if isinstance(value, ndarray):
        return compute(np.array, value, dtype)
    value = np.array(value, dtype)
    made = empty(value.shape, value.dtype)
    made._view[...] = value
    return made


def empty(shape, dtype=float, order="C"):
    dtype = np.dtype(dtype)
    shape = (shape,) if isinstance(shape, int | np.integer) else tuple(shape)
    nbytes = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    memory = Memory(nbytes)
    return ndarray(memory.buffer[:nbytes].view(dtype).reshape(shape), memory)


def asarray(value, dtype=None, **_):
    if isinstance(value, ndarray) and dtype in (None, value.dtype):
        return value
    return array(value, dtype)


def empty_like(like, dtype=None, **_):
    return empty(like.shape, dtype or like.dtype)


def may_share_memory(one, other):
    if not isinstance(one, ndarray) or not isinstance(other, ndarray):
        return False
    return np.may_share_memory(one._view, other._view)


class _Namespace(types.ModuleType):
    """A module of NumPy, of which CuPy has some names."""

    def __init__(self, name, inner):
        super().__init__(name)
        self._inner = inner

    def __getattr__(self, name):
        if self.__name__ == "cupy" and name not in NAMES:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        found: Any = getattr(self._inner, name)
        if isinstance(found, types.ModuleType):
            return _Namespace(f"{self.__name__}.{name}", found)
        if isinstance(found, type) or not callable(found):
            return found
        made = partial(view if name in VIEWING else compute, found)
        if hasattr(found, "at"):
            made.at = lambda one, key, *given: compute(
                found.at, one, plain(key), *given
            )
        return made


def special():
    """Return what stands for cupyx.scipy.special, by the names of its parents."""
    inner = importlib.import_module("scipy.special")
    made = _Namespace("cupyx.scipy.special", inner)
    return {"cupyx": made, "cupyx.scipy": made, "cupyx.scipy.special": made}


def make(count=2):
    """Return the module, for a machine with so many devices."""
    made = _Namespace("cupy", np)
    mine = (array, empty, asarray, empty_like, may_share_memory, ndarray)
    for function in mine:
        setattr(made, function.__name__, function)
    made.ascontiguousarray = lambda a: a if a.flags.c_contiguous else a.copy()
    made.asnumpy = lambda a: a.get()
    runtime = types.SimpleNamespace(
        CUDARuntimeError=CUDARuntimeError,
        getDeviceCount=lambda: count,
        deviceCanAccessPeer=lambda one, other: True,
        deviceEnablePeerAccess=lambda other: None,
        streamCaptureModeThreadLocal=THREAD_LOCAL,
    )
    made.cuda = types.SimpleNamespace(
        runtime=runtime,
        Device=Device,
        Stream=Stream,
        Event=Event,
        Graph=Graph,
        using_allocator=using_allocator,
        PinnedMemoryPool=lambda: types.SimpleNamespace(malloc=pinned),
        get_current_stream=current,
    )
    return made
