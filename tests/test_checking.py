"""Functions pushed with arrays, and the check that nothing else is touched."""

import subprocess
import sys

import numpy as np
import pytest
import trio

import dataflow as mx
from dataflow import checking
from dataflow.errors import (
    ArgumentError,
    ArgumentTypeError,
    MXNetError,
    OperatorError,
    SchedulingError,
    UndeclaredAccessError,
    WaitTimeoutError,
)
from dataflow_engine import NaiveEngine, SeededEngine, ThreadedEngine

ENGINES = {
    "naive": NaiveEngine,
    "threaded": lambda: ThreadedEngine(2),
    "seeded": lambda: SeededEngine(5),
}


@pytest.fixture(params=ENGINES)
def any_engine(request):
    """Each engine as the process's one."""
    with ENGINES[request.param]() as engine, mx.engine.use(engine):
        yield engine


@pytest.fixture
def checked(any_engine):
    """The same, with accesses checked."""
    with mx.engine.checking():
        yield any_engine


def line_of(text):
    """Return the number of the line of this file that ends in a text."""
    with open(__file__, encoding="utf-8") as file:
        return next(n for n, line in enumerate(file, 1) if line.endswith(f"{text}\n"))


# Pushing


def test_a_function_runs_in_the_order_of_the_program(any_engine):
    a, b, out = mx.nd.ones((2, 3)), mx.nd.ones((2, 3)) * 2, mx.nd.zeros((2, 3))

    def blend(a, b, out):
        out[:] = a * 10 + b

    mx.engine.push(blend, reads=[a, b], writes=[out])
    a[:] = 100  # comes after, and so does what reads the result
    after = out + 1
    assert (out.asnumpy() == 12).all()
    assert (after.asnumpy() == 13).all()
    assert (a.asnumpy() == 100).all()


def test_values_may_be_read_and_memory_written_at_once(any_engine):
    a, out = mx.nd.array([[1, 2], [3, 4]]), mx.nd.zeros((2, 2))

    def solve(a, out):
        out.raw[...] = np.linalg.inv(a.asnumpy())

    mx.engine.push(solve, [a], [out])
    np.testing.assert_allclose(mx.nd.dot(a, out).asnumpy(), np.eye(2), atol=1e-6)


def test_what_is_updated_is_given_twice_and_parts_share_their_order(any_engine):
    w = mx.nd.zeros((4, 2))

    def update(same, part, again):
        again += 1
        part[:] = same[0] + 1

    mx.engine.push(update, reads=[w], writes=[w[2:], w], name="update")
    assert w.asnumpy().tolist() == [[1, 1], [1, 1], [2, 2], [2, 2]]


def test_an_asynchronous_function(any_engine):
    a, out = mx.nd.ones((3,)), mx.nd.zeros((3,))

    async def fetch(a, out):
        await trio.lowlevel.checkpoint()
        out[:] = a + a.asnumpy().sum()

    mx.engine.push(fetch, [a], [out])
    assert out.asnumpy().tolist() == [4, 4, 4]

    async def late(out):
        await trio.sleep_forever()

    mx.engine.push(late, writes=[out], timeout=0.001, name="late one")
    with pytest.raises(WaitTimeoutError, match="late one had not ended"):
        out.asnumpy()


def test_a_failure_names_the_function_and_the_line(any_engine):
    out = mx.nd.zeros((3,))

    def broken(out):
        raise LookupError("why")

    mx.engine.push(broken, writes=[out])  # pushed here
    line = line_of("# pushed here")
    after = out + 1
    message = rf"broken, pushed at .*test_checking.py:{line}, failed: LookupError: why"
    with pytest.raises(OperatorError, match=message) as caught:
        after.asnumpy()
    assert isinstance(caught.value.__cause__, LookupError)


def test_bad_arguments(any_engine):
    a = mx.nd.ones((3,))
    for reads, writes, message in (
        ([a, 5], [], r"reads\[1\] is an NDArray, not int"),
        ([], a, "writes is a list of NDArrays, not NDArray"),
        ([], [np.ones(3)], r"writes\[0\] is an NDArray, not ndarray"),
    ):
        with pytest.raises(ArgumentTypeError, match=message):
            mx.engine.push(print, reads, writes)
    with pytest.raises(TypeError, match="needs a callable"):
        mx.engine.push(5, [a])


def test_nothing_declared(any_engine):
    log = []
    mx.engine.push(lambda: log.append(1))
    mx.nd.waitall()
    assert log == [1]


