"""Bad input: one family of errors, Python's kinds where MXNet's are, and what to do.

Each row is a mistake; the kinds are those that MXNet 1.9.1 raises for it (beside its
own MXNetError), so that a program written for it catches what it always caught.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import OperatorError
from tests.executor.running import Faulty, replace_kernel


def x() -> mx.sym.Symbol:
    return mx.sym.Variable("x")


def dense() -> mx.sym.Symbol:
    return mx.sym.FullyConnected(x(), num_hidden=3, name="fc")


def executor() -> mx.Executor:
    return dense().simple_bind(mx.cpu(), x=(2, 5))


def cyclic() -> mx.sym.Symbol:
    """A cycle cannot be composed; this one is forged."""
    first = mx.sym.exp(x(), name="first")
    second = mx.sym.tanh(first, name="second")
    first.entries[0].node.inputs = second.entries
    return second


class Mistake(NamedTuple):
    action: Callable[[], object]
    kind: type[Exception]
    says: tuple[str, ...]


MISTAKES = {
    # composing
    "unknown operator": Mistake(
        lambda: mx.sym.FullyConected,
        AttributeError,
        ("FullyConected", "did you mean 'FullyConnected'"),
    ),
    "unknown attribute": Mistake(
        lambda: mx.sym.FullyConnected(x(), num_hiden=3),
        mx.MXNetError,
        ("FullyConnected", "'num_hiden'", "did you mean 'num_hidden'"),
    ),
    "unknown attribute of an array function": Mistake(
        lambda: mx.nd.clip(mx.nd.ones(1), a_min=0, a_mxa=1),
        mx.MXNetError,
        ("clip", "'a_mxa'", "did you mean 'a_max'"),
    ),
    "missing attribute": Mistake(
        lambda: mx.sym.FullyConnected(x()),
        mx.MXNetError,
        ("FullyConnected", "'num_hidden' is missing"),
    ),
    "attribute of a wrong kind": Mistake(
        lambda: mx.sym.FullyConnected(x(), num_hidden="many"),
        mx.MXNetError,
        ("FullyConnected", "num_hidden", "'many'"),
    ),
    "attribute outside of its choices": Mistake(
        lambda: mx.sym.Activation(x(), act_type="rleu"),
        mx.MXNetError,
        ("Activation", "act_type", "'rleu'", "relu"),
    ),
    "unknown input": Mistake(
        lambda: mx.sym.FullyConnected(dta=x(), num_hidden=3),
        mx.MXNetError,
        ("FullyConnected", "'dta'", "data, weight, bias"),
    ),
    "input that is no symbol": Mistake(
        lambda: mx.sym.FullyConnected(3, num_hidden=3),
        TypeError,
        ("FullyConnected", "'data'", "Symbol", "3"),
    ),
    "array instead of a symbol": Mistake(
        lambda: mx.sym.exp(mx.nd.ones(1)), TypeError, ("exp", "Symbol")
    ),
    "input given twice": Mistake(
        lambda: mx.sym.exp(x(), data=x()), mx.MXNetError, ("exp", "'data'", "twice")
    ),
    "too many inputs": Mistake(
        lambda: mx.sym.exp(x(), x()), mx.MXNetError, ("exp", "1 inputs")
    ),
    "several outputs for one input": Mistake(
        lambda: mx.sym.exp(mx.sym.SliceChannel(x(), num_outputs=2)),
        mx.MXNetError,
        ("exp", "'data'", "has 2", "symbol[0]"),
    ),
    "composing an unknown argument": Mistake(
        lambda: dense()(zz=x()), mx.MXNetError, ("fc", "'zz'", "fc_weight")
    ),
    "composing by position and name": Mistake(
        lambda: dense()(x(), fc_bias=x()), TypeError, ("position", "name")
    ),
    "composing with no symbol": Mistake(
        lambda: dense()(x=3), TypeError, ("'x'", "Symbol")
    ),
    "unknown output": Mistake(lambda: dense()["fc"], ValueError, ("'fc'", "fc_output")),
    "output out of range": Mistake(lambda: dense()[3], IndexError, ("[3]", "1 outp")),
    "truth of a symbol": Mistake(lambda: bool(x()), mx.MXNetError, ("bind",)),
    "group of no symbols": Mistake(
        lambda: mx.sym.Group([x(), 3]), TypeError, ("symbols", "3")
    ),
    "empty group": Mistake(lambda: mx.sym.Group([]), TypeError, ("at least one",)),
    "name that is no string": Mistake(
        lambda: mx.sym.Variable(3), TypeError, ("string", "3")
    ),
    "attribute that is no string": Mistake(
        lambda: mx.AttrScope(ctx_group=3), ValueError, ("'ctx_group'", "'3'")
    ),
    "misspelt keyword of a variable": Mistake(
        lambda: mx.sym.Variable("x", shap="(1,)"), ValueError, ("'shap'",)
    ),
    "type that does not exist": Mistake(
        lambda: mx.sym.Variable("x", dtype="complex64"),
        mx.MXNetError,
        ("complex64", "float32"),
    ),
    # inferring
    "shape conflict": Mistake(
        lambda: dense().infer_shape(x=(2, 5), fc_weight=(7, 7)),
        mx.MXNetError,
        ("FullyConnected", "'fc'", "'fc_weight'", "(7, 7)", "(2, 5)", __file__),
    ),
    "type conflict": Mistake(
        lambda: dense().infer_type(x="float64", fc_weight="float32"),
        mx.MXNetError,
        ("FullyConnected", "'fc'", "float64", "float32", __file__),
    ),
    "shape of an unknown argument": Mistake(
        lambda: dense().infer_shape(zz=(1,)), mx.MXNetError, ("'zz'", "fc_bias")
    ),
    "cycle": Mistake(
        lambda: cyclic().list_arguments(), mx.MXNetError, ("cycle", "first", "second")
    ),
    "binding a cycle": Mistake(
        lambda: cyclic().simple_bind(mx.cpu(), x=(1,)), mx.MXNetError, ("cycle",)
    ),
    # binding
    "missing argument": Mistake(
        lambda: dense().bind(mx.cpu(), {"x": mx.nd.ones((2, 5))}),
        ValueError,
        ("'fc_weight'", "missing", "args"),
    ),
    "no arguments": Mistake(
        lambda: dense().bind(mx.cpu(), None), TypeError, ("args", "fc_weight")
    ),
    "misspelt argument": Mistake(
        lambda: dense().infer_shape(x=(2, 5), fc_wight=(3, 5)),
        mx.MXNetError,
        ("'fc_wight'", "fc_weight"),
    ),
    "too few shapes": Mistake(
        lambda: dense().simple_bind(mx.cpu()), RuntimeError, ("'x'", "x")
    ),
    "unknown request": Mistake(
        lambda: dense().simple_bind(mx.cpu(), grad_req="wriet", x=(2, 5)),
        ValueError,
        ("'wriet'", "write, add, null"),
    ),
    "context that is none": Mistake(
        lambda: dense().simple_bind("cpu", x=(2, 5)), TypeError, ("'cpu'", "mx.cpu(0)")
    ),
    "unknown device": Mistake(
        lambda: mx.Context("tpu"), KeyError, ("'tpu'", "cpu", "gpu")
    ),
    "negative device": Mistake(lambda: mx.cpu(-1), mx.MXNetError, ("-1",)),
    "gpu without a back end": Mistake(
        lambda: dense().simple_bind(mx.gpu(0), x=(2, 5)),
        mx.MXNetError,
        ("gpu(0)", "mx.cpu()"),
    ),
    "array on a gpu without a back end": Mistake(
        lambda: mx.nd.zeros(2, ctx=mx.gpu(0)), mx.MXNetError, ("gpu(0)", "mx.cpu()")
    ),
    "group on a gpu without a back end": Mistake(
        lambda: dense().simple_bind(mx.cpu(), group2ctx={"a": mx.gpu(1)}, x=(2, 5)),
        mx.MXNetError,
        ("gpu(1)", "group2ctx['a']"),
    ),
    # running
    "forward with an unknown argument": Mistake(
        lambda: executor().forward(zz=mx.nd.ones(1)), TypeError, ("'zz'", "fc_weight")
    ),
    "forward with another shape": Mistake(
        lambda: executor().forward(x=mx.nd.ones((3, 5))),
        ValueError,
        ("'x'", "(2, 5)", "(3, 5)", "reshape"),
    ),
    "forward with no array": Mistake(
        lambda: executor().forward(x="text"), ValueError, ("'x'", "text")
    ),
    "backward before forward": Mistake(
        lambda: executor().backward(mx.nd.ones((2, 3))), mx.MXNetError, ("forward",)
    ),
    "unknown parameter": Mistake(
        lambda: executor().copy_params_from({"zz": mx.nd.ones(1)}),
        ValueError,
        ("'zz'", "fc_weight"),
    ),
    # arrays
    "shapes that do not broadcast": Mistake(
        lambda: mx.nd.ones((2, 3)) + mx.nd.ones((4,)),
        mx.MXNetError,
        ("broadcast_add", "(2, 3)", "(4,)", "float32"),
    ),
    "types that differ": Mistake(
        lambda: mx.nd.ones(2) + mx.nd.ones(2, dtype="int32"),
        mx.MXNetError,
        ("broadcast_add", "float32", "int32"),
    ),
    "index out of range": Mistake(lambda: mx.nd.ones(2)[5], IndexError, ("5", "(2,)")),
    "index that is none": Mistake(lambda: mx.nd.ones(2)["a"], ValueError, ("'a'",)),
    "assigning another shape": Mistake(
        lambda: mx.nd.ones(2).__setitem__(slice(None), mx.nd.ones(3)),
        ValueError,
        ("(3,)", "(2,)"),
    ),
    "assigning no array": Mistake(
        lambda: mx.nd.ones(2).__setitem__(0, "text"), TypeError, ("'text'",)
    ),
    "making an array of no numbers": Mistake(
        lambda: mx.nd.array("text"), TypeError, ("'text'",)
    ),
    "scalar of many": Mistake(lambda: mx.nd.ones(2).asscalar(), ValueError, ("(2,)",)),
    "truth of many": Mistake(lambda: bool(mx.nd.ones(2)), ValueError, ("ambiguous",)),
    "copy to another shape": Mistake(
        lambda: mx.nd.ones(2).copyto(mx.nd.ones(3)), mx.MXNetError, ("(2,)", "(3,)")
    ),
    "copy to no array": Mistake(lambda: mx.nd.ones(2).copyto(3), TypeError, ("int",)),
    "reshape to another size": Mistake(
        lambda: mx.nd.ones(2).reshape((3,)), mx.MXNetError, ("(2,)", "(3,)")
    ),
    # the engine
    "unknown engine": Mistake(
        lambda: mx.engine.create("fast"), ValueError, ("'fast'", "naive", "threaded")
    ),
    "unknown state of the profiler": Mistake(
        lambda: mx.profiler.set_state("go"), mx.MXNetError, ("'go'", "run")
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named(name):
    action, kind, says = MISTAKES[name]
    with pytest.raises(mx.MXNetError) as caught:
        action()
    assert isinstance(caught.value, kind)
    for part in says:
        assert part in str(caught.value)


def test_all_errors_are_runtime_errors_as_mxnets_are():
    assert issubclass(mx.MXNetError, RuntimeError)


@pytest.mark.parametrize("kind", ["naive", "threaded"])
def test_an_operator_that_raises_is_named_with_everything(monkeypatch, kind):
    kernel = Faulty(FloatingPointError("out of range"))
    replace_kernel(monkeypatch, "sin", kernel)
    with mx.engine.create(kind) as engine, mx.engine.use(engine):
        net = mx.sym.sin(x(), name="culprit", attr={"__mine__": "1"})
        line = "test_errors.py"
        bound = net.simple_bind(mx.cpu(), x=(2, 5))
        with pytest.raises(OperatorError) as caught:
            bound.forward()[0].asnumpy()
    for part in ("sin", "'culprit'", "(2, 5)", "float32", "cpu(0)", line):
        assert part in str(caught.value)
    assert caught.value.__cause__ is kernel.error


def test_a_message_points_at_the_users_line_through_helper_functions():
    def block(data: mx.sym.Symbol, hidden: int) -> mx.sym.Symbol:
        return mx.sym.FullyConnected(data, num_hidden=hidden)

    line = block.__code__.co_firstlineno + 1
    data = x()
    both = block(data, 3) * block(data, 4)
    with pytest.raises(mx.MXNetError) as caught:
        both.simple_bind(mx.cpu(), x=(2, 5))
    assert f"{__file__}:{line}" in str(caught.value)


def test_errors_of_arrays_do_not_poison_the_next_call():
    a = mx.nd.ones(2)
    for _ in range(3):
        with pytest.raises(mx.MXNetError):
            a + mx.nd.ones(3)
    np.testing.assert_array_equal((a + a).asnumpy(), [2, 2])
