"""Entering kernels: what calls they take, what memory they want, how they are bound.

A kernel file gives a function from a `Call` to a `Plan`. Plans are remembered, so that
asking whether a call is taken, how much workspace it wants and binding it again cost
no more than a look-up.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np

from dataflow_ops.attributes import Attributes
from dataflow_ops.dtypes import FLOAT32
from dataflow_ops.images import Images
from dataflow_ops.kernels import fpmath
from dataflow_ops.kernels.extremes import extreme
from dataflow_ops.kernels.onednn.library import Failure
from dataflow_ops.kernels.onednn.memory import Layout, channels_last
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.threads import threads
from dataflow_ops.kernels.orders import as_it_lies, bind_contiguous, is_last
from dataflow_ops.kernels.requests import bind_all
from dataflow_ops.kernels.table import (
    Array,
    Invocation,
    Kernel,
    Request,
    Specification,
    Thunk,
    binder,
    lookup,
)
from dataflow_ops.shapes import Shape, size

NAME = "onednn"
_PACKED = {"weight"}  # what plans call operands that copies are kept of
Specifications = Sequence[Specification]


class Call(NamedTuple):
    """All that a plan follows from."""

    attributes: Attributes
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    requests: tuple[Request, ...]
    threads: int = 1
    last: frozenset[str] = frozenset()  # operands whose channels lie last
    steady: bool = False  # whether weights seldom change
    is_train: bool = True

    def wanted(self, names: Sequence[str]) -> list[str]:
        """Name the outputs that are computed at all."""
        pairs = zip(names, self.requests, strict=False)
        return [name for name, request in pairs if request is not Request.NULL]

    def plan(
        self,
        inputs: Mapping[str, Layout],
        outputs: Mapping[str, Layout],
    ) -> Plan:
        """Begin a plan on inputs and on those outputs that are wanted."""
        inputs, outputs = self._as_they_lie(inputs), self._as_they_lie(outputs)
        requests = dict(zip(outputs, self.requests, strict=False))
        added = [name for name, own in requests.items() if own is Request.ADD]
        made = {name: outputs[name] for name in self.wanted(tuple(outputs))}
        return Plan({**inputs, **made}, added, threads=self.threads)

    def in_order(self) -> Call:
        """Return the same call without images whose channels lie last."""
        return self._replace(last=frozenset())

    def _as_they_lie(self, layouts: Mapping[str, Layout]) -> dict[str, Layout]:
        return {
            name: channels_last(layout.shape) if name in self.last else layout
            for name, layout in layouts.items()
        }


def always(call: Call) -> bool:
    """Say yes to every call."""
    return True


def nothing(call: Call) -> tuple[int, ...]:
    """Say that oneDNN computes every output."""
    return ()


class Guard(NamedTuple):
    """A value of an input that tells whether oneDNN may run: it has to be finite.

    Parameters
    ----------
    position : int
        Which input.
    extreme : numpy.ufunc
        `numpy.minimum` to find NaN and -inf in it, `numpy.maximum` for NaN and inf.
    """

    position: int
    extreme: np.ufunc


def no_images(call: Call) -> Collection[str]:
    """Say that all operands are contiguous."""
    return ()


def no_bytes(call: Call) -> int:
    """Say that nothing is kept for the gradient."""
    return 0


def unguarded(call: Call) -> Guard | None:
    """Say that oneDNN may run whatever the values are."""
    return None


class Entry(NamedTuple):
    """A kernel as its file describes it.

    Parameters
    ----------
    plan : callable
        Makes the plan of a call.
    inputs, outputs : tuple of str
        What the plan calls the operator's inputs and outputs.
    work : callable
        Counts the operations of a call.
    can : callable
        Tells whether oneDNN has what a call wants.
    pays : callable
        Tells whether it is faster than NumPy at a call.
    left_over : callable
        Lists the outputs that are left to the reference kernel.
    bind : callable, optional
        Binds the plan to arrays, where they are not the operator's own.
    images : callable
        Names the operands that may be images whose channels lie last.
    prefers : bool
        Whether it is faster on such images.
    apart : callable
        Names the inputs that may be parts of larger arrays: no plan reads them.
    keeps : callable
        Counts the bytes that the forward pass keeps for the gradient.
    guard : callable
        Says by what to tell, at each run, values that oneDNN takes for others; the
        reference kernel runs then.
    """

    plan: Callable[[Call], Plan]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    work: Callable[[Call], float]
    can: Callable[[Call], bool] = always
    pays: Callable[[Call], bool] = always
    left_over: Callable[[Call], Collection[int]] = nothing
    guard: Callable[[Call], Guard | None] = unguarded
    bind: Callable[[Call, Invocation], Thunk | None] | None = None
    images: Callable[[Call], Collection[str]] = no_images
    prefers: bool = False
    apart: Callable[[Call], Collection[str]] = no_images
    keeps: Callable[[Call], int] = no_bytes


def enter(operator: str, entry: Entry) -> None:
    """Enter a kernel into the table."""
    binder(
        NAME,
        operator,
        workspace=partial(_workspace, operator, entry),
        accepts=partial(_accepts, entry),
        images=partial(_images, entry),
        keeps=partial(_keeps, entry),
    )(partial(_bind, operator, entry))


_taking_all = False


@contextmanager
def taking_all() -> Iterator[None]:
    """Take also those calls at which NumPy is as fast, which tests need."""
    global _taking_all  # noqa: PLW0603 - a switch for tests of the whole table
    _taking_all = True
    try:
        yield
    finally:
        _taking_all = False


def _accepts(
    entry: Entry,
    attributes: Attributes,
    inputs: Specifications,
    outputs: Specifications,
) -> bool:
    """Tell whether oneDNN computes a call, and faster than NumPy."""
    for array in (*inputs, *outputs):
        if array.dtype != FLOAT32 or not size(array.shape):
            return False
    call = _written(entry, attributes, inputs, outputs)
    if not entry.can(call) or not (_taking_all or entry.pays(call)):
        return False
    try:
        return not planned(entry, call).is_slow or _taking_all
    except Failure:
        return False


def _workspace(
    operator: str,
    entry: Entry,
    attributes: Attributes,
    inputs: Specifications,
    outputs: Specifications,
) -> int:
    """Return the bytes of scratch that writing all outputs wants."""
    call = _written(entry, attributes, inputs, outputs)
    nbytes = planned(entry, call).nbytes
    reference = _reference(operator)
    has_part = entry.left_over(call) or entry.guard(call) is not None
    if has_part and reference.workspace is not None:
        nbytes = max(nbytes, reference.workspace(attributes, inputs, outputs))
    return nbytes


def _keeps(
    entry: Entry,
    attributes: Attributes,
    inputs: Specifications,
    outputs: Specifications,
    gradients: bool,
) -> int:
    """Return the bytes of what is kept for the gradient, or else of packed weights."""
    call = _written(entry, attributes, inputs, outputs)
    if gradients:
        return entry.keeps(call)
    return planned(entry, call._replace(steady=True)).moved_bytes(_PACKED)


def _images(
    entry: Entry,
    attributes: Attributes,
    inputs: Specifications,
    outputs: Specifications,
) -> Images:
    call = _written(entry, attributes, inputs, outputs)
    names, apart = entry.images(call), entry.apart(call)
    given, made = (
        frozenset(i for i, name in enumerate(side) if name in names)
        for side in (entry.inputs, entry.outputs)
    )
    parts = frozenset(i for i, name in enumerate(entry.inputs) if name in apart)
    return Images(given, made, entry.prefers, apart_inputs=parts)


def _written(
    entry: Entry,
    attributes: Attributes,
    inputs: Specifications,
    outputs: Specifications,
) -> Call:
    requests = (Request.WRITE,) * len(outputs)
    given, made = (tuple(x.shape for x in side) for side in (inputs, outputs))
    call = Call(attributes, given, made, requests)
    return _with_last(
        entry,
        call,
        [x.channels_last for x in inputs],
        [x.channels_last for x in outputs],
    )


def _with_last(
    entry: Entry, call: Call, inputs: Sequence[bool], outputs: Sequence[bool]
) -> Call:
    """Note which images' channels lie last."""
    if not any((*inputs, *outputs)):
        return call
    sides = (*zip(entry.inputs, inputs, strict=False),)
    sides += (*zip(entry.outputs, outputs, strict=False),)
    names = frozenset(name for name, lies_so in sides if lies_so)
    return call._replace(last=names.intersection(entry.images(call)))


