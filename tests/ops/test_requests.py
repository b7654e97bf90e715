"""What kernels do about requests, layouts in memory and floating point warnings."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from dataflow_ops.kernels.table import Invocation, Request, lookup, quiet
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.cases import FAMILIES

_FAMILIES = (
    *("elementwise", "broadcast", "expansion", "reduction", "linalg", "layout"),
    *("pieces", "indexing", "creation", "random", "transfer"),
)
ALL = [case for family in _FAMILIES for case in FAMILIES[family]]


def cases(*, where):
    chosen = [case for case in ALL if where(case)]
    return pytest.mark.parametrize("case", chosen, ids=lambda case: case.id)


def repeats(case):
    """Tell whether a second run gives the same."""
    return not find(case.operator).random


class _Recorded(eager.EagerCall):
    """Remembers the backward operators that a gradient rule makes."""

    def make(self, operator, *inputs, **attributes):
        outputs = super().make(operator, *inputs, **attributes)
        self.made.append((operator, attributes, inputs, outputs))
        return outputs


def _gradient_nodes(case):
    operator = find(case.operator)
    attributes = operator.parse(case.attributes)
    inputs = list(case.values().values())
    outputs = eager.run(operator, attributes, inputs)
    heads = case.head_gradients([x.shape for x in outputs])
    call = _Recorded(operator, attributes, inputs, outputs, heads)
    call.made = []
    eager.gradients(call)
    return call.made


@cases(where=lambda case: case.differentiable)
def test_each_gradient_can_be_asked_for_alone(case):
    for name, attributes, inputs, expected in _gradient_nodes(case):
        operator = find(name)
        parsed = operator.parse(attributes)
        for request in (Request.WRITE, Request.ADD):
            for wanted in range(len(expected) + 1):
                outputs = [
                    np.ones_like(x) if i == wanted else None
                    for i, x in enumerate(expected)
                ]
                shapes = [x.shape for x in expected]
                eager.bind_and_run(
                    operator, parsed, inputs, outputs, request, True, shapes=shapes
                )
                if wanted < len(expected):
                    np.testing.assert_allclose(
                        outputs[wanted],
                        expected[wanted] + (request is Request.ADD),
                        rtol=1e-5,
                        atol=1e-5,
                    )


@cases(where=lambda case: True)
def test_nothing_is_written_where_nothing_is_asked_for(case):
    operator = find(case.operator)
    attributes = operator.parse(case.attributes)
    count = len(operator.output_names(attributes))
    inputs = list(case.values().values())
    before = [x.copy() for x in inputs]
    eager.bind_and_run(operator, attributes, inputs, [None] * count, Request.NULL, True)
    for old, new in zip(before, inputs, strict=True):
        np.testing.assert_array_equal(old, new)


@cases(where=repeats)
def test_inputs_need_not_be_contiguous(case):
    operator = find(case.operator)
    attributes = operator.parse(case.attributes)
    inputs = list(case.values().values())
    expected = eager.run(operator, attributes, inputs)
    spaced = [np.repeat(x, 2, axis=-1)[..., ::2] for x in inputs]
    assert not any(x.flags.c_contiguous for x in spaced if x.size > 1)
    for old, new in zip(expected, eager.run(operator, attributes, spaced), strict=True):
        np.testing.assert_allclose(old, new, rtol=1e-6)


@cases(where=lambda case: True)
def test_inputs_stay_as_they_were(case):
    operator = find(case.operator)
    attributes = operator.parse(case.attributes)
    inputs = list(case.values().values())
    for x in inputs:
        x.flags.writeable = False
    eager.run(operator, attributes, inputs)


@cases(where=lambda case: repeats(case) and case.inputs)
def test_a_bound_kernel_can_run_again_on_other_values(case):
    operator = find(case.operator)
    attributes = operator.parse(case.attributes)
    values = list(case.values().values())
    expected = eager.run(operator, attributes, values)
    inputs = [np.zeros_like(x) for x in values]
    outputs = [np.empty_like(x) for x in expected]
    thunk = lookup("reference", operator.name).bind(
        Invocation(
            xp=np,
            attributes=attributes,
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            requests=(Request.WRITE,) * len(outputs),
        )
    )
    quiet(thunk)()
    for target, value in zip(inputs, values, strict=True):
        target[...] = value
    quiet(thunk)()
    for old, new in zip(expected, outputs, strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("name", "value"),
    [("log", -1), ("log", 0), ("exp", 1e4), ("sqrt", -1), ("reciprocal", 0)],
)
def test_infinities_and_nan_are_results_and_no_warnings(name, value):
    result = eager.apply(name, np.float32([value]))
    assert not np.isfinite(result).any()


def test_division_by_zero_is_silent_in_any_thread():
    results = []

    def work():
        for _ in range(20):
            results.append(eager.apply("_div_scalar", np.float32([1]), scalar=0))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert np.isinf(results).all()
    assert len(results) == 80


@pytest.mark.parametrize("name", ["Reshape", "Flatten", "squeeze", "_copy"])
def test_a_view_of_the_same_memory_has_nothing_to_do(name):
    operator = find(name)
    assert operator.view
    data = np.ones((2, 3), np.float32)
    attributes = operator.parse({"shape": (2, 3)} if name == "Reshape" else {})
    call = Invocation(np, attributes, (data,), (data.reshape(2, 3),), (Request.WRITE,))
    assert lookup("reference", name).bind(call) is None
