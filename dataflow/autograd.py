"""Recording what is done to arrays, and differentiating it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataflow.errors import ArgumentError, ArgumentTypeError, GradientError
from dataflow.ndarray import NDArray, differentiation, tape
from dataflow.recording import (
    is_recording,
    is_training,
    mode_scope,
    set_recording,
    set_training,
)
from dataflow_ops.attributes import Attribute, Attributes, positive
from dataflow_ops.dtypes import given as given_dtypes
from dataflow_ops.gradients import Call, Entry
from dataflow_ops.registry import Operator
from dataflow_ops.shapes import given

__all__ = [
    "Function",
    "backward",
    "get_symbol",
    "grad",
    "is_recording",
    "is_training",
    "mark_variables",
    "pause",
    "predict_mode",
    "record",
    "set_recording",
    "set_training",
    "train_mode",
]

Heads = NDArray | Sequence[NDArray]
HeadGradients = NDArray | Sequence[NDArray | None] | None


def record(train_mode: bool = True) -> mode_scope:
    """Return a scope for ``with``: calls in it are recorded, to be differentiated.

    Parameters
    ----------
    train_mode : bool
        Whether operators behave as in training inside.
    """
    return mode_scope(recording=True, training=train_mode)


def pause(train_mode: bool = False) -> mode_scope:
    """Return a scope for ``with`` in which nothing is recorded."""
    return mode_scope(recording=False, training=train_mode)


def train_mode() -> mode_scope:
    """Return a scope for ``with`` in which operators behave as in training."""
    return mode_scope(recording=None, training=True)


def predict_mode() -> mode_scope:
    """Return a scope for ``with`` in which operators behave as in inference."""
    return mode_scope(recording=None, training=False)


def mark_variables(
    variables: Heads,
    gradients: Heads,
    grad_reqs: str | Sequence[str] = "write",
) -> None:
    """Mark arrays, so that backward passes compute the gradients by them.

    Parameters
    ----------
    variables : NDArray or sequence of NDArray
        The arrays.
    gradients : NDArray or sequence of NDArray
        Where the gradient by each of them goes.
    grad_reqs : str or sequence of str
        ``"write"``, ``"add"`` or ``"null"``, for all or for each.

    Raises
    ------
    ArgumentError
        The counts, a shape, a type or a request does not fit.
    """
    arrays, targets = _arrays(variables, "variables"), _arrays(gradients, "gradients")
    requests = [grad_reqs] * len(arrays) if isinstance(grad_reqs, str) else grad_reqs
    if not len(arrays) == len(targets) == len(requests):
        raise ArgumentError(
            f"{len(arrays)} variables, {len(targets)} gradients and {len(requests)} "
            "requests were given; there must be as many of each"
        )
    for array, target, request in zip(arrays, targets, requests, strict=True):
        tape.mark(array, target, request)


def backward(
    heads: Heads,
    head_grads: HeadGradients = None,
    retain_graph: bool = False,
    train_mode: bool = True,
) -> None:
    """Compute the gradients of `heads` by all marked arrays that lead to them.

    Parameters
    ----------
    heads : NDArray or sequence of NDArray
        What was computed while recording.
    head_grads : NDArray or sequence, optional
        The gradient of each head; ones where it is None.
    retain_graph : bool
        Keep what another backward pass over the same calls needs.
    train_mode : bool
        Whether operators behave as in training.

    Raises
    ------
    GradientError
        A head was not recorded, or was differentiated already.
    """
    differentiation.backward(
        _arrays(heads, "heads"),
        _head_gradients(head_grads),
        retain_graph=retain_graph,
        train_mode=train_mode,
    )


def grad(
    heads: Heads,
    variables: Heads,
    head_grads: HeadGradients = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    train_mode: bool = True,
) -> NDArray | list[NDArray]:
    """Return the gradients of `heads` by `variables`, as new arrays.

    Parameters
    ----------
    heads, head_grads, train_mode
        As in `backward`.
    variables : NDArray or sequence of NDArray
        Marked arrays that lead to the heads.
    retain_graph : bool, optional
        As in `backward`; by default what `create_graph` is.
    create_graph : bool
        Record the backward pass too, so that its results can be differentiated.

    Raises
    ------
    GradientError
        As in `backward`; also for a variable that does not lead to the heads.
    """
    wanted = _arrays(variables, "variables")
    if not wanted:
        raise ArgumentError("grad needs at least one variable")
    made = differentiation.gradients(
        _arrays(heads, "heads"),
        wanted,
        _head_gradients(head_grads),
        retain_graph=create_graph if retain_graph is None else retain_graph,
        create_graph=create_graph,
        train_mode=train_mode,
    )
    results = [array for array in made if isinstance(array, NDArray)]
    return results[0] if isinstance(variables, NDArray) else results


def get_symbol(x: NDArray) -> Any:
    """Return the recorded history of an array as a Symbol.

    Raises
    ------
    GradientError
        It was not recorded.
    """
    from dataflow.symbol import Symbol  # noqa: PLC0415 - symbols come after arrays

    return Symbol([differentiation.graph_entry(x)])


class Function:
    """A function with a gradient of the user's own.

    Derive from it, define ``forward(self, *inputs)`` and ``backward(self,
    *output_gradients)`` on NDArrays, and call an instance like a function, once.
    ``backward`` returns one gradient per input.
    """

    def __init__(self) -> None:
        self._used = False
        self._saved: tuple[NDArray, ...] = ()

    def save_for_backward(self, *args: NDArray) -> None:
        """Keep arrays for `backward`, where they are `saved_tensors`."""
        self._saved = args

    @property
    def saved_tensors(self) -> tuple[NDArray, ...]:
        """What `save_for_backward` kept."""
        return self._saved

    def forward(self, *inputs: NDArray) -> NDArray | Sequence[NDArray]:
        """Compute the outputs; for the user to define."""
        raise NotImplementedError(f"{type(self).__name__} must define forward")

    def backward(self, *output_grads: NDArray) -> NDArray | Sequence[NDArray]:
        """Compute the inputs' gradients; for the user to define."""
        raise NotImplementedError(f"{type(self).__name__} must define backward")

    def __call__(self, *inputs: NDArray) -> NDArray | list[NDArray]:
        """Compute the outputs, and record the call while recording."""
        if self._used:
            raise GradientError(
                f"this {type(self).__name__} was called already; a Function keeps what "
                "its gradient needs, so make a new one for each call"
            )
        self._used = True
        with pause(train_mode=is_training()):
            made = self.forward(*inputs)
        outputs = _arrays(made, f"the outputs of {type(self).__name__}")
        if is_recording() and tape.is_traced(inputs):
            outputs = [output.detach() for output in outputs]
            counts = Attributes({"inputs": len(inputs), "outputs": len(outputs)})
            state = {tape.BY_HAND: self._gradients}
            tape.record(_FUNCTION, counts, inputs, outputs, state)
        return outputs[0] if isinstance(made, NDArray) else outputs

    def _gradients(self, output_gradients: Sequence[NDArray]) -> list[NDArray]:
        with pause(train_mode=is_training()):
            made = self.backward(*output_gradients)
        return _arrays(made, f"the gradients of {type(self).__name__}")


