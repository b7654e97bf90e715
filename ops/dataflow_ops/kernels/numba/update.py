"""Optimizers' steps as compiled loops: each array is read once and written once.

The loops write over the weight. What changes from step to step comes in `numbers`, so
there is one loop for each optimizer and element type.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np

from dataflow_ops.attributes import Attributes
from dataflow_ops.dtypes import FLOAT32, FLOAT64
from dataflow_ops.kernels.blas import cores
from dataflow_ops.kernels.cores import Halves
from dataflow_ops.kernels.numba.modules import imported, is_usable
from dataflow_ops.kernels.several import bind_several, settings_of_each
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
from dataflow_ops.shapes import size

LEAST = 1 << 14  # elements that are worth a compilation
_SPLIT = 1 << 18  # elements of a weight from which on a second core pays

_MODULE = """\
from numba import njit


@njit(nogil=True, error_model="numpy", cache=True)
def kernel(start, stop, numbers, {arrays}):
    {names} = numbers
{rows}
    for k in range(w.size):
{body}
"""
_CLIPPED = "d = -bound if d < -bound else (bound if d > bound else d)"


class _Loop(NamedTuple):
    """One optimizer's loop.

    Parameters
    ----------
    arrays : tuple of str
        Weight, gradient, states.
    names : str
        The numbers that it takes.
    body : tuple of str
        What it does with element k.
    numbers : callable
        Those numbers, from attributes.
    """

    arrays: tuple[str, ...]
    names: str
    body: tuple[str, ...]
    numbers: Callable[[Attributes], Sequence[float]]


def _bound(attributes: Attributes) -> float:
    bound: float = attributes.clip_gradient
    return bound if bound >= 0 else math.inf


_SGD = _Loop(
    ("w", "g"),
    "scale, bound, rate, kept",
    ("d = g[k] * scale", _CLIPPED, "w[k] = w[k] * kept + d * rate"),
    lambda a: (a.rescale_grad, _bound(a), -a.lr, 1 - a.lr * a.wd),
)
_MOMENTUM = _Loop(
    ("w", "g", "m"),
    "scale, bound, rate, decay, momentum",
    (
        "d = g[k] * scale",
        _CLIPPED,
        "m[k] = m[k] * momentum + d * rate + w[k] * decay",
        "w[k] = w[k] + m[k]",
    ),
    lambda a: (a.rescale_grad, _bound(a), -a.lr, -a.lr * a.wd, a.momentum),
)
_ADAM = _Loop(
    ("w", "g", "m", "v"),
    "scale, bound, rate, decay, b1, c1, b2, c2, epsilon",
    (
        "d = g[k] * scale + w[k] * decay",
        _CLIPPED,
        "m[k] = m[k] * b1 + d * c1",
        "v[k] = v[k] * b2 + d * d * c2",
        "w[k] = w[k] - m[k] / (np.sqrt(v[k]) + epsilon) * rate",
    ),
    lambda a: (
        *(a.rescale_grad, _bound(a), a.lr, a.wd),
        *(a.beta1, 1 - a.beta1, a.beta2, 1 - a.beta2, a.epsilon),
    ),
)


@cache
def _compiled(loop: _Loop) -> Any:
    text = _MODULE.format(
        arrays=", ".join(loop.arrays),
        names=loop.names,
        rows="\n".join(f"    {name} = {name}[start:stop]" for name in loop.arrays),
        body="\n".join(f"        {line}" for line in loop.body),
    )
    return imported(f"import numpy as np\n{text}").kernel


def _accepts(
    attributes: Attributes,
    inputs: Sequence[Specification],
    outputs: Sequence[Specification],
) -> bool:
    """Take arrays of one precision, large enough in all."""
    kinds = {x.dtype for x in (*inputs, *outputs)}
    whole = sum(size(x.shape) for x in outputs)
    plain = kinds in ({FLOAT32}, {FLOAT64})
    return plain and whole >= max(LEAST, 1) and is_usable()


class _Stepping:
    """A loop bound to the flat arrays of a weight."""

    __slots__ = ("_flat", "_loop", "_old", "_run")

    def __init__(
        self,
        loop: _Loop,
        flat: Sequence[Array],
        old: Array | None,
        attributes: Attributes,
    ) -> None:
        self._loop, self._flat, self._old = loop, flat, old
        kernel, count = _compiled(loop), flat[0].size
        numbers = tuple(np.array(loop.numbers(attributes), flat[0].dtype))
        self._run: Thunk = partial(kernel, 0, count, numbers, *flat)
        if count >= _SPLIT and cores() > 1:
            middle = count // 2
            first = partial(kernel, 0, middle, numbers, *flat)
            self._run = Halves(first, partial(kernel, middle, count, numbers, *flat))

    def __call__(self) -> None:
        """Step."""
        if self._old is not None:
            np.copyto(self._flat[0], self._old)
        self._run()

    def rebound(self, attributes: Attributes) -> _Stepping:
        """Bind other settings to the same arrays; see `kernels.table.rebound`."""
        return _Stepping(self._loop, self._flat, self._old, attributes)


def _bind_one(
    loop: _Loop, attributes: Attributes, arrays: Sequence[Array], out: Array
) -> Thunk:
    weight, *others = (array.reshape(-1) for array in arrays)
    flat = [out.reshape(-1), *others]
    old = None if weight.ctypes.data == out.ctypes.data else weight
    return _Stepping(loop, flat, old, attributes)


def _bind(operator: str, loop: _Loop, many: bool, call: Invocation) -> Thunk | None:
    """Bind the loops of all weights; the reference does what is asked for rarely."""
    arrays = (*call.inputs, *(x for x in call.outputs if x is not None))
    width = len(loop.arrays)
    plain = all(array.flags.c_contiguous for array in arrays)
    if (
        not plain
        or any(x is not Request.WRITE for x in call.requests)
        or _overwrites_others(call, width)
    ):
        return _reference(operator).bind(call)
    if not many:
        return _bind_one(loop, call.attributes, call.inputs, call.outputs[0])
    each = zip(settings_of_each(call.attributes), call.outputs, strict=False)
    return bind_several(
        [
            _bind_one(loop, settings, call.inputs[i * width : (i + 1) * width], out)
            for i, (settings, out) in enumerate(each)
        ]
    )


def _overwrites_others(call: Invocation, width: int) -> bool:
    """Tell whether a result lies where a gradient or state is read."""
    starts = [array.ctypes.data for array in call.inputs]
    return any(
        out is not None and out.ctypes.data in starts[i * width + 1 : (i + 1) * width]
        for i, out in enumerate(call.outputs)
    )


def _reference(operator: str) -> Kernel:
    kernel = lookup("reference", operator)
    assert kernel is not None  # it has one for every operator
    return kernel


def _workspace(
    operator: str,
    attributes: Attributes,
    inputs: Sequence[Specification],
    outputs: Sequence[Specification],
) -> int:
    workspace = _reference(operator).workspace
    return 0 if workspace is None else workspace(attributes, inputs, outputs)


for _name, _loop in (("sgd", _SGD), ("sgd_mom", _MOMENTUM), ("adam", _ADAM)):
    for _prefix in ("", "multi_") if _loop is not _ADAM else ("",):
        _operator = f"{_prefix}{_name}_update"
        binder(
            "numba",
            _operator,
            accepts=_accepts,
            workspace=partial(_workspace, _operator),
        )(partial(_bind, _operator, _loop, bool(_prefix)))
