"""Operators of the user's own: what a user derives from, and registers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from dataflow.errors import ArgumentError, ArgumentTypeError
from dataflow.ndarray import NDArray
from dataflow.symbol.functions import FUNCTIONS
from dataflow_ops.custom import register_properties

Arrays = list[NDArray]
P = TypeVar("P", bound="type[CustomOpProp]")


class CustomOp:
    """What an operator of the user's own computes; derive from it.

    An instance belongs to one node of one executor, or to one call on arrays, so that
    `forward` may keep in it what `backward` needs.

    Both methods may be ``async def``: they then run under trio on the engine's io lane,
    where they may await sockets, files and timers; the values of the arrays that they
    are given are there.
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
