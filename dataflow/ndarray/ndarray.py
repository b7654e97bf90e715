"""NDArray: what a user does with an array."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from dataflow import engine, recording
from dataflow.arithmetic import Arithmetic, scalar_operator
from dataflow.context import Context, check_context, cpu, cpu_pinned, num_gpus
from dataflow.errors import ArgumentError, ArgumentTypeError, ContextError
from dataflow.ndarray import differentiation, indexing, tape
from dataflow.ndarray.display import array_html
from dataflow.ndarray.handle import DType, Handle
from dataflow.ndarray.imperative import invoke
from dataflow.ndarray.moves import copy, reading, writing
from dataflow.ndarray.sharing import note_shared
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

    if TYPE_CHECKING:  # operators that are methods too; see `dataflow.methods`

        def __getattr__(self, name: str) -> Any: ...

    @property
    def stype(self) -> str:
        """Its storage type: always ``"default"``, which is dense."""
        return "default"

    def tostype(self, stype: str) -> NDArray:
        """Return itself for ``"default"``; there is no other storage type here."""
        if stype != "default":
            raise ArgumentError(f"there is no storage type {stype!r}, only 'default'")
        return self

    @property
    def writable(self) -> bool:
        """Whether it can be written to: always."""
        return True

    # Waiting, and values for Python

    def asnumpy(self) -> np.ndarray:
        """Return a NumPy copy of its value."""
        here = self._on_host()
        here._block()
        return np.array(here._raw)

    def _on_host(self) -> NDArray:
        """Return itself, or what its value is copied to if a device holds it."""
        if not self._context.is_device:
            return self
        here = NDArray.empty(self.shape, self.raw_dtype, cpu_pinned())
        copy(self, here)
        return here

    def __reduce__(self) -> tuple[Any, ...]:
        place = (self._context.device_type, self._context.device_id)
        return _restored, (self.asnumpy(), *place)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.asnumpy(), dtype)

    def __dlpack__(self, **kwargs: Any) -> Any:
        """Export it by the DLPack protocol, once its value is there; no copy.

        Raises
        ------
        ContextError
            It lies on a simulated device, whose memory nobody else may touch.
        """
        if self._context.device_type == "sim":
            raise ContextError(
                f"the memory of {self._context} cannot be shared; copy the array by "
                "as_in_context(mx.cpu()) first"
            )
        note_shared(self.var)
        self._block()
        return self._raw.__dlpack__(**kwargs)

    def __dlpack_device__(self) -> tuple[int, int]:
        device: tuple[int, int] = self._raw.__dlpack_device__()
        return device

    def to_dlpack_for_read(self) -> Any:
        """Return a DLPack capsule over its memory, once its value is there."""
        return self.__dlpack__()

    to_dlpack_for_write = to_dlpack_for_read

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

    def _repr_html_(self) -> str:
        return array_html(self, self.asnumpy())

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
            self._copy_onto(other, "_CrossDeviceCopy", {})
        return other

    def _copy_onto(self, target: NDArray, operator: str, given: dict[str, Any]) -> None:
        """Copy, and record it as a call of `operator`."""
        traced = recording.is_recording() and self._source is not None
        if recording.is_recording():
            tape.check_overwriting(operator, [target])
        copy(self, target)
        if traced:
            declared = find(operator)
            tape.record(declared, declared.parse(given), [self], [target], {})

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
        self._copy_onto(result, "Cast", {"dtype": np.dtype(dtype)})
        return result

    # Shape and parts

    def reshape(self, *args: Any, shape: Any = None, reverse: bool = False) -> NDArray:
        """View it in another shape; 0, -1, -2, -3 and -4 mean what they do in MXNet.

        Parameters
        ----------
        *args : int, or one sequence of int
            The shape.
        shape : int or sequence of int, optional
            The shape, by keyword.
        reverse : bool
            Match 0 and -1 to dimensions from the right.

        Raises
        ------
        ArgumentError
            The counts of elements differ.
        """
        if (shape is None) == (not args):
            raise ArgumentTypeError("reshape takes one shape, by position or keyword")
        if shape is None:
            shape = args[0] if len(args) == 1 else args
        wanted = (shape,) if isinstance(shape, int | np.integer) else tuple(shape)
        operator = find("Reshape")
        attributes = operator.parse({"shape": wanted, "reverse": reverse})
        try:
            result = operator.shapes(attributes, [self.shape], [None])[1][0]
        except ShapeError as error:
            raise ArgumentError(f"cannot reshape {self.shape}: {error}") from None
        view = NDArray(self._raw.reshape(result), self._context, self._var)
        if self._source is not None and recording.is_recording():
            tape.record(operator, attributes, [self], [view], {})
        return view

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
        if self._source is not None and recording.is_recording():
            return invoke(find("_get_item"), [self], {"key": key}, None, NDArray)[0]
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
        if recording.is_recording():
            tape.check_overwriting("_set_item", [self])
            if tape.is_traced([value] if isinstance(value, NDArray) else ()):
                return self._set_recorded(key, value)
        shape = indexing.result_shape(self._raw, key)
        reads: list[Handle] = []
        # What is left of the old value must be good, too.
        if not (indexing.is_block(key) and shape == self.shape):
            reads.append(self)
        if not isinstance(value, NDArray):
            source: Any = _copied(value, self.raw_dtype)  # who gave it may change it
            if self._context.is_device and source.size != 1:
                value = from_numpy(source, self._context)
        if isinstance(value, NDArray):
            if self._context.is_device or value._context.is_device:
                value = value.as_in_context(self._context)
            source = value._raw
            reads.append(value)
        source = source.reshape(indexing.assignable(source.shape, shape))
        engine.push(writing(self, key, source, reads))

    def _set_recorded(self, key: Any, value: NDArray) -> None:
        operator = find("_set_item")
        invoke(operator, [self, value], {"key": key}, [self], NDArray)

    def __iter__(self) -> Iterator[NDArray]:
        return (self[i] for i in range(len(self)))

    # Gradients

    @property
    def grad(self) -> NDArray | None:
        """Where backward passes put the gradient by it; None if it is not marked."""
        mark = self._source.record.mark if self._source is not None else None
        return None if mark is None else mark.gradient  # type: ignore[return-value]

    def attach_grad(self, grad_req: str = "write", stype: str | None = None) -> None:
        """Mark it: backward passes compute the gradient by it, into `grad`.

        Parameters
        ----------
        grad_req : str
            ``"write"``, ``"add"`` or ``"null"``.
        stype : str, optional
            Storage type of the gradient; only ``"default"`` exists.
        """
        if stype not in (None, "default"):
            raise ArgumentError(f"there is no storage type {stype!r} here")
        gradient = NDArray.empty(self.shape, self.raw_dtype, self._context)
        gradient[...] = 0
        tape.mark(self, gradient, grad_req)

    def backward(
        self,
        out_grad: NDArray | None = None,
        retain_graph: bool = False,
        train_mode: bool = True,
    ) -> None:
        """Compute the gradients of it by all marked arrays that lead to it.

        Parameters
        ----------
        out_grad : NDArray, optional
            The gradient of it; ones by default.
        retain_graph, train_mode
            As in `dataflow.autograd.backward`.
        """
        differentiation.backward(
            [self], [out_grad], retain_graph=retain_graph, train_mode=train_mode
        )

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

    def __imod__(self, other: Any) -> Self:
        return self._binary("mod", other, out=self)

    def __ipow__(self, other: Any) -> Self:
        return self._binary("power", other, out=self)

    def __abs__(self) -> Self:
        return invoke(find("abs"), [self], {}, None, type(self))[0]


def _copied(value: Any, dtype: DType) -> np.ndarray:
    try:
        return np.array(value, dtype)
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(f"cannot assign {value!r}: {error}") from None


def _restored(value: np.ndarray, device_type: str, device_id: int) -> NDArray:
    """Return a pickled array on its context, or on cpu(0) if that is not here."""
    context = Context(device_type, device_id)
    here = device_type != "gpu" or device_id < num_gpus()
    return from_numpy(value, context if here else cpu())


def from_numpy(value: np.ndarray, context: Context) -> NDArray:
    """Return an array with a copy of a NumPy value."""
    host = cpu_pinned() if context.is_device else context
    raw = allocate(value.shape, value.dtype, host)
    raw[...] = value
    return NDArray(raw, host).as_in_context(context)
