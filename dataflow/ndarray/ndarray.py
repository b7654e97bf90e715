"""NDArray: an asynchronous handle on a buffer and the Var that orders its use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from dataflow import engine
from dataflow.context import Context, check_context
from dataflow.errors import ArgumentError, ArgumentTypeError, ContextError
from dataflow.ndarray import indexing
from dataflow.ndarray.imperative import cost_of, invoke
from dataflow.storage import Array, allocate
from dataflow_engine import Var
from dataflow_ops.errors import ShapeError
from dataflow_ops.registry import find

DType = np.dtype[Any]


class NDArray:
    """An array on a device; made by `dataflow.nd.array` and its sisters.

    Its operations return at once and run on the engine. Whatever brings values to
    Python (`asnumpy`, `asscalar`, printing) waits for them, and raises there what
    failed on the way.
    """

    __slots__ = ("_context", "_raw", "_var")
    __array_priority__ = 1000.0  # NumPy arrays on the left leave operators to us

    def __init__(self, raw: Array, context: Context, var: Var | None = None) -> None:
        self._raw = raw
        self._context = context
        self._var = engine.get().new_variable() if var is None else var

    @classmethod
    def empty(cls, shape: tuple[int, ...], dtype: DType, context: Context) -> NDArray:
        """Return an uninitialised array."""
        return cls(allocate(shape, dtype, context), context)

    # What it is

    @property
    def raw(self) -> Array:
        """The array library's own array. Wait before touching its values."""
        return self._raw

    @property
    def var(self) -> Var:
        """The engine's variable; arrays that share memory share it."""
        return self._var

    @property
    def shape(self) -> tuple[int, ...]:
        """Its dimensions."""
        return self._raw.shape  # type: ignore[no-any-return]

    @property
    def size(self) -> int:
        """Count of its elements."""
        return self._raw.size  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        """Count of its dimensions."""
        return self._raw.ndim  # type: ignore[no-any-return]

    @property
    def dtype(self) -> type[np.generic]:
        """Its element type, as NumPy's scalar type."""
        return self._raw.dtype.type  # type: ignore[no-any-return]

    @property
    def raw_dtype(self) -> DType:
        """Its element type, as NumPy's dtype."""
        return self._raw.dtype  # type: ignore[no-any-return]

    @property
    def context(self) -> Context:
        """The device that holds it."""
        return self._context

    ctx = context

    @property
    def stype(self) -> str:
        """Its storage type: always ``"default"``, which is dense."""
        return "default"

    # Waiting, and values for Python

    def wait_to_read(self, timeout: float | None = None) -> None:
        """Wait until its value is there; raises what failed on the way.

        Parameters
        ----------
        timeout : float, optional
            Seconds after which WaitTimeoutError is raised.
        """
        engine.wait_for(self._var, timeout)

    def asnumpy(self) -> np.ndarray:
        """Return a NumPy copy of its value."""
        self.wait_to_read()
        return np.array(self._raw)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.asnumpy(), dtype)

    def asscalar(self) -> Any:
        """Return its only element; raises ArgumentError if it has more than one."""
        if self.size != 1:
            raise ArgumentError(
                f"only an array of one element is a scalar; this one is {self.shape}"
            )
        return self.asnumpy().reshape(-1)[0]

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ArgumentError(
                f"the truth of an array of shape {self.shape} is ambiguous; "
                "compare its asnumpy() with .any() or .all()"
            )
        return bool(self.asscalar())

    def __float__(self) -> float:
        return float(self.asscalar())

    def __int__(self) -> int:
        return int(self.asscalar())

    def __len__(self) -> int:
        if not self.shape:
            raise ArgumentTypeError("an array without dimensions has no length")
        return self.shape[0]

    def __repr__(self) -> str:
        size = "x".join(map(str, self.shape))
        return f"\n{self.asnumpy()}\n<NDArray {size} @{self._context}>"

    # Copies

    def copyto(self, other: NDArray | Context) -> NDArray:
        """Copy into an array of the same shape, or to a new one on a context."""
        if isinstance(other, Context):
            check_context(other, "the target")
            other = NDArray.empty(self.shape, self.raw_dtype, other)
        if not isinstance(other, NDArray):
            raise ArgumentTypeError(
                f"copyto takes an NDArray or a context, not {type(other).__name__}"
            )
        if other.shape != self.shape:
            raise ArgumentError(f"cannot copy {self.shape} to {other.shape}")
        if other is not self:
            push_copy(self, other)
        return other

    def copy(self) -> NDArray:
        """Return a copy on the same context."""
        return self.copyto(self._context)

    def as_in_context(self, context: Context) -> NDArray:
        """Return itself if it lies on `context`, else a copy there."""
        return self if context == self._context else self.copyto(context)

    def astype(self, dtype: Any, copy: bool = True) -> NDArray:
        """Return a copy with another element type (itself if equal and not `copy`)."""
        if not copy and np.dtype(dtype) == self.raw_dtype:
            return self
        result = NDArray.empty(self.shape, np.dtype(dtype), self._context)
        push_copy(self, result)
        return result

    # Shape and parts

    def reshape(self, *shape: Any) -> NDArray:
        """View it in another shape; 0, -1, -2, -3 and -4 mean what they do in MXNet.

        Raises
        ------
        ArgumentError
            The counts of elements differ.
        """
        wanted = (
            shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
        )
        operator = find("Reshape")
        attributes = operator.parse({"shape": tuple(wanted)})
        try:
            result = operator.shapes(attributes, [self.shape], [None])[1][0]
        except ShapeError as error:
            raise ArgumentError(f"cannot reshape {self.shape}: {error}") from None
        return NDArray(self._raw.reshape(result), self._context, self._var)

    @property
    def T(self) -> NDArray:
        """A copy with all axes in reverse order."""
        return invoke(find("transpose"), [self], {})[0]

    def __getitem__(self, key: Any) -> NDArray:
        """Return a part; leading whole blocks share memory, other parts are copies."""
        key = indexing.normalize(key, self.shape)
        if indexing.is_block(key):
            return NDArray(self._raw[key], self._context, self._var)
        shape = indexing.result_shape(self._raw, key)
        result = NDArray.empty(shape, self.raw_dtype, self._context)
        self._push(partial(indexing.read, result._raw, self._raw, key), result)
        return result

    def __setitem__(self, key: Any, value: Any) -> None:
        key = indexing.normalize(key, self.shape)
        shape = indexing.result_shape(self._raw, key)
        if isinstance(value, NDArray):
            indexing.check_assignable(value.shape, shape)
            source: Any = value._raw
            reads = [value]
        else:
            source = np.array(value, self.raw_dtype)  # the caller may change its own
            indexing.check_assignable(source.shape, shape)
            reads = []
        write = partial(indexing.write, self._raw, key, source)
        push_function(write, reads, [self], self._context, "_set_item")

    def __iter__(self) -> Iterator[NDArray]:
        return (self[i] for i in range(len(self)))

    def _push(self, function: partial[None], target: NDArray) -> None:
        push_function(function, [self], [target], self._context, "_get_item")

    # Arithmetic: see _binary for the operators chosen

    def __add__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_add", "_plus_scalar")

    __radd__ = __add__

    def __iadd__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_add", "_plus_scalar", self)

    def __sub__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_sub", "_minus_scalar")

    def __rsub__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_sub", "_rminus_scalar", reverse=True)

    def __isub__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_sub", "_minus_scalar", self)

    def __mul__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_mul", "_mul_scalar")

    __rmul__ = __mul__

    def __imul__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_mul", "_mul_scalar", self)

    def __truediv__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_div", "_div_scalar")

    def __rtruediv__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_div", "_rdiv_scalar", reverse=True)

    def __itruediv__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_div", "_div_scalar", self)

    def __mod__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_mod", "_mod_scalar")

    def __rmod__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_mod", "_rmod_scalar", reverse=True)

    def __pow__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_power", "_power_scalar")

    def __rpow__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_power", "_rpower_scalar", reverse=True)

    def __neg__(self) -> NDArray:
        return invoke(find("_mul_scalar"), [self], {"scalar": -1.0})[0]

    def __abs__(self) -> NDArray:
        return invoke(find("abs"), [self], {})[0]

    def __eq__(self, other: object) -> Any:
        return _binary(self, other, "broadcast_equal", "_equal_scalar")

    def __ne__(self, other: object) -> Any:
        return _binary(self, other, "broadcast_not_equal", "_not_equal_scalar")

    def __lt__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_lesser", "_lesser_scalar")

    def __le__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_lesser_equal", "_lesser_equal_scalar")

    def __gt__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_greater", "_greater_scalar")

    def __ge__(self, other: Any) -> NDArray:
        return _binary(self, other, "broadcast_greater_equal", "_greater_equal_scalar")

    __hash__ = object.__hash__  # elementwise == leaves identity for sets and keys