def _function_gradient(call: Call) -> Sequence[Entry]:
    heads = [call.out_grad(i) for i in range(call.attributes.outputs)]
    return call.make(_FUNCTION_BACKWARD, *heads, **call.attributes)


def _numbered(stem: str, count: str) -> Any:
    return lambda attributes: tuple(f"{stem}{i}" for i in range(attributes[count]))


_COUNTS = (Attribute("inputs", positive), Attribute("outputs", positive))
_FUNCTION = Operator(
    name="Function",
    summary="A function of the user's own; see `dataflow.autograd.Function`.",
    inputs=_numbered("input", "inputs"),
    outputs=_numbered("output", "outputs"),
    attributes=_COUNTS,
    shapes=given,
    dtypes=given_dtypes,
    gradient=_function_gradient,
)
_FUNCTION_BACKWARD = Operator(
    name="_backward_Function",
    summary="The gradient that the user defined for a Function.",
    inputs=_numbered("out_grad", "outputs"),
    outputs=_numbered("grad", "inputs"),
    attributes=_COUNTS,
    shapes=given,
    dtypes=given_dtypes,
)


def _arrays(given: Any, role: str) -> list[NDArray]:
    arrays = [given] if isinstance(given, NDArray) else list(given)
    for array in arrays:
        if not isinstance(array, NDArray):
            raise ArgumentTypeError(f"{role} must be NDArrays, not {array!r}")
    return arrays


def _head_gradients(given: HeadGradients) -> list[NDArray | None] | None:
    if given is None:
        return None
    return [given] if isinstance(given, NDArray) else list(given)