def test_functions_run_where_their_arrays_lie():
    a = mx.nd.ones((3,), ctx=mx.cpu(1))
    out = mx.nd.zeros((3,), ctx=mx.cpu(1))
    with mx.engine.record() as recorder:
        mx.engine.push(lambda a, out: out.__setitem__(slice(None), a), [a], [out])
    assert recorder.order.names()[0] == "<lambda>"
    assert out.context == mx.cpu(1)
    assert out.asnumpy().tolist() == [1, 1, 1]


# Checking


OTHER = {}


def read(a, out):
    out[:] = a + OTHER["array"].asnumpy()[0]  # reads


def compute(a, out):
    out[:] = a + OTHER["array"]  # computes


def write(a, out):
    OTHER["array"][:] = a  # writes


def reach(a, out):
    out.raw[...] = OTHER["array"].raw  # reaches


def write_input(a, out):
    a[:] = 5  # writes an input


def see_a_part(a, out):
    out[:] = OTHER["array"][1:3].asnumpy()[0]  # sees a part


async def await_it(a, out):
    await mx.engine.wait_for_async(OTHER["array"].var)  # awaits


FAULTS = {
    read: (r"reads an array \(4,\) float32 on cpu\(0\), which it did not", "reads"),
    compute: ("reads an array", "computes"),
    write: ("an array .* which it did not declare", "writes"),
    reach: ("reads an array", "reaches"),
    write_input: (
        "writes an array .* which it declared to read only",
        "writes an input",
    ),
    see_a_part: ("reads an array", "sees a part"),
    await_it: ("reads an array", "awaits"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_undeclared_access_fails_with_its_line(checked, fault):
    a, out = mx.nd.ones((4,)), mx.nd.zeros((4,))
    OTHER["array"] = mx.nd.ones((4,))
    mx.engine.push(fault, [a], [out])  # the push
    message, comment = FAULTS[fault]
    at = rf"test_checking\.py:{line_of('# ' + comment)}"
    with pytest.raises(OperatorError, match=f"{message}.* at .*{at}") as caught:
        out.asnumpy()
    cause = str(caught.value.__cause__)
    assert isinstance(caught.value.__cause__, UndeclaredAccessError)
    assert f"test_checking.py:{line_of('# the push')}, " in cause
    assert f"{fault.__name__}, pushed at" in cause
    assert "it declared that it reads an array (4,) float32 on cpu(0)" in cause
    assert OTHER["array"].asnumpy().tolist() == [1, 1, 1, 1]


class Careless(mx.operator.CustomOp):
    """Uses an array that is no input; and some that are its own."""

    def __init__(self, weight):
        self.weight = weight
        self.calls = mx.nd.zeros((1,))

    def forward(self, is_train, req, in_data, out_data, aux):
        self.calls += 1
        self.mask = in_data[0] > 0
        scaled = in_data[0] * self.calls
        if self.weight is not None:
            scaled = scaled * self.weight  # careless
        self.assign(out_data[0], req[0], scaled)

    def backward(self, req, out_grad, in_data, out_data, in_grad, aux):
        self.assign(in_grad[0], req[0], out_grad[0] * self.mask * self.calls)


@mx.operator.register("test_careless")
class CarelessProp(mx.operator.CustomOpProp):
    weight = None

    def create_operator(self, ctx, shapes, dtypes):
        return Careless(self.weight)


def test_a_custom_operator_that_declares_all_is_not_reported(checked):
    net = mx.sym.Custom(mx.sym.Variable("x") * 2, op_type="test_careless")
    executor = net.simple_bind(mx.cpu(), x=(2, 3))
    executor.arg_dict["x"][:] = 1
    for calls in (1, 2):
        executor.forward(is_train=True)
        executor.backward([mx.nd.ones((2, 3))])
        assert (executor.outputs[0].asnumpy() == 2 * calls).all()
        assert (executor.grad_dict["x"].asnumpy() == 2 * calls).all()


def test_a_custom_operator_that_touches_another_array_is_reported(checked):
    CarelessProp.weight = mx.nd.ones((2, 3))
    try:
        line = line_of("# careless")
        message = (
            rf"Careless.forward reads an array \(2, 3\).*test_checking\.py:{line};"
        )
        out = mx.nd.Custom(mx.nd.ones((2, 3)), op_type="test_careless")
        with pytest.raises(MXNetError, match=message):
            out.asnumpy()
        # also one that its executor has, but gives to another operator
        x, w = mx.sym.Variable("x"), mx.sym.Variable("w")
        net = mx.sym.Custom(x * w, op_type="test_careless")
        arguments = {"x": mx.nd.ones((2, 3)), "w": CarelessProp.weight}
        executor = net.bind(mx.cpu(), arguments)
        executor.forward()
        with pytest.raises(MXNetError, match=message):
            executor.outputs[0].asnumpy()
    finally:
        CarelessProp.weight = None


def test_an_asynchronous_operator_is_checked(checked):
    class Waits(mx.operator.CustomOp):
        async def forward(self, is_train, req, in_data, out_data, aux):
            await trio.lowlevel.checkpoint()
            self.assign(out_data[0], req[0], in_data[0] + OTHER.get("w", 1))

    class WaitsProp(mx.operator.CustomOpProp):
        def create_operator(self, ctx, shapes, dtypes):
            return Waits()

    mx.operator.register("test_waits_checked")(WaitsProp)
    OTHER.clear()
    x = mx.nd.ones((2,))
    assert mx.nd.Custom(x, op_type="test_waits_checked").asnumpy().tolist() == [2, 2]
    OTHER["w"] = mx.nd.ones((2,))
    with pytest.raises(MXNetError, match="which it did not declare"):
        mx.nd.Custom(x, op_type="test_waits_checked").asnumpy()


def test_a_thread_that_helps_is_not_taken_for_the_operation(checked):
    """What runs while an operation waits has a scope of its own."""
    arrays = [mx.nd.ones((4,)) for _ in range(20)]
    out = mx.nd.zeros((4,))

    def wait(*given):
        own = mx.nd.zeros((4,))
        for array in given:
            own += array
            own.wait_to_read()

    for _ in range(10):
        for array in arrays:
            mx.engine.push(wait, [array, arrays[0]], [out])
            array[:] = array + 1
    assert out.asnumpy().tolist() == [0] * 4
    assert arrays[1].asnumpy().tolist() == [11] * 4


def test_nothing_is_in_the_way_while_checking_is_off():
    assert not checking.on
    function = lambda: None  # noqa: E731
    assert mx.engine.operation(function, [], [], lane="cpu").function is function
    with mx.engine.checking():
        assert checking.on
        guarded = mx.engine.operation(function, [], [], lane="cpu").function
        assert isinstance(guarded, checking.Free)
    assert not checking.on
    seen = []
    array = mx.nd.ones((3,))
    mx.engine.push(lambda: seen.append(checking._scope.get()))
    mx.engine.push(lambda: seen.append(array.asnumpy()[0]))  # not noticed
    mx.nd.waitall()
    assert set(map(str, seen)) == {"None", "1.0"}


PROGRAM = """
import dataflow as mx
other, out = mx.nd.ones((3,)), mx.nd.zeros((3,))
mx.engine.push(lambda out: other.asnumpy(), writes=[out])
try:
    out.asnumpy()
except mx.MXNetError as error:
    print("reported" if "did not declare" in str(error) else error)
print(mx.engine.get().dump().split(":")[0])
"""


def test_the_environment_chooses():
    settings = {
        "DATAFLOW_CHECK": "1",
        "DATAFLOW_ENGINE": "seeded",
        "DATAFLOW_ENGINE_SEED": "12",
    }
    command = f"import os; os.environ |= {settings!r}\n{PROGRAM}"
    python = [sys.executable, "-c", command]
    done = subprocess.run(
        python, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "reported\nSeededEngine(seed=12)\n", done.stderr


def test_engines_are_made_by_kind(monkeypatch):
    def total():
        return (mx.nd.ones((2, 3)) * 2).asnumpy().sum()

    seeded = mx.engine.create("seeded", seed=3)
    with seeded, mx.engine.use(seeded), mx.engine.record() as recorder:
        assert total() == 12
    assert recorder.order.names() == ["_set_item", "_mul_scalar"]
    replay = mx.engine.create("replay", order=recorder.order)
    with replay, mx.engine.use(replay):
        assert total() == 12
        with pytest.raises(SchedulingError, match=r"push 3 .* was not recorded"):
            total()
    with pytest.raises(ArgumentError, match="needs order="):
        mx.engine.create("replay")
    with pytest.raises(ArgumentError, match="'seeded' or 'replay'"):
        mx.engine.create("other")
    monkeypatch.setenv("DATAFLOW_ENGINE_SEED", "seven")
    with pytest.raises(ArgumentError, match="DATAFLOW_ENGINE_SEED must be an integer"):
        mx.engine._seed()
