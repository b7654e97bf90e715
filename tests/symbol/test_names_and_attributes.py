"""Automatic names, scopes of names and of attributes."""

from __future__ import annotations

import threading

import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, ArgumentTypeError


@pytest.fixture(autouse=True)
def fresh_names():
    with mx.name.NameManager():
        yield


def test_names_count_up_by_operator():
    x = mx.sym.Variable("x")
    assert [mx.sym.exp(x).name for _ in range(3)] == ["exp0", "exp1", "exp2"]
    assert mx.sym.FullyConnected(x, num_hidden=2).name == "fullyconnected0"


def test_given_names_do_not_count():
    x = mx.sym.Variable("x")
    assert mx.sym.exp(x, name="mine").name == "mine"
    assert mx.sym.exp(x).name == "exp0"


def test_an_alias_counts_under_its_own_name():
    x = mx.sym.Variable("x")
    assert mx.sym.fully_connected(x, num_hidden=2).name.startswith("fully")


def test_a_name_manager_starts_afresh_and_gives_back():
    x = mx.sym.Variable("x")
    mx.sym.exp(x)
    with mx.name.NameManager():
        assert mx.sym.exp(x).name == "exp0"
    assert mx.sym.exp(x).name == "exp1"


def test_a_prefix_goes_before_every_operators_name():
    with mx.name.Prefix("p_"):
        net = mx.sym.FullyConnected(mx.sym.Variable("y"), num_hidden=2)
        named = mx.sym.exp(net, name="given")
    assert net.list_arguments() == [
        "y",
        "p_fullyconnected0_weight",
        "p_fullyconnected0_bias",
    ]
    assert named.name == "p_given"


def test_threads_count_apart():
    x = mx.sym.Variable("x")
    mx.sym.exp(x)
    found: list[str | None] = []
    thread = threading.Thread(target=lambda: found.append(mx.sym.exp(x).name))
    thread.start()
    thread.join(20)
    assert found == ["exp0"]


def test_a_users_own_name_manager_is_asked():
    class Shouting(mx.name.NameManager):
        def get(self, name, hint):
            return super().get(name, hint).upper()

    with Shouting():
        assert mx.sym.exp(mx.sym.Variable("x")).name == "EXP0"


def test_a_scope_marks_everything_made_inside():
    with mx.AttrScope(ctx_group="one"):
        x = mx.sym.Variable("x")
        net = mx.sym.FullyConnected(x, num_hidden=2, name="fc")
    outside = mx.sym.exp(net, name="e")
    found = outside.attr_dict()
    for name in ("x", "fc", "fc_weight", "fc_bias"):
        assert found[name]["__ctx_group__"] == "one"
    assert "e" not in found
    assert net.attr("ctx_group") == net.attr("__ctx_group__") == "one"


def test_an_inner_scope_adds_and_overrides():
    with mx.AttrScope(ctx_group="one", __mood__="happy"):
        with mx.AttrScope(ctx_group="two"):
            x = mx.sym.Variable("x")
        y = mx.sym.Variable("y")
    assert (x.attr("ctx_group"), x.attr("__mood__")) == ("two", "happy")
    assert y.attr("ctx_group") == "one"
    assert mx.sym.Variable("z").list_attr() == {}


def test_a_scope_ends_also_after_an_error():
    with pytest.raises(RuntimeError), mx.AttrScope(ctx_group="one"):
        raise RuntimeError
    assert mx.sym.Variable("z").attr("ctx_group") is None


def test_a_scope_may_be_entered_again():
    scope = mx.AttrScope(ctx_group="one")
    for _ in range(2):
        with scope:
            assert mx.sym.Variable("x").attr("ctx_group") == "one"


def test_attributes_of_a_call_win_over_the_scope():
    with mx.AttrScope(__mood__="happy"):
        x = mx.sym.exp(mx.sym.Variable("x"), attr={"__mood__": "sad"})
    assert x.attr("__mood__") == "sad"


def test_operator_attributes_are_strings():
    net = mx.sym.FullyConnected(num_hidden=3, no_bias=True, name="fc")
    assert net.list_attr() == {"num_hidden": "3", "no_bias": "True"}
    assert net.attr("num_hidden") == "3"
    assert net.attr("nothing") is None


def test_variables_carry_shape_type_and_multipliers():
    v = mx.sym.Variable("v", shape=(3, 4), dtype="float64", lr_mult=2, wd_mult=0.5)
    assert v.list_attr() == {
        "__shape__": "(3, 4)",
        "__dtype__": "1",
        "__lr_mult__": "2",
        "lr_mult": "2",
        "__wd_mult__": "0.5",
        "wd_mult": "0.5",
    }


def test_parameters_made_by_an_operator_share_its_annotations():
    net = mx.sym.FullyConnected(
        mx.sym.Variable("x"), num_hidden=2, name="fc", lr_mult=3
    )
    assert net.attr_dict()["fc_weight"]["__lr_mult__"] == "3"


def test_attributes_are_strings():
    with pytest.raises(ArgumentError, match="must be a string"):
        mx.AttrScope(ctx_group=3)
    with pytest.raises(ArgumentError, match="must be a string"):
        mx.sym.Variable("x", attr={"__a__": 3})
    with pytest.raises(ArgumentError):
        mx.sym.Variable("x")._set_attr(a=1)


def test_a_variables_name_is_a_string():
    with pytest.raises(ArgumentTypeError):
        mx.sym.Variable(3)


def test_a_misspelt_keyword_of_a_variable_is_refused():
    with pytest.raises(ArgumentError, match="'shap'"):
        mx.sym.Variable("x", shap="(2, 3)")
    assert mx.sym.Variable("x", __mine__="1").attr("__mine__") == "1"
