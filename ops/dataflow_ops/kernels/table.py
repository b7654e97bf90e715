"""From operator and back end to the kernel that computes it.

A kernel is *bound* once to raw arrays and gives a zero-argument callable, which a plan
then replays any number of times. Most kernels are plain functions of an `Invocation`
(`@kernel`); one that can do with less per run binds by itself (`@binder`).
"""

from __future__ import annotations

import contextvars
import enum
import functools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from dataflow_ops.attributes import Attributes
from dataflow_ops.dtypes import DType
from dataflow_ops.errors import DeclarationError
from dataflow_ops.images import Images
from dataflow_ops.shapes import Shape

if TYPE_CHECKING:
    from dataflow_ops.kernels.packing import Steady

Array = Any  # numpy.ndarray, or cupy.ndarray
Thunk = Callable[[], Any]


class Request(enum.IntEnum):
    """What a kernel does with an output; the numbers are MXNet's OpReqType."""

    NULL = 0
    WRITE = 1
    ADD = 3


class RandomSource(Protocol):
    """Holds the generator of one random node; the caller may exchange it."""

    generator: Any


@dataclass(slots=True)  # not frozen: that would make it cost two microseconds
class Invocation:
    """Everything that a kernel may touch; it does not change.

    Parameters
    ----------
    xp : module
        The array library of `inputs` and `outputs` (numpy or cupy).
    attributes : Attributes
        The node's typed attributes.
    inputs : tuple of array
        Arguments, then auxiliary states (which the kernel may update).
    outputs : tuple of array or None
        Where to write; None exactly where the request is NULL.
    requests : tuple of Request
        What to do with each output.
    is_train : bool
        Whether the run belongs to a training step.
    workspace : array or None
        Scratch bytes (uint8) of at least the declared size.
    random : RandomSource or None
        Given to operators that draw random numbers.
    shapes : tuple of Shape
        Shapes of all outputs, also of those that are not wanted.
    state : dict or None
        What the kernels of a node and of its backward nodes share, in one executor or
        one recorded call; for operators whose kernels keep objects of their own.
    device : object
        Where it runs, as the caller names it.
    steady : Steady or None
        Which inputs seldom change, where the caller knows and copies may be kept.
    """

    xp: ModuleType
    attributes: Attributes
    inputs: tuple[Array, ...]
    outputs: tuple[Array, ...]
    requests: tuple[Request, ...]
    is_train: bool = False
    workspace: Array | None = None
    random: RandomSource | None = None
    shapes: tuple[Shape, ...] = ()
    state: dict[Any, Any] | None = None
    device: Any = None
    steady: Steady | None = None


class Specification(NamedTuple):
    """Shape and element type of one input or output, and how it lies in memory.

    Images whose channels lie last are views: their shape has the channels second, and
    only their strides tell. So are parts of larger arrays, with gaps between elements.
    """

    shape: Shape
    dtype: DType
    channels_last: bool = False
    is_part: bool = False


Workspace = Callable[
    [Attributes, Sequence[Specification], Sequence[Specification]], int
]


Accepts = Callable[[Attributes, Sequence[Specification], Sequence[Specification]], bool]
ImagesRule = Callable[
    [Attributes, Sequence[Specification], Sequence[Specification]], Images
]


