"""What kernels do about requests, layouts in memory and floating point warnings."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from dataflow_ops.kernels.table import Invocation, Request, lookup, quiet
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.cases import FAMILIES

ALL = [case for cases in FAMILIES.values() for case in cases]


def cases(*, where):
    chosen = [case for case in ALL if where(case)]
    return pytest.mark.parametrize("case", chosen, ids=lambda case: case.id)


def rounding(array):
    """Return a tolerance for results that were rounded in different places."""
    return 5e-3 if array.dtype == np.float16 else 1e-5


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
    outputs = eager.run(operator, attributes, inputs, is_train=case.train)
    heads = case.head_gradients([x.shape for x in outputs])
    call = _Recorded(operator, attributes, inputs, outputs, heads, case.train)
    call.made = []
    eager.gradients(call)
    return call.made


# Where the gradient moves a state, asking twice gives two results.
@cases(where=lambda case: case.differentiable and not case.auxiliary)
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
                    operator,
                    parsed,
                    inputs,
                    outputs,
                    request,
                    case.train,
                    shapes=shapes,
                )
                if wanted < len(expected):
                    np.testing.assert_allclose(
                        outputs[wanted],
                        expected[wanted] + (request is Request.ADD),
                        rtol=rounding(expected[wanted]),
                        atol=rounding(expected[wanted]),
                    )


@cases(where=lambda case: True)
def test_nothing_is_written_where_nothing_is_asked_for(case):
    operator = find(case.operator)
    attributes = operator.parse(case.attributes)
    inputs = list(case.values().values())
    shapes = eager.infer(operator, attributes, [x.shape for x in inputs])[1]
    before = [x.copy() for x in inputs]
    nothing = [None] * len(shapes)
    eager.bind_and_run(
        operator,
        attributes,
        inputs,
        nothing,
        Request.NULL,
        is_train=False,
        shapes=shapes,
    )
    for old, new in zip(before, inputs, strict=True):
        np.testing.assert_array_equal(old, new)


@cases(where=repeats)
def test_inputs_need_not_be_contiguous(case):
    operator = find(case.operator)
    attributes = operator.parse(case.attributes)
    inputs = list(case.values().values())
    expected = eager.run(operator, attributes, inputs, is_train=case.train)
    spaced = [spread(x) for x in case.values().values()]
    assert not any(x.flags.c_contiguous for x in spaced if x.size > 1)
    made = eager.run(operator, attributes, spaced, is_train=case.train)
    for old, new in zip(expected, made, strict=True):
        np.testing.assert_allclose(old, new, rtol=rounding(old), atol=rounding(old))
    for old, new in zip(inputs, spaced, strict=True):  # states moved alike
        np.testing.assert_allclose(old, new, rtol=1e-5, atol=1e-6)


def spread(array):
    """Return a copy whose elements lie apart."""
    return np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array


@cases(where=lambda case: True)
def test_inputs_stay_as_they_were(case):
    operator = find(case.operator)
    attributes = operator.parse(case.attributes)
    values = case.values()
    for name, x in values.items():
        x.flags.writeable = name in case.auxiliary
    eager.run(operator, attributes, list(values.values()), is_train=case.train)


@cases(where=lambda case: repeats(case) and case.inputs and not case.auxiliary)
def test_a_bound_kernel_can_run_again_on_other_values(case):
    operator = find(case.operator)
    attributes = operator.parse(case.attributes)
    inputs = list(case.values().values())
    values = [
        x.astype(x.dtype.type) // 2 if x.dtype.kind in "iu" else x / 2 for x in inputs
    ]
    for name, x, value in zip(case.inputs, inputs, values, strict=True):
        if name in case.integers or name in case.fixed:
            value[...] = x
    expected = eager.run(operator, attributes, values, is_train=case.train)
    outputs = [np.empty_like(x) for x in expected]
    thunk = eager.bind(operator, attributes, inputs, outputs, is_train=case.train)
    if thunk is not None:
        quiet(thunk)()
    for target, value in zip(inputs, values, strict=True):
        target[...] = value
    if thunk is not None:
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
