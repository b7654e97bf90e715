"""Every fast back end against the reference, over the shared case table."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

import dataflow_ops
from dataflow_ops.kernels import backends
from dataflow_ops.kernels.table import Request, Specification, lookup
from dataflow_ops.registry import find, names
from tests.ops import eager
from tests.ops.cases import FAMILIES

assert dataflow_ops  # registers the operators

TOLERANCE = 1e-4
# Random operators have tests of their own, beside those of the back end.
TESTED_ELSEWHERE = {"RNN", "_backward_RNN", "LeakyReLU", "_backward_LeakyReLU"}
HERE = [name for name in backends.FAST if backends.missing(name) is None]
CASES = [
    pytest.param(backend, case, id=f"{backend}-{case.id}")
    for backend in HERE
    for cases in FAMILIES.values()
    for case in cases
    if not find(case.operator).random
]
pytestmark = pytest.mark.skipif(not HERE, reason="this machine has no fast back end")


class _Node:
    """One call that the reference has computed."""

    def __init__(self, name, attributes, inputs, outputs):
        self.operator = find(name)
        self.attributes = self.operator.parse(attributes)
        self.inputs = inputs
        self.outputs = outputs

    def is_taken(self, backend):
        given = [Specification(x.shape, x.dtype) for x in self.inputs]
        made = [Specification(x.shape, x.dtype) for x in self.outputs]
        kernel = lookup(backend, self.operator.name)
        return kernel is not None and kernel.takes(self.attributes, given, made)

    def run(self, request, outputs, is_train):
        shapes = [x.shape for x in self.outputs]
        arguments = [x.copy() for x in self.inputs], outputs, request, is_train
        eager.bind_and_run(self.operator, self.attributes, *arguments, shapes=shapes)


class _Recorded(eager.EagerCall):
    """Remembers what a gradient rule makes."""

    def make(self, operator, *inputs, **attributes):
        outputs = super().make(operator, *inputs, **attributes)
        self.made.append(_Node(operator, attributes, inputs, outputs))
        return outputs


def nodes_of(case):
    """Compute a case and its gradient by the reference."""
    operator = find(case.operator)
    attributes = operator.parse(case.attributes)
    inputs = list(case.values().values())
    copies = [x.copy() for x in inputs]  # states are updated
    outputs = eager.run(operator, attributes, copies, is_train=case.train)
    nodes = [_Node(case.operator, case.attributes, inputs, outputs)]
    if case.differentiable:
        heads = case.head_gradients([x.shape for x in outputs])
        call = _Recorded(operator, attributes, inputs, outputs, heads, case.train)
        call.made = nodes
        eager.gradients(call)
    return nodes


@pytest.fixture
def use(monkeypatch):
    """Choose the back ends by which calls are computed."""

    def use(*names):
        monkeypatch.setattr(backends, "available", lambda: names)

    return use


def agree(made, expected, name):
    np.testing.assert_allclose(
        made, expected, rtol=TOLERANCE, atol=TOLERANCE, err_msg=name
    )


@pytest.mark.parametrize(("backend", "case"), CASES)
def test_results_agree_with_the_reference(backend, case, use):
    use("reference")
    nodes = nodes_of(case)
    use(backend, "reference")
    with import_module(f"dataflow_ops.kernels.{backend}").taking_all():
        for node in nodes:
            if node.is_taken(backend):
                check(node, case.train)


def check(node, is_train):
    """Run a call as a whole and output by output, written and added."""
    for request in (Request.WRITE, Request.ADD):
        start = 0 if request is Request.WRITE else 1
        count = len(node.outputs)
        for chosen in {range(count), *((i,) for i in range(count))}:
            outputs = [
                np.ones_like(x) if i in chosen else None
                for i, x in enumerate(node.outputs)
            ]
            node.run(request, outputs, is_train)
            for i in chosen:
                agree(outputs[i], node.outputs[i] + start, node.operator.name)


@pytest.mark.parametrize("backend", HERE)
def test_every_kernel_takes_a_case(backend, use):
    use("reference")
    taken = set()
    with import_module(f"dataflow_ops.kernels.{backend}").taking_all():
        for parameter in CASES:
            for node in nodes_of(parameter.values[1]):
                if node.is_taken(backend):
                    taken.add(node.operator.name)
    kernels = {name for name in names() if lookup(backend, name) is not None}
    missed = kernels - taken - TESTED_ELSEWHERE
    assert not missed, sorted(missed)
