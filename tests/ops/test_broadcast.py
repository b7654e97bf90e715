"""Binary functions: types, integers, broadcasting rules and their errors."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

INTEGERS = np.array([-7, -1, 0, 1, 7, 300], np.int32)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("_plus_scalar", [-5, 1, 2, 3, 9, 302]),
        ("_rminus_scalar", [9, 3, 2, 1, -5, -298]),
        ("_mul_scalar", [-14, -2, 0, 2, 14, 600]),
        ("_div_scalar", [-3, 0, 0, 0, 3, 150]),
        ("_power_scalar", [49, 1, 0, 1, 49, 90000]),
        ("_maximum_scalar", [2, 2, 2, 2, 7, 300]),
        ("_mod_scalar", [1, 1, 0, 1, 1, 0]),
        ("_rmod_scalar", [-5, 0, 0, 0, 2, 2]),
        ("_hypot_scalar", [7, 2, 2, 2, 7, 300]),
        ("_greater_scalar", [0, 0, 0, 0, 1, 1]),
        ("_equal_scalar", [0, 0, 0, 0, 0, 0]),
        ("_logical_and_scalar", [1, 1, 0, 1, 1, 1]),
    ],
)
def test_an_integer_array_drops_the_fraction_of_a_number(name, expected):
    result = apply(name, INTEGERS, scalar=2.5)
    assert result.dtype == np.int32
    assert result.tolist() == expected


def test_a_fraction_is_kept_when_told_that_it_is_one():
    result = apply("_mul_scalar", INTEGERS, scalar=2.5, is_int=False)
    assert result.dtype == np.float64
    assert result.tolist() == [-17.5, -2.5, 0.0, 2.5, 17.5, 750.0]


def test_small_integers_wrap_around():
    data = np.array([1, 2, 200], np.uint8)
    assert apply("_plus_scalar", data, scalar=300).tolist() == [45, 46, 244]
    assert apply("_minus_scalar", data, scalar=3).tolist() == [254, 255, 197]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("broadcast_div", [-2, 0, 0, 0, -2, 75]),
        ("broadcast_mod", [2, 2, 0, -2, -2, 0]),
        ("broadcast_power", [-343, -1, 0, 1, 0, 300**4 % 2**32]),
        ("broadcast_hypot", [7, 3, 3, 3, 7, 300]),
    ],
)
def test_integers_divide_and_raise_as_in_c(name, expected):
    other = np.array([3, 3, 3, -3, -3, 4], np.int32)
    result = apply(name, INTEGERS, other)
    assert result.dtype == np.int32
    assert result.tolist()[:5] == expected[:5]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
@pytest.mark.parametrize("name", ["elemwise_add", "broadcast_mul", "_greater"])
def test_the_type_stays(name, dtype):
    data = np.arange(6).astype(dtype)
    assert apply(name, data, data).dtype == dtype
    assert apply("_plus_scalar", data, scalar=1).dtype == dtype


def test_scalars_do_not_widen_half_precision():
    data = np.ones(3, np.float16)
    np.testing.assert_array_equal(apply("_plus_scalar", data, scalar=1e6), np.inf)
    np.testing.assert_array_equal(apply("_div_scalar", data, scalar=3), data / 3)


def test_mixed_types_are_refused():
    operator = find("elemwise_add")
    types = [np.dtype("float32"), np.dtype("int32")]
    with pytest.raises(DTypeError, match="float32 against int32"):
        operator.dtypes(operator.parse({}), types, [None])


def test_nan_is_passed_on_by_maximum():
    data = np.float32([np.nan, 1])
    result = apply("_maximum", data, np.float32([0, 0]))
    assert np.isnan(result[0])
    assert result[1] == 1


@pytest.mark.parametrize(
    ("lhs", "rhs", "output", "expected"),
    [
        ((2, 3), (1, 3), None, ((2, 3), (1, 3), (2, 3))),
        ((2, 3), (3,), None, ((2, 3), (3,), (2, 3))),
        ((2, 0), (2, 1), None, ((2, 0), (2, 1), (2, 0))),
        ((2, 0), (2, 1), (2, 5), ((2, 5), (2, 1), (2, 5))),
        ((0, 3), (4, 3), None, ((0, 3), (4, 3), (4, 3))),
        ((0, 3), (0, 3), (1, 3), ((1, 3), (1, 3), (1, 3))),
        ((2, 3), None, (2, 3), ((2, 3), None, (2, 3))),
    ],
)
def test_broadcast_shapes_go_both_ways(lhs, rhs, output, expected):
    inputs, outputs = shapes_of("broadcast_add", lhs, rhs, outputs=[output])
    assert (*inputs, *outputs) == expected


@pytest.mark.parametrize(
    ("lhs", "rhs", "output"),
    [((2, 3), (4, 3), None), ((2, 3), (2, 3), (2, 4)), ((2, 3), (2, 1), (3,))],
)
def test_shapes_that_do_not_broadcast_name_both_sides(lhs, rhs, output):
    with pytest.raises(ShapeError, match=r"lhs .* and rhs .* do not broadcast"):
        shapes_of("broadcast_add", lhs, rhs, outputs=[output])


def test_equal_shapes_are_required_without_broadcasting():
    with pytest.raises(ShapeError, match=r"\(2, 3\) against \(1, 3\)"):
        shapes_of("elemwise_add", (2, 3), (1, 3))
    assert shapes_of("elemwise_add", (0, 3), None, outputs=[(2, 0)]) == (
        [(2, 3), (2, 3)],
        [(2, 3)],
    )


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("_Plus", "elemwise_add"),
        ("_minus", "elemwise_sub"),
        ("_PlusScalar", "_plus_scalar"),
        ("_RMinusScalar", "_rminus_scalar"),
        ("_RDivScalar", "_rdiv_scalar"),
        ("_NotEqualScalar", "_not_equal_scalar"),
        ("_Greater_Equal", "_greater_equal"),
        ("_LogicalXorScalar", "_logical_xor_scalar"),
        ("broadcast_plus", "broadcast_add"),
        ("_grad_add", "elemwise_add"),
        ("_scatter_elemwise_div", "elemwise_div"),
        ("_scatter_minus_scalar", "_minus_scalar"),
    ],
)
def test_old_names_still_work(alias, name):
    assert find(alias).name == name


def test_the_gradient_of_a_sum_needs_no_values():
    operator = find("elemwise_add")
    call = eager.EagerCall(operator, operator.parse({}), [], [], [np.ones(2)])
    assert len(eager.gradients(call)) == 2


def test_a_gradient_is_summed_over_broadcast_axes_in_its_own_type():
    data = np.ones((2, 3), np.float16)
    output = [np.empty((2, 3), np.float16), np.empty((1, 3), np.float16)]
    operator = find("_backward_broadcast_add")
    eager.bind_and_run(
        operator, operator.parse({}), [data], output, Request.WRITE, True
    )
    np.testing.assert_array_equal(output[1], [[2, 2, 2]])


@pytest.mark.parametrize("request_", [Request.WRITE, Request.ADD])
def test_a_gradient_summed_in_half_precision_does_not_stall(request_):
    data = np.ones((4096, 2), np.float16)
    outputs = [None, np.zeros((1, 2), np.float16)]
    operator = find("_backward_broadcast_add")
    eager.bind_and_run(operator, operator.parse({}), [data], outputs, request_, True)
    np.testing.assert_array_equal(outputs[1], [[4096, 4096]])
