"""Composing symbols: parts, groups, replacing arguments, copies."""

from __future__ import annotations

import copy
import operator

import numpy as np
import pytest

import dataflow as mx


@pytest.fixture(autouse=True)
def fresh_names():
    with mx.name.NameManager():
        yield


def dense(name: str = "net", data: str = "d") -> mx.sym.Symbol:
    return mx.sym.FullyConnected(mx.sym.Variable(data), num_hidden=3, name=name)


def test_absent_inputs_become_variables_named_after_the_node():
    assert mx.sym.FullyConnected(num_hidden=3, name="z").list_arguments() == [
        "z_data",
        "z_weight",
        "z_bias",
    ]


def test_a_left_out_position_becomes_a_variable():
    x, b = mx.sym.Variable("x"), mx.sym.Variable("b")
    net = mx.sym.FullyConnected(x, None, b, num_hidden=3, name="z")
    assert net.list_arguments() == ["x", "z_weight", "b"]


def test_inputs_are_given_by_position_or_name():
    x, w = mx.sym.Variable("x"), mx.sym.Variable("w")
    net = mx.sym.FullyConnected(x, weight=w, num_hidden=3, no_bias=True)
    assert net.list_arguments() == ["x", "w"]


def test_attributes_may_follow_the_inputs_by_position():
    x = mx.sym.Variable("x")
    assert mx.sym.clip(x, 0, 1).list_attr() == {"a_min": "0", "a_max": "1"}
    assert mx.sym.Reshape(x, (2, 3)).list_attr() == {"shape": "(2, 3)"}


def test_a_group_has_the_outputs_of_all_its_symbols():
    a = dense("a")
    split = mx.sym.SliceChannel(a, num_outputs=2, name="s")
    group = mx.sym.Group([split, a, mx.sym.Group([a, mx.sym.Variable("v")])])
    assert group.list_outputs() == [
        "s_output0",
        "s_output1",
        "a_output",
        "a_output",
        "v",
    ]
    assert group.name is None
    assert mx.sym.Group([a]).name == "a"
    assert len(group) == 5


def test_outputs_are_picked_by_index_name_or_slice():
    split = mx.sym.SliceChannel(mx.sym.Variable("x"), num_outputs=3, name="s")
    assert split[1].list_outputs() == ["s_output1"]
    assert split["s_output2"].list_outputs() == ["s_output2"]
    assert split[0:2].list_outputs() == ["s_output0", "s_output1"]
    assert [part.list_outputs() for part in split] == [
        ["s_output0"],
        ["s_output1"],
        ["s_output2"],
    ]


def test_internals_are_all_visible_entries_in_order():
    net = mx.sym.exp(dense("fc"), name="e")
    internals = net.get_internals()
    assert internals.list_outputs() == [
        "d",
        "fc_weight",
        "fc_bias",
        "fc_output",
        "e_output",
    ]
    assert internals["fc_output"].list_arguments() == ["d", "fc_weight", "fc_bias"]


def test_children_are_the_direct_inputs():
    net = mx.sym.exp(dense("fc"), name="e")
    children = net.get_children()
    assert children is not None
    assert children.list_outputs() == ["fc_output"]
    assert mx.sym.Variable("x").get_children() is None


def test_a_call_replaces_arguments_in_a_copy():
    net, other = dense(), dense("other", "x")
    joined = net(d=other)
    assert joined.list_arguments() == [
        "x",
        "other_weight",
        "other_bias",
        "net_weight",
        "net_bias",
    ]
    assert net.list_arguments() == ["d", "net_weight", "net_bias"]
    assert other.list_arguments() == ["x", "other_weight", "other_bias"]


def test_a_call_may_rename_its_result():
    net = dense()
    assert net(d=mx.sym.Variable("q"), name="again").list_outputs() == ["again_output"]
    assert net.list_outputs() == ["net_output"]


