"""NDArray: what a user does with an array."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

import numpy as np

from dataflow import engine
from dataflow.arithmetic import Arithmetic, scalar_operator
from dataflow.context import Context, check_context
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.ndarray import indexing
from dataflow.ndarray.handle import DType, Handle
from dataflow.ndarray.imperative import invoke
from dataflow.ndarray.moves import copying, reading, writing
from dataflow.storage import allocate
from dataflow_ops.errors import ShapeError
from dataflow_ops.registry import find


class NDArray(Handle, Arithmetic):
    """An array on a device; made by `dataflow.nd.array` and its sisters.

    Its operations return at once and run on the engine. Whatever brings values to
    Python (`asnumpy`, `asscalar`, printing) waits for them, and raises there what
    failed on the way.
    """

    __slots__ = ()

    @property
    def stype(self) -> str:
        """Its storage type: always ``"default"``, which is dense."""
        return "default"

    # Waiting, and values for Python

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
            engine.push(copying(self, other))
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
        engine.push(copying(self, result))
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
        return invoke(find("transpose"), [self], {}, None, NDArray)[0]

    def __getitem__(self, key: Any) -> NDArray:
        """Return a part.

        Leading whole blocks and single elements (as arrays of shape (1,), as in MXNet)
        share memory; other parts are copies.
        """
        key = indexing.normalize(key, self.shape)
        offset = indexing.element_offset(key, self.shape)
        if offset is not None:
            element = self._raw.reshape(-1)[offset : offset + 1]
            return NDArray(element, self._context, self._var)
        if indexing.is_block(key):
            return NDArray(self._raw[key], self._context, self._var)
        shape = indexing.result_shape(self._raw, key)
        result = NDArray.empty(shape, self.raw_dtype, self._context)
        engine.push(reading(self, key, result))
        return result

    def __setitem__(self, key: Any, value: Any) -> None:
        key = indexing.normalize(key, self.shape)
        shape = indexing.result_shape(self._raw, key)
        reads: list[Handle] = []
        # What is left of the old value must be good, too.
        if not (indexing.is_block(key) and shape == self.shape):
            reads.append(self)
        if isinstance(value, NDArray):
            source: Any = value._raw
            reads.append(value)
        else:
            source = _copied(value, self.raw_dtype)  # the caller may change its own
        source = source.reshape(indexing.assignable(source.shape, shape))
        engine.push(writing(self, key, source, reads))

    def __iter__(self) -> Iterator[NDArray]:
        return (self[i] for i in range(len(self)))

    # Arithmetic

    def _binary(
        self, name: str, other: Any, *, reverse: bool = False, out: Self | None = None
    ) -> Self:
        targets = None if out is None else [out]
        kind = type(self)
        if isinstance(other, np.ndarray):
            other = from_numpy(other.astype(self.raw_dtype), self.context)
        if isinstance(other, kind):
            pair = [other, self] if reverse else [self, other]
            return invoke(find(f"broadcast_{name}"), pair, {}, targets, kind)[0]
        if isinstance(other, int | float | np.number | np.bool_):
            scalar = {"scalar": other if isinstance(other, int) else float(other)}
            operator = find(scalar_operator(name, reverse=reverse))
            return invoke(operator, [self], scalar, targets, kind)[0]
        return NotImplemented  # type: ignore[no-any-return]

    def __iadd__(self, other: Any) -> Self:
        return self._binary("plus", other, out=self)

    def __isub__(self, other: Any) -> Self:
        return self._binary("minus", other, out=self)

    def __imul__(self, other: Any) -> Self:
        return self._binary("mul", other, out=self)

    def __itruediv__(self, other: Any) -> Self:
        return self._binary("div", other, out=self)

    def __abs__(self) -> Self:
        return invoke(find("abs"), [self], {}, None, type(self))[0]


def _copied(value: Any, dtype: DType) -> np.ndarray:
    try:
        return np.array(value, dtype)
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(f"cannot assign {value!r}: {error}") from None


def from_numpy(value: np.ndarray, context: Context) -> NDArray:
    """Return an array with a copy of a NumPy value."""
    raw = allocate(value.shape, value.dtype, context)
    raw[...] = value
    return NDArray(raw, context)
