"""Operators of the user's own, on symbols and on arrays.

The third place where operators meet the engine: a `CustomOp` runs on a lane like any
other operator. The arrays that it is given have Vars of their own, so that it may read
their values and compute with them at once; what it started is waited for before its
successors run.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, TypeVar

from dataflow import recording
from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.ndarray import NDArray
from dataflow.symbol import Symbol
from dataflow.symbol.functions import FUNCTIONS
from dataflow_ops.custom import register_properties
from dataflow_ops.kernels.table import Array, Invocation, Request, binder

__all__ = [
    "CustomOp",
    "CustomOpProp",
    "NDArrayOp",
    "NumpyOp",
    "PythonOp",
    "get_all_registered_operators",
    "register",
]

Arrays = list[NDArray]
P = TypeVar("P", bound="type[CustomOpProp]")


class CustomOp:
    """What an operator of the user's own computes; derive from it.

    An instance belongs to one node of one executor, or to one call on arrays, so that
    `forward` may keep in it what `backward` needs.
    """

    def forward(
        self,
        is_train: bool,
        req: list[str],
        in_data: Arrays,
        out_data: Arrays,
        aux: Arrays,
    ) -> None:
        """Compute the outputs; for the user to define.

        Parameters
        ----------
        is_train : bool
            Whether this is part of a training step.
        req : list of str
            What to do with each output: ``"null"``, ``"write"``, ``"add"``.
        in_data, out_data, aux : list of NDArray
            Arguments; outputs, to be given to `assign`; auxiliary states.
        """
        raise NotImplementedError(f"{type(self).__name__} must define forward")

    def backward(
        self,
        req: list[str],
        out_grad: Arrays,
        in_data: Arrays,
        out_data: Arrays,
        in_grad: Arrays,
        aux: Arrays,
    ) -> None:
        """Compute the gradients of the arguments; for the user to define.

        Parameters
        ----------
        req : list of str
            What to do with each gradient: ``"null"``, ``"write"``, ``"add"``.
        out_grad, in_data, out_data : list of NDArray
            As far as `CustomOpProp.declare_backward_dependency` names them; None
            elsewhere.
        in_grad : list of NDArray
            The gradients, to be given to `assign`.
        aux : list of NDArray
            Auxiliary states.
        """
        raise NotImplementedError(f"{type(self).__name__} must define backward")

    def assign(self, dst: NDArray, req: str, src: Any) -> None:
        """Put `src` into `dst` as requested: write it, add it, or do nothing.

        Parameters
        ----------
        dst : NDArray
            One of `out_data` or `in_grad`.
        req : str
            Its request.
        src : NDArray, numpy.ndarray or number
            The value.

        Raises
        ------
        ArgumentError
            There is no such request.
        """
        if req in ("write", "inplace"):
            dst[:] = src
        elif req == "add":
            dst[:] = dst + src
        elif req != "null":
            raise ArgumentError(f"req is {req!r}; use 'null', 'write' or 'add'")


class CustomOpProp:
    """What must be known of an operator of the user's own; derive from it.

    Parameters
    ----------
    need_top_grad : bool
        Whether `backward` needs the gradients of the outputs; a loss does not.
    """

    def __init__(self, need_top_grad: bool = True) -> None:
        self.need_top_grad_ = need_top_grad

    def list_arguments(self) -> Sequence[str]:
        """Names of the arguments; ``["data"]`` by default."""
        return ["data"]

    def list_outputs(self) -> Sequence[str]:
        """Names of the outputs; ``["output"]`` by default."""
        return ["output"]

    def list_auxiliary_states(self) -> Sequence[str]:
        """Names of the auxiliary states; none by default."""
        return []

    def infer_shape(self, in_shape: list[Any]) -> Sequence[Sequence[Any]]:
        """Infer shapes; by default all are that of the first argument.

        Parameters
        ----------
        in_shape : list of list of int
            Shapes of the arguments; [] for one not known yet.

        Returns
        -------
        tuple of lists
            Shapes of arguments, outputs and, if there are any, auxiliary states.
        """
        states = [in_shape[0]] * len(self.list_auxiliary_states())
        return in_shape, [in_shape[0]] * len(self.list_outputs()), states

    def infer_type(self, in_type: list[Any]) -> Sequence[Sequence[Any]]:
        """Infer element types; by default all are that of the first argument."""
        arguments = [in_type[0]] * len(in_type)
        outputs = [in_type[0]] * len(self.list_outputs())
        return arguments, outputs, [in_type[0]] * len(self.list_auxiliary_states())

    def declare_backward_dependency(
        self, out_grad: list[Any], in_data: list[Any], out_data: list[Any]
    ) -> Sequence[Any]:
        """Return those of the given values that `backward` needs; by default all.

        What is left out need not be kept for it.
        """
        heads = out_grad if self.need_top_grad_ else []
        return [*heads, *in_data, *out_data]

    def create_operator(
        self, ctx: Any, in_shapes: list[Any], in_dtypes: list[Any]
    ) -> CustomOp:
        """Return the CustomOp that computes it; for the user to define."""
        raise NotImplementedError(f"{type(self).__name__} must define create_operator")


def register(reg_name: str) -> Callable[[P], P]:
    """Return a decorator that enters a CustomOpProp under a name.

    ``symbol.Custom(..., op_type=reg_name)`` and ``nd.Custom`` then find it; keywords
    that are no inputs reach its ``__init__`` as strings.

    Raises
    ------
    ArgumentTypeError
        What is decorated is no CustomOpProp.
    """

    def enter(prop_cls: P) -> P:
        if not (isinstance(prop_cls, type) and issubclass(prop_cls, CustomOpProp)):
            raise ArgumentTypeError(
                f"operator.register('{reg_name}') decorates a class derived from "
                f"CustomOpProp, not {prop_cls!r}"
            )
        register_properties(reg_name, prop_cls)
        return prop_cls

    return enter


def get_all_registered_operators() -> list[str]:
    """Names of all operators that symbols and arrays have."""
    return list(FUNCTIONS)


# The kernels

_REQUESTS = {Request.NULL: "null", Request.WRITE: "write", Request.ADD: "add"}


@binder("reference", "Custom")
def bind_forward(call: Invocation) -> Callable[[], None]:
    """Bind the user's `forward`."""
    return partial(_forward, call, _operator(call, call.inputs))