def _binary(
    left: NDArray,
    right: Any,
    array_operator: str,
    scalar_operator: str,
    out: NDArray | None = None,
    *,
    reverse: bool = False,
) -> NDArray:
    targets = None if out is None else [out]
    if isinstance(right, NDArray | np.ndarray):
        if isinstance(right, np.ndarray):
            right = from_numpy(right.astype(left.raw_dtype), left.context)
        pair = [right, left] if reverse else [left, right]
        return invoke(find(array_operator), pair, {}, targets)[0]
    if isinstance(right, int | float | np.number | np.bool_):
        scalar = {"scalar": right if isinstance(right, int) else float(right)}
        return invoke(find(scalar_operator), [left], scalar, targets)[0]
    return NotImplemented  # type: ignore[no-any-return]


def from_numpy(value: np.ndarray, context: Context) -> NDArray:
    """Return an array with a copy of a NumPy value."""
    raw = allocate(value.shape, value.dtype, context)
    raw[...] = value
    return NDArray(raw, context)


def push_copy(source: NDArray, target: NDArray) -> None:
    """Copy between arrays of one shape, casting if need be, on the target's lane."""
    copy = partial(indexing.write, target.raw, ..., source.raw)
    push_function(copy, [source], [target], target.context, "_copyto")


def push_function(
    function: partial[None],
    reads: Sequence[NDArray],
    writes: Sequence[NDArray],
    context: Context,
    name: str,
) -> None:
    """Push a function over raw arrays that it reads and writes."""
    if context.device_type == "gpu":
        raise ContextError(f"{context} is not available")
    engine.get().push(
        function,
        [x.var for x in reads],
        [x.var for x in writes],
        lane=context.lane,
        cost=cost_of(name, sum(x.raw.nbytes for x in writes)),
        name=name,
    )