def _bind(operator: str, entry: Entry, call: Invocation) -> Thunk | None:
    """Bind a call that was accepted."""
    key = _key(entry, call)
    left_over = entry.left_over(key)
    own = [i for i in range(len(call.requests)) if i not in left_over]
    run = _bind_own(entry, key, _only(call, own))
    guard = entry.guard(key)
    if run is not None and guard is not None:
        value = extreme(guard.extreme, call.inputs[guard.position])
        return partial(_run_guarded, value, run, bind_reference(operator, call))
    rest = _only(call, left_over)
    if not any(rest.requests):
        return run
    return bind_all((run, bind_reference(operator, rest)))


def bind_reference(operator: str, call: Invocation) -> Thunk | None:
    """Bind the reference kernel, which wants contiguous arrays, instead."""
    return bind_contiguous(_reference(operator), Images(), call)


def _key(entry: Entry, call: Invocation) -> Call:
    """Return what the plan of a call follows from."""
    inputs = tuple(array.shape for array in call.inputs)
    steady = call.steady is not None
    key = Call(call.attributes, inputs, call.shapes, call.requests, steady=steady)
    made = [array is not None and is_last(array) for array in call.outputs]
    return _with_last(entry, key, [is_last(x) for x in call.inputs], made)


def _run_guarded(
    value: Callable[[], float], run: Thunk, otherwise: Thunk | None
) -> None:
    if math.isfinite(value()):
        run()
    elif otherwise is not None:
        otherwise()


