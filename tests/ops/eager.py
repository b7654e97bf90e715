"""Runs one operator at a time on raw arrays, with nothing but its declaration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from dataflow_ops import shapes as shape_rules
from dataflow_ops.attributes import Attributes
from dataflow_ops.kernels.backends import select
from dataflow_ops.kernels.table import Invocation, Request, Specification, quiet
from dataflow_ops.registry import Operator, find


def run(
    operator: Operator,
    attributes: Attributes,
    inputs: Sequence[np.ndarray],
    shapes: Sequence[tuple[int, ...]] | None = None,
    *,
    outputs: Sequence[np.ndarray | None] | None = None,
    request: Request = Request.WRITE,
    is_train: bool = True,
    seed: int = 0,
) -> list[np.ndarray]:
    """Run an operator's kernel; outputs of `shapes`, or of the inferred ones."""
    if outputs is None:
        if shapes is None:
            shapes = infer(operator, attributes, [x.shape for x in inputs])[1]
        dtypes = infer_dtypes(operator, attributes, [x.dtype for x in inputs])
        outputs = [np.full(s, 7, d) for s, d in zip(shapes, dtypes, strict=True)]
    bind_and_run(operator, attributes, inputs, outputs, request, is_train, seed)
    return [x for x in outputs if x is not None]


def bind_and_run(
    operator, attributes, inputs, outputs, request, is_train, seed=0, shapes=None
):
    """Run once; `shapes` are the outputs', where some of them are not wanted."""
    thunk = bind(operator, attributes, inputs, outputs, request, is_train, seed, shapes)
    if thunk is not None:
        quiet(thunk)()


def bind(
    operator,
    attributes,
    inputs,
    outputs,
    request=Request.WRITE,
    is_train=True,
    seed=0,
    shapes=None,
):
    """Bind a kernel to arrays; returns what runs it, or None."""
    if shapes is None:
        known = infer(operator, attributes, [x.shape for x in inputs])[1]
        pairs = zip(outputs, known, strict=False)  # a test may pass one too many
        shapes = [(shape or ()) if x is None else x.shape for x, shape in pairs]
    given = [Specification(x.shape, x.dtype) for x in inputs]
    dtype = next((x.dtype for x in (*outputs, *inputs) if x is not None), None)
    made = [
        Specification(shape, dtype if x is None else x.dtype)
        for x, shape in zip(outputs, shapes, strict=False)
    ]
    _, kernel = select(operator.name, attributes, given, made)
    workspace = None
    if kernel.workspace is not None:
        workspace = np.empty(kernel.workspace(attributes, given, made), np.uint8)
    return quiet(
        partial(
            kernel.bind,
            Invocation(
                xp=np,
                attributes=attributes,
                inputs=tuple(inputs),
                outputs=tuple(outputs),
                requests=tuple(Request.NULL if x is None else request for x in outputs),
                is_train=is_train,
                workspace=workspace,
                random=SimpleNamespace(
                    generator=np.random.Generator(np.random.Philox(seed))
                )
                if operator.random
                else None,
                shapes=tuple(shapes),
            ),
        )
    )()


def infer(operator, attributes, inputs, outputs=None):
    """Run a shape rule to its fixpoint; None for unknown shapes."""
    count = len(operator.output_names(attributes))
    known = [list(inputs), list(outputs or [None] * count)]
    while True:
        told = operator.shapes(attributes, *known)
        merged = [
            [shape_rules.unify(a, b) for a, b in zip(old, new, strict=True)]
            for old, new in zip(known, told, strict=True)
        ]
        if merged == known:
            return merged
        known = merged


def typed(operator, attributes, inputs):
    """Cast inputs to the types that the operator's rule says follow from the first."""
    count = len(operator.output_names(attributes))
    known = [inputs[0].dtype, *[None] * (len(inputs) - 1)]
    told = operator.dtypes(attributes, known, [None] * count)[0]
    return [
        x if dtype is None else x.astype(dtype)
        for x, dtype in zip(inputs, told, strict=True)
    ]


def infer_dtypes(operator, attributes, inputs):
    count = len(operator.output_names(attributes))
    outputs = operator.dtypes(attributes, list(inputs), [None] * count)[1]
    return [dtype if dtype is not None else inputs[0] for dtype in outputs]


@dataclass
class EagerCall:
    """A forward run as its gradient rule sees it: entries are arrays."""

    operator: Operator
    attributes: Attributes
    inputs: list[np.ndarray]
    outputs: list[np.ndarray]
    out_grads: list[np.ndarray]
    is_train: bool = True

    def input(self, name: str) -> np.ndarray:
        names = (
            *self.operator.input_names(self.attributes),
            *self.operator.auxiliary_names(self.attributes),
        )
        return dict(zip(names, self.inputs, strict=True))[name]

    def output(self, name: str) -> np.ndarray:
        names = self.operator.output_names(self.attributes)
        return dict(zip(names, self.outputs, strict=True))[name]

    def out_grad(self, index: int = 0) -> np.ndarray:
        return self.out_grads[index]

    def make(self, operator: str, *inputs: np.ndarray, **attributes: Any):
        made = find(operator)
        parsed = made.parse(attributes)
        known = [x.shape for x in self.inputs]
        shapes = infer(made, parsed, [x.shape for x in inputs])[1]
        names = made.output_names(parsed)
        # A backward operator leaves its shapes to the forward entries.
        shapes = [
            shape if shape is not None else known[min(i, len(known) - 1)]
            for i, shape in enumerate(shapes)
        ]
        dtype = (inputs or self.inputs)[0].dtype
        outputs = [np.zeros(s, dtype) for s in shapes[: len(names)]]
        bind_and_run(made, parsed, inputs, outputs, Request.WRITE, self.is_train)
        return outputs


def gradients(call: EagerCall) -> list[np.ndarray | None]:
    """Gradients of all inputs by the operator's rule."""
    if call.operator.gradient is None:
        return [None] * len(call.inputs)
    return list(call.operator.gradient(call))


def apply(name: str, *inputs: Any, seed: int = 0, **attributes: Any) -> Any:
    """Run an operator by name; returns its output, or the list of several."""
    operator = find(name)
    arrays = [np.asarray(x) for x in inputs]
    made = run(operator, operator.parse(attributes), arrays, seed=seed)
    return made[0] if len(made) == 1 else made


def shapes_of(name: str, *inputs: Any, outputs: Any = None, **attributes: Any) -> Any:
    """Infer shapes by operator name; 0 stands for an unknown dimension."""

    def known(shape: Any) -> Any:
        return None if shape is None else tuple(d or shape_rules.UNKNOWN for d in shape)

    def shown(shape: Any) -> Any:
        return None if shape is None else tuple(max(d, 0) for d in shape)

    operator = find(name)
    given = [known(shape) for shape in inputs]
    wanted = None if outputs is None else [known(shape) for shape in outputs]
    told = infer(operator, operator.parse(attributes), given, wanted)
    return tuple([shown(shape) for shape in side] for side in told)