def test_a_symbol_composed_with_itself_makes_no_cycle():
    net = dense()
    twice = net(d=net)
    assert twice.list_arguments() == [
        "d",
        "net_weight",
        "net_bias",
        "net_weight",
        "net_bias",
    ]
    shapes, outputs, _ = twice.infer_shape(d=(2, 5))
    assert outputs == [(2, 3)]
    assert shapes == [(2, 5), (3, 5), (3,), (3, 3), (3,)]


def test_composing_replaces_every_use_of_an_argument():
    x = mx.sym.Variable("x")
    net = x * x + mx.sym.exp(x)
    made = net(x=mx.sym.Variable("a") + mx.sym.Variable("b"))
    assert made.list_arguments() == ["a", "b"]
    (result,) = made.eval(a=mx.nd.array([1.0]), b=mx.nd.array([1.0]))
    assert result.asscalar() == pytest.approx(4 + np.exp(2.0), rel=1e-6)


def test_two_arguments_may_be_swapped():
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    swapped = (a - b)(a=b, b=a)
    assert swapped.list_arguments() == ["b", "a"]
    (result,) = swapped.eval(a=mx.nd.array([1.0]), b=mx.nd.array([10.0]))
    assert result.asscalar() == 9


def test_a_composed_copy_does_not_share_attributes():
    net = dense()
    made = net(d=mx.sym.Variable("q"))
    made._set_attr(__mine__="1")
    assert net.attr("__mine__") is None


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_copies_are_independent(duplicate):
    net = dense()
    other = duplicate(net)
    other._set_attr(__mine__="1")
    assert other.list_arguments() == net.list_arguments()
    assert net.attr("__mine__") is None


def test_a_deep_copy_of_a_group_keeps_shared_nodes_shared():
    net = dense()
    group = copy.deepcopy(mx.sym.Group([net, mx.sym.exp(net)]))
    assert group.list_arguments() == ["d", "net_weight", "net_bias"]


def test_variables_of_one_name_are_different_arguments():
    both = mx.sym.Variable("a") + mx.sym.Variable("a")
    assert both.list_arguments() == ["a", "a"]


A, B = np.array([1.0, 2.0, 3.0], "f"), np.array([4.0, 2.0, 0.5], "f")
OPERATORS = (
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.mod,
    operator.pow,
    operator.eq,
    operator.ne,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
)


@pytest.mark.parametrize("function", OPERATORS)
def test_arithmetic_is_numpys(function):
    a, b = mx.sym.Variable("a"), mx.sym.Variable("b")
    arrays = {"a": mx.nd.array(A), "b": mx.nd.array(B)}
    cases = [
        (function(a, b), function(A, B)),
        (function(a, 2), function(A, 2)),
        (function(2.5, b), function(2.5, B)),
        (function(a, np.float32(1.5)), function(A, 1.5)),
    ]
    for symbol, expected in cases:
        (found,) = symbol.bind(mx.cpu(), arrays).forward()
        np.testing.assert_allclose(found.asnumpy(), expected, rtol=1e-6)


def test_unary_arithmetic_is_numpys():
    a = mx.sym.Variable("a")
    (found,) = (-a).eval(a=mx.nd.array(A))
    np.testing.assert_array_equal(found.asnumpy(), -A)
    (found,) = abs(-a).eval(a=mx.nd.array(A))
    np.testing.assert_array_equal(found.asnumpy(), A)


def test_arithmetic_with_anything_else_is_a_type_error():
    with pytest.raises(TypeError):
        mx.sym.Variable("a") + "text"


def test_symbols_are_neither_true_nor_false():
    with pytest.raises(mx.MXNetError, match="bind it first"):
        bool(mx.sym.Variable("a") == mx.sym.Variable("b"))


def test_symbols_can_be_keys():
    a = mx.sym.Variable("a")
    assert {a: 1}[a] == 1


def test_reprs_name_the_symbol():
    net = dense()
    assert repr(net) == "<Symbol net>"
    group = mx.sym.Group([net, mx.sym.Variable("v")])
    assert repr(group) == "<Symbol group [net, v]>"
