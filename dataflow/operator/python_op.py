"""The interfaces older than `CustomOp`: operators that are one object."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from dataflow import engine
from dataflow.context import Context, cpu
from dataflow.ndarray import NDArray
from dataflow.operator.custom import Arrays, CustomOp, CustomOpProp
from dataflow.symbol import Symbol
from dataflow.symbol.functions import FUNCTIONS
from dataflow_ops.custom import register_properties

_numbers = itertools.count()


class PythonOp:
    """Base of the older operators `NumpyOp` and `NDArrayOp`.

    Parameters
    ----------
    need_top_grad : bool
        Whether `backward` needs the gradients of the outputs.
    """

    def __init__(self, need_top_grad: bool = True) -> None:
        self.need_top_grad_ = need_top_grad

    def __call__(self, *args: Any, **kwargs: Any) -> Symbol:
        """Return a symbol that computes it; see `get_symbol`."""
        return self.get_symbol(*args, **kwargs)

    def get_symbol(self, *args: Any, **kwargs: Any) -> Symbol:
        """Return a symbol that computes it; inputs by position or by name."""
        op_type = f"{type(self).__name__}_{next(_numbers)}"
        register_properties(op_type, partial(_OldProperties, self))
        symbol: Symbol = FUNCTIONS["Custom"](*args, op_type=op_type, **kwargs)
        return symbol

    def forward(self, in_data: list[Any], out_data: list[Any]) -> None:
        """Compute the outputs; the first input by default."""
        out_data[0][:] = in_data[0]

    def backward(
        self,
        out_grad: list[Any],
        in_data: list[Any],
        out_data: list[Any],
        in_grad: list[Any],
    ) -> None:
        """Compute the gradients of the arguments; the first is 1 by default."""
        in_grad[0][:] = 1.0

    def infer_shape(self, in_shape: list[Any]) -> Sequence[Sequence[Any]]:
        """Infer shapes of arguments and outputs; see `CustomOpProp`."""
        return in_shape, [in_shape[0]]

    def list_outputs(self) -> Sequence[str]:
        """Names of the outputs."""
        return ["output"]

    def list_arguments(self) -> Sequence[str]:
        """Names of the arguments."""
        return ["data"]

    def need_top_grad(self) -> bool:
        """Whether `backward` needs the gradients of the outputs."""
        return self.need_top_grad_


class NumpyOp(PythonOp):
    """An operator on NumPy arrays; an older interface than `CustomOp`.

    Derive from it, define `forward` and `backward`, which write into the arrays that
    they are given, and call an instance with symbols.
    """

    on_host: ClassVar[bool] = True


class NDArrayOp(PythonOp):
    """An operator on NDArrays; an older interface than `CustomOp`."""

    on_host: ClassVar[bool] = False

    def declare_backward_dependency(
        self, out_grad: list[Any], in_data: list[Any], out_data: list[Any]
    ) -> Sequence[Any]:
        """Return those of the given values that `backward` needs; by default all."""
        heads = out_grad if self.need_top_grad() else []
        return [*heads, *in_data, *out_data]


class _OldProperties(CustomOpProp):
    """Gives an older operator the properties of a new one."""

    def __init__(self, operator: Any) -> None:
        super().__init__(operator.need_top_grad())
        self._operator = operator
        self.list_arguments = operator.list_arguments  # type: ignore[method-assign]
        self.list_outputs = operator.list_outputs  # type: ignore[method-assign]

    def infer_shape(self, in_shape: list[Any]) -> Sequence[Sequence[Any]]:
        return (*self._operator.infer_shape(in_shape), [])

    def declare_backward_dependency(
        self, out_grad: list[Any], in_data: list[Any], out_data: list[Any]
    ) -> Sequence[Any]:
        declare = getattr(self._operator, "declare_backward_dependency", None)
        if declare is None:
            declare = super().declare_backward_dependency
        return declare(out_grad, in_data, out_data)

    def create_operator(
        self, ctx: Any, in_shapes: list[Any], in_dtypes: list[Any]
    ) -> CustomOp:
        return _OldOperator(self._operator)


class _OldOperator(CustomOp):
    """Runs an older operator, which writes into whatever it is given."""

    def __init__(self, operator: Any) -> None:
        self._operator = operator

    def forward(
        self,
        is_train: bool,
        req: list[str],
        in_data: Arrays,
        out_data: Arrays,
        aux: Arrays,
    ) -> None:
        made = self._new(out_data)
        self._run("forward", in_data=in_data, out_data=made)
        for target, request, value in zip(out_data, req, made, strict=True):
            self.assign(target, request, value.as_in_context(target.context))

    def backward(
        self,
        req: list[str],
        out_grad: Arrays,
        in_data: Arrays,
        out_data: Arrays,
        in_grad: Arrays,
        aux: Arrays,
    ) -> None:
        made = self._new(in_grad)
        self._run(
            "backward",
            out_grad=out_grad,
            in_data=in_data,
            out_data=out_data,
            in_grad=made,
        )
        for target, request, value in zip(in_grad, req, made, strict=True):
            self.assign(target, request, value.as_in_context(target.context))

    def _new(self, arrays: Arrays) -> Arrays:
        """Return arrays like these for what the older operator writes."""
        return [NDArray.empty(a.shape, a.raw_dtype, self._place(a)) for a in arrays]

    def _place(self, array: NDArray) -> Context:
        """Return where the operator sees an array; NumPy sees the host's alone."""
        on_device = array.context.is_device
        return cpu() if on_device and self._operator.on_host else array.context

    def _seen(self, array: NDArray | None) -> Any:
        """Return what the operator is given for an array."""
        if array is None:
            return None
        here = array.as_in_context(self._place(array))
        if not self._operator.on_host:
            return here
        engine.wait_for(here.var)
        return here.raw

    def _run(self, method: str, **lists: Sequence[NDArray | None]) -> None:
        given = {name: list(map(self._seen, arrays)) for name, arrays in lists.items()}
        getattr(self._operator, method)(**given)
