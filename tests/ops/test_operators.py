"""Every operator over the shared case table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import dataflow_ops
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find, names
from tests.ops import eager
from tests.ops.cases import FAMILIES
from tests.ops.cases.case import Case

assert dataflow_ops  # registers the operators

GOLDEN = Path(__file__).parents[1] / "golden" / "operators"
ALL = [case for cases in FAMILIES.values() for case in cases]
# Random operators and those that only move data between devices have tests of
# their own; a backward operator is tested through its forward operator.
TESTED_ELSEWHERE = {"Custom", "_get_item", "_set_item"}


def ids(case: Case) -> str:
    return case.id


every_case = pytest.mark.parametrize("case", ALL, ids=ids)
repeatable = pytest.mark.parametrize(
    "case", [c for c in ALL if not find(c.operator).random], ids=ids
)
golden_case = pytest.mark.parametrize("case", [c for c in ALL if c.golden], ids=ids)
differentiable = pytest.mark.parametrize(
    "case", [c for c in ALL if c.differentiable and c.golden], ids=ids
)
numeric = pytest.mark.parametrize(
    "case", [c for c in ALL if c.differentiable and c.numeric], ids=ids
)


@pytest.fixture(scope="module")
def golden() -> dict[str, np.ndarray]:
    values: dict[str, np.ndarray] = {}
    for family in FAMILIES:
        with np.load(GOLDEN / f"{family}.npz") as file:
            values.update(file)
    return values


def forward(case: Case, dtype: str | None = None) -> eager.EagerCall:
    operator = find(case.operator)
    attributes = operator.parse(case.attributes)
    inputs = list(case.values(dtype).values())
    outputs = eager.run(operator, attributes, inputs, is_train=case.train)
    heads = case.head_gradients([x.shape for x in outputs], dtype)
    return eager.EagerCall(operator, attributes, inputs, outputs, heads, case.train)


@golden_case
def test_forward_agrees_with_mxnet(case, golden):
    call = forward(case)
    for i in range(call.operator.visible_outputs(call.attributes)):
        expected = golden[f"{case.id}/output{i}"]
        assert call.outputs[i].shape == expected.shape
        np.testing.assert_allclose(
            call.outputs[i], expected, rtol=case.tolerance, atol=case.tolerance
        )
    if case.auxiliary and case.differentiable:
        eager.gradients(call)  # some states move in the backward pass
    for name in case.auxiliary:
        np.testing.assert_allclose(
            call.input(name),
            golden[f"{case.id}/auxiliary_{name}"],
            rtol=case.tolerance,
            atol=case.tolerance,
        )


@differentiable
def test_gradient_agrees_with_mxnet(case, golden):
    call = forward(case)
    grads = eager.gradients(call)
    compared = 0
    for name, grad in zip(case.inputs, grads, strict=True):
        key = f"{case.id}/grad_{name}"
        if grad is None:
            assert key not in golden or not golden[key].any(), name
            continue
        np.testing.assert_allclose(
            grad, golden[key], rtol=10 * case.tolerance, atol=10 * case.tolerance
        )
        compared += 1
    assert compared


@numeric
def test_gradient_agrees_with_differences(case):
    call = forward(case, "float64")
    grads = eager.gradients(call)
    visible = call.operator.visible_outputs(call.attributes)

    def loss(position: int, value: np.ndarray) -> float:
        inputs = [x.copy() for x in case.values("float64").values()]
        inputs[position] = value
        made = eager.run(call.operator, call.attributes, inputs, is_train=case.train)
        return sum(float((made[i] * call.out_grads[i]).sum()) for i in range(visible))

    for position, (name, grad) in enumerate(zip(case.inputs, grads, strict=True)):
        if grad is None or name in case.integers:
            continue
        start = case.values("float64")[name]
        expected = np.zeros_like(start)
        for index in np.ndindex(*start.shape):
            step = np.zeros_like(start)
            step[index] = 1e-6
            difference = loss(position, start + step) - loss(position, start - step)
            expected[index] = difference / 2e-6
        np.testing.assert_allclose(grad, expected, rtol=1e-5, atol=1e-6, err_msg=name)


@every_case
def test_shapes_are_inferred(case):
    operator = find(case.operator)
    attributes = operator.parse(case.attributes)
    shapes = [None if n in case.inferred else s for n, s in case.inputs.items()]
    inputs, outputs = eager.infer(operator, attributes, shapes)
    assert list(inputs) == list(case.inputs.values())
    assert [x.shape for x in forward(case).outputs] == list(outputs)


@every_case
def test_attributes_survive_their_string_form(case):
    operator = find(case.operator)
    texts = {name: str(value) for name, value in case.attributes.items()}
    assert operator.parse(texts) == operator.parse(case.attributes)


@repeatable
def test_request_add_adds_to_what_is_there(case):
    operator = find(case.operator)
    call = forward(case)
    inputs = list(case.values().values())
    outputs = [np.full_like(x, 2) for x in call.outputs]
    eager.bind_and_run(
        operator, call.attributes, inputs, outputs, Request.ADD, case.train
    )
    for i in range(operator.visible_outputs(call.attributes)):
        tolerance = 5e-3 if outputs[i].dtype == np.float16 else 1e-5
        np.testing.assert_allclose(
            outputs[i], call.outputs[i] + 2, rtol=tolerance, atol=tolerance
        )


@every_case
def test_in_place_equals_out_of_place(case):
    operator = find(case.operator)
    attributes = operator.parse(case.attributes)
    expected = forward(case).outputs
    for source, target in operator.inplace:
        inputs = [np.ascontiguousarray(x) for x in case.values().values()]
        if source >= len(inputs) or inputs[source].nbytes != expected[target].nbytes:
            continue
        outputs = [np.empty_like(x) for x in expected]
        outputs[target] = inputs[source].reshape(expected[target].shape)
        eager.bind_and_run(
            operator, attributes, inputs, outputs, Request.WRITE, case.train
        )
        np.testing.assert_array_equal(outputs[target], expected[target])


def test_every_operator_has_cases():
    covered = {find(case.operator).name for case in ALL} | TESTED_ELSEWHERE
    declared = {op.name for op in names().values() if not op.name.startswith("_back")}
    assert declared <= covered, sorted(declared - covered)


# Operators of the user's own run in the framework, which brings their kernel.
@pytest.mark.parametrize(
    "name", sorted({op.name for op in names().values() if not op.free})
)
def test_every_operator_has_a_reference_kernel(name):
    assert dataflow_ops.kernels.table.lookup("reference", name) is not None