def _bind_own(entry: Entry, key: Call, call: Invocation) -> Thunk | None:
    if not any(call.requests):
        return None
    if entry.bind is not None:
        return entry.bind(key, call)
    outputs = zip(entry.outputs, call.outputs, strict=False)
    return bind_plan(
        planned(entry, key),
        key,
        dict(zip(entry.inputs, call.inputs, strict=False)),
        {name: array for name, array in outputs if array is not None},
        call,
    )


def bind_plan(
    plan: Plan,
    key: Call,
    inputs: Mapping[str, Array],
    outputs: Mapping[str, Array],
    call: Invocation,
) -> Thunk | None:
    """Bind the plan of a call to arrays by name, images as they lie."""
    given, made = (
        {n: as_it_lies(x) if n in key.last else x for n, x in side.items()}
        for side in (inputs, outputs)
    )
    if call.steady is None:
        return plan.bind(given, made, call.workspace)
    versions = {
        name: call.steady.version(inputs[name]) for name in _PACKED & inputs.keys()
    }
    steady = {
        name: version for name, version in versions.items() if version is not None
    }
    return plan.bind(given, made, call.workspace, steady, call.steady.keep)


def _only(call: Invocation, chosen: Collection[int]) -> Invocation:
    """Leave out all outputs but the chosen ones."""
    return replace(
        call,
        outputs=tuple(x if i in chosen else None for i, x in enumerate(call.outputs)),
        requests=_chosen(call.requests, chosen),
    )


def _chosen(
    requests: tuple[Request, ...], chosen: Collection[int]
) -> tuple[Request, ...]:
    return tuple(x if i in chosen else Request.NULL for i, x in enumerate(requests))


def _reference(operator: str) -> Kernel:
    kernel = lookup("reference", operator)
    assert kernel is not None  # it has one for every operator
    return kernel


def planned(entry: Entry, call: Call) -> Plan:
    """Return the plan of a call, made now or before."""
    own = [i for i in range(len(call.requests)) if i not in entry.left_over(call)]
    requests = _chosen(call.requests, own)
    count = threads(entry.work(call))
    own_call = call._replace(requests=requests, threads=count)
    return _remembered(entry, own_call, fpmath.mode())


@lru_cache(maxsize=4096)
def _remembered(entry: Entry, call: Call, mode: str) -> Plan:
    return entry.plan(call)
