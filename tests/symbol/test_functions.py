"""The operators' functions: signatures and docstrings that editors can show."""

from __future__ import annotations

import inspect

import pytest

import dataflow as mx
from dataflow_ops.registry import names

MODULES = (mx.sym, mx.nd)


@pytest.mark.parametrize("module", MODULES)
def test_every_operator_is_a_documented_function(module):
    for name, operator in names().items():
        function = getattr(module, name)
        if inspect.getmodule(function) is not None and name in module.__all__:
            continue  # a hand-written function of the same name
        assert operator.summary in function.__doc__.replace("\n", " ")
        assert function.__name__ == name


@pytest.mark.parametrize("module", MODULES)
def test_signatures_show_inputs_attributes_and_defaults(module):
    parameters = inspect.signature(module.FullyConnected).parameters
    assert list(parameters)[:3] == ["data", "weight", "bias"]
    assert parameters["num_hidden"].default is inspect.Parameter.empty
    assert parameters["no_bias"].default is False


@pytest.mark.parametrize("module", MODULES)
def test_operators_of_many_inputs_take_any_number(module):
    parameters = inspect.signature(module.add_n).parameters
    kinds = [p.kind for p in parameters.values()]
    assert inspect.Parameter.VAR_POSITIONAL in kinds


@pytest.mark.parametrize("module", MODULES)
def test_docstrings_explain_each_attribute(module):
    assert "num_hidden : int, required" in module.FullyConnected.__doc__
    assert "Number of output features." in module.FullyConnected.__doc__


@pytest.mark.parametrize("module", MODULES)
def test_an_unknown_operator_is_an_attribute_error_with_a_suggestion(module):
    with pytest.raises(AttributeError, match=r"did you mean 'FullyConnected'\?"):
        module.FullyConected  # noqa: B018
    with pytest.raises(mx.MXNetError):
        module.FullyConected  # noqa: B018
    assert not hasattr(module, "no_such_operator_at_all")
