"""What tests are written with: each tool passes what is right and fails the rest."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import dataflow as mx
from dataflow import test_utils as tools
from dataflow.errors import ArgumentError, ArgumentTypeError, ContextError
from tests import utilities

GOLDEN = json.loads((Path(__file__).parent / "golden/test_utils.json").read_text())


# Comparing


@pytest.mark.parametrize("name", utilities.PAIRS)
def test_comparisons_end_as_mxnets(name):
    seen, expected = utilities.outcome(mx, name), GOLDEN["outcomes"][name]
    assert bool(seen) == bool(expected)
    for line in expected:
        if line.startswith("Location of maximum"):
            assert line in seen
        share = re.search(r"rtol=.* \(mismatch .*%\)", line)
        if share:
            assert share.group() in seen[0]


def test_messages_list_the_worst_places():
    a = np.zeros((2, 3), "float32")
    b = np.array([[0, 3, 1], [0, 5, np.nan]], "float32")
    with pytest.raises(AssertionError) as caught:
        tools.assert_almost_equal(a, b, names=("got", "wanted"), mismatches=(3, 10))
    lines = str(caught.value).splitlines()
    assert "mismatch 66.666667%" in lines[0]
    assert "maximum error: (1, 2), got=0.00000000, wanted=nan" in lines[1]
    assert "(1, 1), got=0.00000000, wanted=5.00000000" in lines[2]
    assert lines[3].startswith("  3: Error")
    assert lines[4] == " got: array([[0., 0., 0.],"
    assert "wanted: " in lines[6]


def test_values_of_all_kinds_are_compared():
    a = mx.nd.array([[1, 2], [3, 4]])
    tools.assert_almost_equal(a, a.asnumpy())
    tools.assert_almost_equal(a, a.as_in_context(mx.cpu(1)))
    tools.assert_almost_equal(2, 2.0)
    tools.assert_almost_equal([1, 2], (1, 2))
    tools.assert_allclose(a, a + 1e-9)
    with pytest.raises(AssertionError, match=r"error: \(1, 0\), a=3.*, b=1"):
        tools.assert_almost_equal(a, a[:1])
    with pytest.raises(ArgumentError, match=r"\(2, 2\) and \(3,\) cannot be compared"):
        tools.assert_almost_equal(a, np.ones(3))
    with pytest.raises(AssertionError, match="differ"):
        tools.almost_equal(a, a[:1], use_broadcast=False)
    assert tools.same(a, a.asnumpy())
    assert not tools.same(a, a.asnumpy()[:1])
    assert tools.almost_equal(a, a + 1e-3, rtol=1e-2)
    assert not tools.almost_equal(a, a + 1e-3)


def test_some_elements_may_differ():
    a, b = np.zeros(10), np.eye(10)[3]
    tools.assert_almost_equal_with_err(a, b, etol=0.1)
    for share in (None, 0.05):
        with pytest.raises(AssertionError, match=r"\(3,\)"):
            tools.assert_almost_equal_with_err(a, b, etol=share)
    tools.assert_almost_equal_ignore_nan([np.nan, 1], [2, 1])
    with pytest.raises(AssertionError):
        tools.assert_almost_equal_ignore_nan([np.nan, 1], [2, 2])
    tools.compare_ndarray_tuple((mx.nd.ones(2), (None, a)), (mx.nd.ones(2), (a, a)))
    with pytest.raises(AssertionError):
        tools.compare_ndarray_tuple((a, a), (a, b))


def test_arrays_that_share_memory():
    a = mx.nd.array([[1e-9, 2], [3, 4]])
    before = a.asnumpy()
    assert tools.same_array(a, a.reshape((2, 2)))
    assert not tools.same_array(a, a.copy())
    assert not tools.same_array(a, a + 1)
    assert tools.same(a, before)


def test_symbols_of_the_same_structure():
    x = mx.sym.Variable("x")
    assert tools.same_symbol_structure(mx.sym.exp(x) + 1, mx.sym.exp(x, name="e") + 2)
    assert not tools.same_symbol_structure(mx.sym.exp(x), mx.sym.exp(x) + 1)


# Arrays and tolerances


def test_random_values_are_mxnets():
    assert utilities.draw(mx) == GOLDEN["draw"]


def test_tolerances_are_mxnets():
    assert utilities.tolerances(mx) == GOLDEN["tolerances"]


def test_reductions_are_mxnets():
    assert utilities.reductions(mx) == GOLDEN["reductions"]
    with pytest.raises(ArgumentError, match="does not broadcast"):
        tools.collapse_sum_like(np.ones((2, 3)), (2, 2))


def test_simple_arrays():
    assert tools.create_vector(3).asnumpy().tolist() == [0, 1, 2]
    assert tools.create_2d_tensor(2, 3).asnumpy().tolist() == [[0] * 3, [1] * 3]
    a = np.arange(3.0)
    assert tools.assign_each(a, lambda x: x + 1).tolist() == [1, 2, 3]
    assert (
        tools.assign_each(a, None).tolist() == tools.assign_each2(a, a, None).tolist()
    )
    assert tools.assign_each2(a, a, lambda x, y: x * y).tolist() == [0, 1, 4]
    with pytest.raises(ArgumentError):
        tools.assign_each2(a, a[1:], max)
    with pytest.raises(ArgumentError, match="row_sparse"):
        tools.rand_ndarray((2, 2), "row_sparse")
    with pytest.raises(ArgumentTypeError, match="mean"):
        tools.random_uniform_arrays((2,), mean=3)
    with pytest.raises(ArgumentError):
        tools.random_sample([1], 2)


# Checking symbols

X, Y = mx.sym.Variable("x"), mx.sym.Variable("y")
DATA = np.array([[1, 2], [3, 4]], "float32")


def test_symbols_are_computed_once():
    np.testing.assert_array_equal(tools.simple_forward(X * 2, x=DATA), DATA * 2)
    both = tools.simple_forward(mx.sym.Group([X, X + Y]), x=DATA, y=DATA)
    np.testing.assert_array_equal(both[1], DATA * 2)


def test_outputs_are_checked():
    group = mx.sym.Group([mx.sym.exp(X, name="e"), X + Y])
    expected = [np.exp(DATA), DATA + 1]
    location = {"x": DATA, "y": np.ones_like(DATA)}
    outputs = tools.check_symbolic_forward(group, location, expected)
    assert len(outputs) == 2
    named = dict(zip(group.list_outputs(), expected, strict=True))
    tools.check_symbolic_forward(group, list(location.values()), named)
    tools.check_symbolic_forward(
        X * 3, [np.array([1, 2])], [np.array([3, 6])], dtype="asnumpy"
    )
    with pytest.raises(
        AssertionError, match=r"EXPECTED_e_output=.*, FORWARD_e_output="
    ):
        tools.check_symbolic_forward(group, location, [DATA, DATA + 1])


def test_states_are_given_and_kept():
    norm = mx.sym.BatchNorm(X, use_global_stats=True, fix_gamma=False, name="n")
    ones = np.ones(2, "float32")
    location = [DATA, ones, ones]
    states = {"n_moving_mean": ones * 2, "n_moving_var": mx.nd.array(ones * 4)}
    expected = [(DATA - 2) / np.sqrt(4 + 1e-3) + 1]
    tools.check_symbolic_forward(norm, location, expected, aux_states=states)
    with pytest.raises(ArgumentError, match="aux_states must have the names n_moving"):
        tools.check_symbolic_forward(norm, location, expected, aux_states={"a": ones})


@pytest.mark.parametrize("grad_req", ["write", "add", "null"])
def test_gradients_are_checked(grad_req):
    product, head = X * Y, np.full_like(DATA, 3)
    location = [DATA, DATA + 1]
    expected = [head * (DATA + 1), head * DATA]
    found = tools.check_symbolic_backward(
        product, location, [head], expected, grad_req=grad_req
    )
    assert list(found) == ["x", "y"]
    some = {"y": expected[1]}
    tools.check_symbolic_backward(product, location, head, some, grad_req=grad_req)
    if grad_req != "null":
        with pytest.raises(AssertionError, match=r"EXPECTED_y=.*, BACKWARD_y="):
            tools.check_symbolic_backward(
                product, location, [head], {"y": head}, grad_req=grad_req
            )


def test_requests_may_differ():
    head = {"_mul_output": np.ones_like(DATA)}
    product = mx.sym.elemwise_mul(X, Y, name="_mul")
    for requests in (["write", "add"], {"x": "write", "y": "add"}):
        tools.check_symbolic_backward(
            product, [DATA, DATA], head, [DATA, DATA], grad_req=requests
        )
    loss = mx.sym.MakeLoss(X * 2)
    tools.check_symbolic_backward(loss, [DATA], None, [DATA * 0 + 2])


def test_numeric_gradients():
    location = {"x": DATA, "y": np.array([[0.5, 1], [1.5, 2]], "float32")}
    for symbol in (X * Y, mx.sym.tanh(X) + mx.sym.dot(X, Y), mx.sym.sum(X * Y)):
        tools.check_numeric_gradient(symbol, location, rtol=1e-2, atol=1e-2)
    tools.check_numeric_gradient(
        mx.sym.exp(X) * Y,
        [location["x"], location["y"]],
        grad_nodes={"x": "add", "y": "null"},
        numeric_eps=1e-4,
        rtol=1e-5,
        atol=1e-5,
        dtype=np.float64,
    )
    net = mx.sym.BatchNorm(X, fix_gamma=False, name="n")
    ones = np.ones(2, "float32")
    tools.check_numeric_gradient(
        net, [DATA, ones, ones], [ones, ones], rtol=0.1, atol=0.1, grad_nodes=["x"]
    )


class WrongSquare(mx.operator.CustomOp):
    def forward(self, is_train, req, in_data, out_data, aux):
        self.assign(out_data[0], req[0], in_data[0] * in_data[0])

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        self.assign(in_grad[0], req[0], out_grad[0] * in_data[0])  # the 2 is missing


@mx.operator.register("test_utils_wrong_square")
class WrongSquareProp(mx.operator.CustomOpProp):
    def create_operator(self, ctx, shapes, dtypes):
        return WrongSquare()


def test_wrong_gradients_are_found():
    wrong = mx.sym.Custom(X, op_type="test_utils_wrong_square")
    with pytest.raises(AssertionError, match=r"NUMERICAL_x=.*, BACKWARD_x="):
        tools.check_numeric_gradient(wrong, [DATA])


def test_numeric_gradients_by_hand():
    executor = (X * X * Y).bind(mx.cpu(), {"x": mx.nd.zeros(2), "y": mx.nd.ones(2)})
    given = {"x": np.array([1.0, 3.0]), "y": np.array([1, 2])}
    found = tools.numeric_grad(executor, given, eps=0.25)
    np.testing.assert_allclose(found["x"], [2, 12], rtol=1e-5)
    assert found["y"].tolist() == [0, 0]
    assert executor.arg_dict["x"].asnumpy().tolist() == [1, 3]


def test_what_cannot_be_checked():
    with pytest.raises(ArgumentError, match="location must have the names x, y"):
        tools.check_symbolic_forward(X + Y, {"x": DATA}, [DATA])
    with pytest.raises(ArgumentError, match=r"location must be 2 \(x, y\), not 1"):
        tools.check_symbolic_forward(X + Y, [DATA], [DATA])
    with pytest.raises(ArgumentTypeError, match="a dict, a list or a tuple"):
        tools.check_symbolic_forward(X + Y, DATA, [DATA])
    with pytest.raises(ArgumentError, match="dtype is 'int32'"):
        tools.check_symbolic_forward(X, [DATA], [DATA], dtype="int32")
    with pytest.raises(ArgumentError, match="storage type 'csr'"):
        tools.check_numeric_gradient(X, [DATA], grad_stype_dict={"x": "csr"})
    with pytest.raises(ArgumentError, match="grad_nodes names 'z'"):
        tools.check_numeric_gradient(X * 2, [DATA], grad_nodes=["z"])
    with pytest.raises(ArgumentError, match="2 outputs; pick one"):
        tools.check_numeric_gradient(mx.sym.Group([X, Y]), [DATA, DATA])


# Contexts, types and speed


def network(hidden=3):
    net = mx.sym.FullyConnected(X, num_hidden=hidden, name="fc")
    return mx.sym.Activation(net, act_type="tanh", name="act")


def test_contexts_and_types_agree():
    given = [
        {"ctx": mx.cpu(0), "x": (4, 5), "type_dict": {"x": np.float64}},
        {"ctx": mx.cpu(1), "x": (4, 5), "type_dict": {"x": np.float32}},
        {"ctx": mx.cpu(0), "x": (4, 5), "type_dict": {"x": np.float16}},
    ]
    np.random.seed(0)
    truth = tools.check_consistency(network(), given)
    assert list(truth) == ["act_output", "x", "fc_weight", "fc_bias"]
    assert truth["act_output"].dtype == np.float64
    for options in ({"grad_req": "add"}, {"use_uniform": True, "scale": 0.1}):
        tools.check_consistency(network(), given, **options)
    forward = tools.check_consistency(network(), given, grad_req="null")
    assert list(forward) == ["act_output"]


def test_contexts_that_disagree(capsys):
    other = mx.sym.Activation(
        mx.sym.FullyConnected(X, num_hidden=3, name="fc"), act_type="relu", name="act"
    )
    given = [{"ctx": mx.cpu(0), "x": (4, 5)}] * 2
    message = r"'act_output' of ctx_list\[1\] and of ctx_list\[0\] differ. Error"
    with pytest.raises(AssertionError, match=message):
        tools.check_consistency([network(), other], given)
    tools.check_consistency([network(), other], given, raise_on_err=False)
    assert len(re.findall("differ", capsys.readouterr().out)) == 5
    truth = {"act_output": mx.nd.ones((4, 3))}
    with pytest.raises(AssertionError):
        tools.check_consistency(network(), given, grad_req="null", ground_truth=truth)
    with pytest.raises(ArgumentError, match="same names"):
        tools.check_consistency([network(), X], given)
    with pytest.raises(ArgumentError, match="two entries"):
        tools.check_consistency(network(), given[:1])


def test_speed_is_a_time():
    assert 0 < tools.check_speed(network(), N=2, x=(4, 5)) < 60
    location = {"x": DATA, "fc_weight": np.ones((3, 2)), "fc_bias": np.ones(3)}
    assert 0 < tools.check_speed(network(), location, N=2, typ="forward") < 60
    with pytest.raises(ArgumentError, match="'whole' or 'forward'"):
        tools.check_speed(network(), typ="backward", x=(4, 5))


class Halving:
    """An optimizer as far as comparing needs one."""

    def __init__(self, factor=0.5):
        self.factor = factor

    def create_state_multi_precision(self, index, weight):
        return mx.nd.zeros(weight.shape)

    def update_multi_precision(self, index, weight, grad, state):
        if isinstance(index, list):
            for each in zip(index, weight, grad, state, strict=True):
                self.update_multi_precision(*each)
        else:
            state[:] = grad
            weight[:] = weight - grad * self.factor


def test_optimizers_are_compared():
    tools.compare_optimizer(Halving(), Halving(), (3, 4), "float32")
    shapes = [(3, 4), (2,)]
    tools.compare_optimizer(Halving(), Halving(), shapes, "float32", ntensors=2)
    with pytest.raises(AssertionError):
        tools.compare_optimizer(Halving(), Halving(0.6), (3, 4), "float32")
    with pytest.raises(ArgumentError, match="2 shapes for 1 weights"):
        tools.compare_optimizer(Halving(), Halving(), shapes, "float32")


# Surroundings


def test_the_default_context_can_be_set():
    assert tools.default_context() == mx.cpu(0)
    tools.set_default_context(mx.cpu(1))
    try:
        assert mx.nd.ones(1).context == mx.current_context() == mx.cpu(1)
        with mx.cpu(2):
            assert tools.default_context() == mx.cpu(2)
    finally:
        tools.set_default_context(mx.cpu(0))
    assert list(tools.list_gpus()) == list(range(mx.num_gpus()))
    with pytest.raises(ContextError):
        tools.set_default_context(mx.gpu(1000))


def test_exceptions_are_expected():
    tools.assert_exception(int, ValueError, "x", base=10)
    with pytest.raises(AssertionError, match="did not raise KeyError"):
        tools.assert_exception(int, KeyError, "3")
    with pytest.raises(ValueError, match="invalid"):
        tools.assert_exception(int, KeyError, "x")


def test_tests_are_repeated():
    runs = []

    @tools.retry(3)
    def third_time(wanted):
        runs.append(wanted)
        assert len(runs) == wanted

    third_time(3)
    assert runs == [3, 3, 3]
    with pytest.raises(AssertionError):
        third_time(7)
    assert len(runs) == 6
    with pytest.raises(ArgumentError):
        tools.retry(0)


def test_error_output_is_lost(capfd):
    with tools.discard_stderr():
        os.write(2, b"not seen")
        print("nor this", file=sys.stderr, flush=True)
    os.write(2, b"seen")
    assert capfd.readouterr().err == "seen"


def test_variables_are_set_for_a_while(monkeypatch):
    monkeypatch.setenv("DATAFLOW_TEST_A", "1")
    monkeypatch.delenv("DATAFLOW_TEST_B", raising=False)
    with tools.environment({"DATAFLOW_TEST_A": None, "DATAFLOW_TEST_B": "2"}):
        assert "DATAFLOW_TEST_A" not in os.environ
        with tools.environment("DATAFLOW_TEST_B", "3"):
            assert os.environ["DATAFLOW_TEST_B"] == "3"
    assert os.environ["DATAFLOW_TEST_A"] == "1"
    assert "DATAFLOW_TEST_B" not in os.environ
    with pytest.raises(ArgumentTypeError), tools.environment("A"):
        pass


def test_one_batch_again_and_again():
    real = mx.io.NDArrayIter(DATA, np.arange(2), batch_size=1)
    dummy = tools.DummyIter(real)
    assert dummy.provide_data == real.provide_data
    assert dummy.batch_size == 1
    for _ in range(5):
        assert next(dummy).data[0].asnumpy().tolist() == [[1, 2]]


# Random numbers


def normal(seed, scale=1.0):
    return lambda count: np.random.RandomState(seed).normal(0, scale, count)


def test_distributions_are_recognised():
    stats = pytest.importorskip("scipy.stats")
    good, wide = normal(1), normal(1, 1.1)
    count = 20000
    assert tools.mean_check(good, 0, 1, count)
    assert not tools.mean_check(good, 0.1, 1, count)
    assert tools.var_check(good, 1, count)
    assert not tools.var_check(wide, 1, count)
    buckets, probs = tools.gen_buckets_probs_with_ppf(stats.norm.ppf, 5)
    assert probs == [0.2] * 5
    assert len(tools.verify_generator(good, buckets, probs, count, nrepeat=2)) == 2
    with pytest.raises(AssertionError, match="only 0 of 2 samples pass"):
        tools.verify_generator(wide, buckets, probs, count, nrepeat=2)
    dice = np.random.RandomState(2).randint
    chance, found, expected = tools.chi_square_check(
        lambda n: dice(0, 6, n), list(range(6)), [1 / 6] * 6, 6000
    )
    assert chance > 0.01
    assert found.sum() == expected.sum() == 6000
    with pytest.raises(ArgumentError):
        tools.chi_square_check(good, buckets, probs[:-1])
    with pytest.raises(ArgumentError):
        tools.gen_buckets_probs_with_ppf(stats.norm.ppf, 0)