@binder("reference", "_backward_Custom")
def bind_backward(call: Invocation) -> Callable[[], None]:
    """Bind the user's `backward`."""
    return partial(_backward, call)


def _operator(call: Invocation, inputs: Sequence[Array]) -> CustomOp:
    """Return the operator of this node, made when first bound."""
    operator = call.state.get("operator") if call.state is not None else None
    if operator is None:
        properties = call.attributes.properties
        arguments = inputs[: len(properties.list_arguments())]
        shapes = [list(array.shape) for array in arguments]
        types = [array.dtype.type for array in arguments]
        operator = properties.create_operator(call.device, shapes, types)
        if call.state is not None:
            call.state["operator"] = operator
    return operator  # type: ignore[no-any-return]


def _forward(call: Invocation, operator: CustomOp) -> None:
    count = len(call.attributes.properties.list_arguments())
    arrays = _wrapped(call, call.inputs)
    outputs = _outputs(call)
    requests = [_REQUESTS[request] for request in call.requests]
    with recording.mode_scope(recording=False, training=call.is_train):
        operator.forward(
            is_train=call.is_train,
            req=requests,
            in_data=arrays[:count],
            out_data=outputs,
            aux=arrays[count:],
        )
    _finish([*arrays, *outputs])


def _backward(call: Invocation) -> None:
    assert call.state is not None
    needs = call.attributes.needs
    arrays = _wrapped(call, call.inputs)
    given = dict(zip(needs, arrays, strict=False))
    gradients = _outputs(call)
    requests = [_REQUESTS[request] for request in call.requests]
    properties = call.attributes.properties
    counts = len(properties.list_outputs()), len(properties.list_arguments())
    with recording.mode_scope(recording=False, training=call.is_train):
        call.state["operator"].backward(
            req=requests,
            out_grad=[given.get(f"out_grad{i}") for i in range(counts[0])],
            in_data=[given.get(f"in_data{i}") for i in range(counts[1])],
            out_data=[given.get(f"out_data{i}") for i in range(counts[0])],
            in_grad=gradients,
            aux=arrays[len(needs) :],
        )
    _finish([*arrays, *gradients])


def _wrapped(call: Invocation, raws: Sequence[Array]) -> Arrays:
    return [NDArray(raw, call.device) for raw in raws]


def _outputs(call: Invocation) -> Arrays:
    """Wrap the outputs; one that nobody wants is an array to be thrown away."""
    model = next(raw for raw in (*call.outputs, *call.inputs) if raw is not None)
    return [
        NDArray(raw, call.device)
        if raw is not None
        else NDArray.empty(shape, model.dtype, call.device)
        for raw, shape in zip(call.outputs, call.shapes, strict=True)
    ]


def _finish(arrays: Arrays) -> None:
    """Wait for what the user's code has started on its arrays."""
    for array in arrays:
        array.wait_to_read()


# The older interfaces

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

    values: ClassVar[Callable[[NDArray], Any]] = staticmethod(lambda array: array.raw)


class NDArrayOp(PythonOp):
    """An operator on NDArrays; an older interface than `CustomOp`."""

    values: ClassVar[Callable[[NDArray], Any]] = staticmethod(lambda array: array)

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
        made = [NDArray.empty(a.shape, a.raw_dtype, a.context) for a in out_data]
        self._run("forward", in_data=in_data, out_data=made)
        for target, request, value in zip(out_data, req, made, strict=True):
            self.assign(target, request, value)

    def backward(
        self,
        req: list[str],
        out_grad: Arrays,
        in_data: Arrays,
        out_data: Arrays,
        in_grad: Arrays,
        aux: Arrays,
    ) -> None:
        made = [NDArray.empty(a.shape, a.raw_dtype, a.context) for a in in_grad]
        self._run(
            "backward",
            out_grad=out_grad,
            in_data=in_data,
            out_data=out_data,
            in_grad=made,
        )
        for target, request, value in zip(in_grad, req, made, strict=True):
            self.assign(target, request, value)

    def _run(self, method: str, **lists: Sequence[NDArray | None]) -> None:
        values = type(self._operator).values
        given = {
            name: [None if array is None else values(array) for array in arrays]
            for name, arrays in lists.items()
        }
        getattr(self._operator, method)(**given)