# Of the attributes, inputs, outputs, and whether gradients are computed.
Keeps = Callable[
    [Attributes, Sequence[Specification], Sequence[Specification], bool], int
]
# Of the attributes, the inputs, the node's shared state and its device.
Waits = Callable[[Attributes, Sequence[Specification], dict[Any, Any], Any], bool]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A bound kernel that waits for something outside: called, or better awaited.

    Parameters
    ----------
    block : callable
        Computes, and holds up its thread meanwhile.
    wait : callable
        Returns what computes once it is awaited in trio.
    """

    block: Thunk
    wait: Callable[[], Awaitable[None]]

    def __call__(self) -> None:
        """Compute now, in this thread."""
        self.block()


@dataclass(frozen=True, slots=True)
class Kernel:
    """How one back end computes one operator.

    Parameters
    ----------
    bind : callable
        Takes an `Invocation`, returns the callable to run, or None where there is
        nothing to do.
    workspace : callable, optional
        Bytes of scratch memory from attributes and the specifications of inputs and
        outputs.
    accepts : callable, optional
        Whether it computes a call with these attributes, inputs and outputs; any, if
        there is none. An operator and its backward one must accept the same calls.
    waits : callable, optional
        Whether a node's kernel waits for something outside, so that it is better
        awaited; what it binds is a `Waiting` then. Never, if there is none.
    images : callable, optional
        Which inputs and outputs may lie with the channels last; none, without it.
    keeps : callable, optional
        Bytes of memory of its own that it keeps from run to run; none, without it.
    """

    bind: Callable[[Invocation], Thunk | None]
    workspace: Workspace | None = None
    accepts: Accepts | None = None
    waits: Waits | None = None
    images: ImagesRule | None = None
    keeps: Keeps | None = None

    def takes(
        self,
        attributes: Attributes,
        inputs: Sequence[Specification],
        outputs: Sequence[Specification],
    ) -> bool:
        """Tell whether it computes such a call."""
        return self.accepts is None or self.accepts(attributes, inputs, outputs)


_TABLES: dict[str, dict[str, Kernel]] = {}
_loaded: set[str] = set()  # back ends whose modules were imported

# Infinities and NaN are results like others on every device, so NumPy does not warn.
# Its error state belongs to the context: running in a prepared one costs less than a
# small kernel, where entering `numpy.errstate` costs more.
_QUIET = contextvars.Context()
_QUIET.run(np.seterr, all="ignore")


def quiet(function: Thunk) -> Thunk:
    """Wrap what runs bound kernels so that NumPy does not warn in it.

    Once around a whole program: changing the context at every kernel would cost more
    than the small ones take. The result must not run in two threads at once.
    """
    return functools.partial(_QUIET.copy().run, function)


def bind_quietly(kernel: Kernel, invocation: Invocation) -> Thunk | None:
    """Bind a kernel that is to run by itself; NumPy does not warn, now or then.

    As with `quiet`, the result must not run in two threads at once.
    """
    context = _QUIET.copy()
    thunk = context.run(kernel.bind, invocation)
    return None if thunk is None else functools.partial(context.run, thunk)


def rebound(thunk: Thunk | None, attributes: Attributes) -> Thunk | None:
    """Bind what `bind_quietly` returned to the same arrays with other attributes.

    Returns
    -------
    callable or None
        None where the kernel has to be bound from the beginning: what it bound has no
        method ``rebound``, which takes the attributes. Both may be run, in turn.
    """
    if not isinstance(thunk, functools.partial):
        return None
    again = getattr(thunk.args[0], "rebound", None)
    return None if again is None else quiet(again(attributes))


def binder(
    backend: str,
    *operators: str,
    workspace: Workspace | None = None,
    accepts: Accepts | None = None,
    waits: Waits | None = None,
    images: ImagesRule | None = None,
    keeps: Keeps | None = None,
) -> Callable[[Callable[[Invocation], Thunk | None]], Any]:
    """Enter a function that binds: it takes an Invocation and returns a callable."""

    def enter(bind: Callable[[Invocation], Thunk | None]) -> Any:
        table = _TABLES.setdefault(backend, {})
        for operator in operators:
            if operator in table:
                raise DeclarationError(f"'{operator}' has two {backend} kernels")
            table[operator] = Kernel(bind, workspace, accepts, waits, images, keeps)
        return bind

    return enter


def kernel(
    backend: str,
    *operators: str,
    workspace: Workspace | None = None,
    accepts: Accepts | None = None,
) -> Callable[[Callable[[Invocation], None]], Callable[[Invocation], None]]:
    """Enter a function that runs: it takes an Invocation and computes."""

    def enter(run: Callable[[Invocation], None]) -> Callable[[Invocation], None]:
        binder(backend, *operators, workspace=workspace, accepts=accepts)(
            functools.partial(functools.partial, run)
        )
        return run

    return enter


def lookup(backend: str, operator: str) -> Kernel | None:
    """Return a back end's kernel of an operator, or None if it has none."""
    if backend not in _loaded:
        import_module(f"dataflow_ops.kernels.{backend}")
        _loaded.add(backend)
    return _TABLES[backend].get(operator)
