"""The oneDNN back end: where it is found, which calls it takes, how it runs them."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import dataflow_ops
from dataflow_ops.errors import DeclarationError
from dataflow_ops.kernels import backends
from dataflow_ops.kernels.onednn import entry, library, missing, threads
from dataflow_ops.kernels.onednn.memory import ordered
from dataflow_ops.kernels.onednn.plans import Plan
from dataflow_ops.kernels.onednn.primitives import Primitive
from dataflow_ops.kernels.orders import as_it_lies, channels_second
from dataflow_ops.kernels.table import Invocation, Request, Specification, lookup
from dataflow_ops.registry import find
from dataflow_ops.rnn import parameter_count
from tests.ops import eager

assert dataflow_ops  # registers the operators

needs_library = pytest.mark.skipif(missing() is not None, reason=str(missing()))


def random(*shape):
    return np.random.default_rng(sum(shape)).uniform(-1, 1, shape).astype(np.float32)


@pytest.fixture
def use(monkeypatch):
    def use(*names):
        monkeypatch.setattr(backends, "available", lambda: names)

    return use


# Finding the library


@pytest.fixture
def again(monkeypatch):
    """Forget the library, and look for another one."""

    def again(path=None):
        if path is None:
            monkeypatch.delenv("DATAFLOW_DNNL", raising=False)
        else:
            monkeypatch.setenv("DATAFLOW_DNNL", path)
        monkeypatch.setattr(library, "library", library.library.__wrapped__)
        return library.missing.__wrapped__()

    return again


def test_a_named_library_that_is_not_there_is_missing(again):
    assert "nowhere.so" in again("nowhere.so")


def test_another_library_will_not_do(again):
    numpy_core = np._core._multiarray_umath.__file__
    assert "dnnl_" in again(numpy_core)


def test_without_the_package_one_sentence_says_what_to_do(again, monkeypatch):
    def none(name):
        raise library.PackageNotFoundError(name)

    monkeypatch.setattr(library, "files", none)
    assert "pip install onednn-cpu-gomp" in again()


def test_the_back_end_can_be_left_out(monkeypatch):
    monkeypatch.setenv("DATAFLOW_BACKEND", "reference")
    assert backends.available.__wrapped__() == ("reference",)


def test_asking_for_it_where_it_is_missing_fails_with_the_reason(monkeypatch):
    monkeypatch.setenv("DATAFLOW_BACKEND", "onednn")
    monkeypatch.setattr("dataflow_ops.kernels.onednn.missing", lambda: "it is gone")
    with pytest.raises(DeclarationError, match="it is gone"):
        backends.available.__wrapped__()


# Which calls it takes


def chosen(name, *inputs, **attributes):
    """Name the back end that computes a call."""
    operator = find(name)
    parsed = operator.parse(attributes)
    shapes = eager.infer(operator, parsed, [x.shape for x in inputs])[1]
    dtypes = eager.infer_dtypes(operator, parsed, [x.dtype for x in inputs])
    given = [Specification(x.shape, x.dtype) for x in inputs]
    made = [Specification(*pair) for pair in zip(shapes, dtypes, strict=True)]
    return backends.select(name, parsed, given, made)[0]


@needs_library
@pytest.mark.parametrize(
    ("length", "dtype", "backend"),
    [
        (256, "float32", "onednn"),
        (4, "float32", "reference"),  # too small
        (256, "float64", "reference"),
        (256, "int32", "reference"),
    ],
)
def test_it_takes_large_calls_in_single_precision(use, length, dtype, backend):
    use("onednn", "reference")
    square = np.zeros((length, length), dtype)
    assert chosen("dot", square, square) == backend


@needs_library
@pytest.mark.parametrize(
    "attributes",
    [
        {"kernel": (2, 2), "pool_type": "sum"},
        {"kernel": (2, 2), "pool_type": "lp", "p_value": 2},
        {"global_pool": True},
        {
            **{"kernel": (2, 2), "stride": (2, 2), "pad": (1, 1), "pool_type": "avg"},
            "pooling_convention": "full",
        },
    ],
)
def test_it_leaves_poolings_that_it_does_not_have(use, attributes):
    use("onednn", "reference")
    assert chosen("Pooling", random(2, 16, 9, 9), **attributes) == "reference"


@needs_library
def test_nothing_of_no_elements_is_taken(use):
    use("onednn", "reference")
    assert chosen("Pooling", random(0, 16, 8, 8), kernel=(2, 2)) == "reference"


# What it computes


def both(use, name, inputs, **attributes):
    """Compute a call by oneDNN, also where that is slow, and by the reference."""
    results = []
    operator = find(name)
    parsed = operator.parse(attributes)
    with entry.taking_all():
        for names in (("onednn", "reference"), ("reference",)):
            use(*names)
            assert chosen(name, *inputs, **attributes) == names[0]
            outputs = eager.run(operator, parsed, inputs)
            heads = [random(*x.shape) for x in outputs]
            call = eager.EagerCall(operator, parsed, list(inputs), outputs, heads)
            results.append([*outputs, *eager.gradients(call)])
    return results


def agree(use, name, inputs, **attributes):
    for made, expected in zip(*both(use, name, inputs, **attributes), strict=True):
        scale = max(1.0, float(np.abs(expected).max()))
        np.testing.assert_allclose(made, expected, rtol=1e-4, atol=1e-4 * scale)


# Every layout that convolutions are moved to, beside the small ones of the case table
CONVOLUTIONS = [
    ((2, 16, 9, 10), 32, {"kernel": (3, 3), "pad": (1, 1)}),
    ((2, 32, 9, 10), 32, {"kernel": (3, 3), "num_group": 2, "stride": (2, 1)}),
    ((2, 16, 9, 10), 16, {"kernel": (3, 3), "num_group": 16}),
    ((2, 12, 9, 10), 20, {"kernel": (3, 2), "dilate": (2, 1)}),
    ((2, 12, 9, 10), 20, {"kernel": (3, 2), "num_group": 4}),
    ((2, 12, 24, 24), 20, {"kernel": (1, 1)}),
    ((2, 12, 48, 48), 20, {"kernel": (1, 1), "stride": (2, 2)}),
    ((2, 3, 24, 24), 16, {"kernel": (5, 5), "stride": (2, 2), "pad": (2, 2)}),
    ((2, 16, 20), 16, {"kernel": (3,)}),
    ((2, 16, 5, 6, 7), 16, {"kernel": (3, 2, 1), "pad": (1, 1, 0)}),
    ((2, 9, 10, 12), 20, {"kernel": (3, 3), "layout": "NHWC"}),
    ((2, 9, 10, 16), 32, {"kernel": (3, 3), "layout": "NHWC"}),
]


@needs_library
@pytest.mark.parametrize(("shape", "filters", "settings"), CONVOLUTIONS)
@pytest.mark.parametrize("no_bias", [False, True])
def test_convolutions_agree_in_every_layout(use, shape, filters, settings, no_bias):
    last = settings.get("layout", "").endswith("C")
    channels = (shape[-1] if last else shape[1]) // settings.get("num_group", 1)
    kernel = settings["kernel"]
    weight = (filters, *kernel, channels) if last else (filters, channels, *kernel)
    inputs = [random(*shape), random(*weight), random(filters)][: 3 - no_bias]
    settings = {**settings, "num_filter": filters, "no_bias": no_bias}
    agree(use, "Convolution", inputs, **settings)


@needs_library
@pytest.mark.parametrize(
    ("shape", "filters", "settings"),
    [
        ((2, 16, 7, 8), 32, {"kernel": (4, 4), "stride": (2, 2), "pad": (1, 1)}),
        ((2, 12, 7, 8), 10, {"kernel": (3, 3), "stride": (2, 2), "adj": (1, 1)}),
        ((2, 12, 7, 8), 8, {"kernel": (3, 2), "num_group": 4, "dilate": (2, 1)}),
        ((2, 12, 7, 8), 10, {"kernel": (3, 3), "target_shape": (9, 10)}),
        ((2, 7, 8, 12), 10, {"kernel": (3, 3), "layout": "NHWC"}),
    ],
)
@pytest.mark.parametrize("no_bias", [False, True])
def test_deconvolutions_agree(use, shape, filters, settings, no_bias):
    last = settings.get("layout", "").endswith("C")
    channels = shape[-1] if last else shape[1]
    each = filters // settings.get("num_group", 1)
    kernel = settings["kernel"]
    weight = (channels, *kernel, each) if last else (channels, each, *kernel)
    inputs = [random(*shape), random(*weight), random(filters)][: 3 - no_bias]
    settings = {**settings, "num_filter": filters, "no_bias": no_bias}
    agree(use, "Deconvolution", inputs, **settings)


@needs_library
@pytest.mark.parametrize(
    "settings",
    [
        {"kernel": (2, 2), "stride": (2, 2)},
        {"kernel": (3, 3), "stride": (2, 2), "pad": (1, 1)},
        {"kernel": (3, 3), "stride": (2, 2), "pooling_convention": "full"},
        {"kernel": (3, 3), "stride": (2, 2), "pooling_convention": "same"},
        {"kernel": (3, 2), "layout": "NHWC"},
    ],
)
@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize("counts", [True, False])
def test_poolings_agree(use, settings, kind, counts):
    shape = (2, 9, 10, 16) if "layout" in settings else (2, 16, 10, 9)
    settings = {**settings, "pool_type": kind, "count_include_pad": counts}
    agree(use, "Pooling", [random(*shape)], **settings)


@needs_library
def test_of_equal_maxima_the_first_one_receives_the_gradient(use):
    data = np.round(random(2, 16, 12, 12) * 2)
    agree(use, "Pooling", [data], kernel=(3, 3), stride=(2, 2), pool_type="max")


@needs_library
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize(("shape", "axis"), [((16, 100), -1), ((4, 21, 20, 20), 1)])
def test_softmax_agrees_along_any_axis(use, name, shape, axis):
    agree(use, name, [random(*shape)], axis=axis)


@needs_library
@pytest.mark.parametrize("flatten", [False, True])
@pytest.mark.parametrize("no_bias", [False, True])
def test_fully_connected_layers_agree(use, flatten, no_bias):
    data = random(64, 4, 50)
    weight = random(60, 200 if flatten else 50)
    inputs = [data, weight, random(60)][: 3 - no_bias]
    agree(
        use,
        "FullyConnected",
        inputs,
        num_hidden=60,
        flatten=flatten,
        no_bias=no_bias,
    )


def rnn_inputs(attributes):
    steps, batch, inputs = 4, 3, 6
    strands = attributes.num_layers * (2 if attributes.bidirectional else 1)
    state = random(strands, batch, attributes.state_size)
    cells = [state / 2] if attributes.mode == "lstm" else []
    vector = random(parameter_count(attributes, inputs))
    return [random(steps, batch, inputs), vector, state, *cells]


def rnn_results(backend, attributes, inputs, state, request):
    """Run a network and its gradient; return all results but the reserve."""
    known = [x.shape for x in inputs]
    shapes = eager.infer(find("RNN"), attributes, known)[1]
    outputs = [np.empty(shape, np.float32) for shape in shapes]
    run_alone(backend, "RNN", attributes, inputs, outputs, Request.WRITE, state)
    heads = [random(*x.shape) for x in outputs[:-1]]
    grads = [np.ones_like(x) for x in inputs]
    given = [*heads, *inputs, outputs[-1]]
    run_alone(backend, "_backward_RNN", attributes, given, grads, request, state)
    return [*outputs[:-1], *grads]


def run_alone(backend, name, attributes, inputs, outputs, request, state):
    given = [Specification(x.shape, x.dtype) for x in inputs]
    made = [Specification(x.shape, x.dtype) for x in outputs]
    kernel = lookup(backend, name)
    with entry.taking_all():
        assert kernel.takes(attributes, given, made)
    workspace = None
    if kernel.workspace is not None:
        workspace = np.empty(kernel.workspace(attributes, given, made), np.uint8)
    call = Invocation(
        *(np, attributes, tuple(inputs), tuple(outputs), (request,) * len(outputs)),
        workspace=workspace,
        shapes=tuple(x.shape for x in outputs),
        state=state,
    )
    kernel.bind(call)()


@needs_library
@pytest.mark.parametrize("mode", ["lstm", "gru", "rnn_tanh", "rnn_relu"])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("both_ways", [False, True])
@pytest.mark.parametrize("shown", [False, True])
@pytest.mark.parametrize("is_shared", [False, True])
@pytest.mark.parametrize("asked", [Request.WRITE, Request.ADD])
def test_recurrent_layers_agree(mode, layers, both_ways, shown, is_shared, asked):
    attributes = find("RNN").parse(
        {
            **{"mode": mode, "state_size": 5, "num_layers": layers},
            **{"bidirectional": both_ways, "state_outputs": shown},
        }
    )
    inputs = rnn_inputs(attributes)
    made, expected = (
        rnn_results(backend, attributes, inputs, {} if is_shared else None, asked)
        for backend in ("onednn", "reference")
    )
    for one, other in zip(made, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


@needs_library
@pytest.mark.parametrize("wanted", range(4))
def test_each_gradient_of_recurrent_layers_can_be_had_alone(use, wanted):
    attributes = find("RNN").parse(
        {"mode": "lstm", "state_size": 32, "num_layers": 2, "state_outputs": True}
    )
    inputs = rnn_inputs(attributes)
    expected = rnn_results("reference", attributes, inputs, None, Request.WRITE)
    shapes = [x.shape for x in inputs]
    heads = [random(*x.shape) for x in expected[:3]]
    reserve = eager.infer(find("RNN"), attributes, shapes)[1][-1]
    outputs = [
        np.empty(s, np.float32) if i == wanted else None for i, s in enumerate(shapes)
    ]
    use("onednn", "reference")
    with entry.taking_all():
        eager.bind_and_run(
            find("_backward_RNN"),
            attributes,
            [*heads, *inputs, np.empty(reserve, np.float32)],
            outputs,
            Request.WRITE,
            True,
            shapes=shapes,
        )
    made = outputs[wanted]
    np.testing.assert_allclose(made, expected[3 + wanted], rtol=1e-4, atol=1e-4)


@needs_library
@pytest.mark.parametrize(
    "settings",
    [
        {"mode": "lstm", "p": 0.5},
        {"mode": "lstm", "projection_size": 2},
        {"mode": "lstm", "lstm_state_clip_min": -1, "lstm_state_clip_max": 1},
    ],
)
def test_it_leaves_recurrent_layers_with_more_to_them(use, settings):
    use("onednn", "reference")
    attributes = {"state_size": 5, "num_layers": 2, **settings}
    count = parameter_count(find("RNN").parse(attributes), 6)
    state = random(2, 3, settings.get("projection_size", 5))
    inputs = random(4, 3, 6), random(count), state, random(2, 3, 5)
    with entry.taking_all():
        assert chosen("RNN", *inputs, **attributes) == "reference"


@needs_library
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("Pooling", {"kernel": (2, 2), "stride": (2, 2)}),
        ("Activation", {"act_type": "relu"}),
        ("Activation", {"act_type": "sigmoid"}),
        ("softmax", {}),
        ("log_softmax", {}),
    ],
)
def test_infinities_and_nan_are_the_references(use, name, attributes, value):
    data = random(2, 16, 20, 20)
    data[0, 3, 4:6, 6:8] = value  # a whole window
    data[1, 2, 7, 7] = value
    data[1, 5, 3] = value  # a whole row
    made, expected = both(use, name, [data], **attributes)
    np.testing.assert_allclose(made[0], expected[0], rtol=1e-4, atol=1e-4)


@needs_library
def test_outputs_need_not_be_contiguous(use):
    use("onednn", "reference")
    left, right = random(128, 64), random(64, 128)
    operator = find("dot")
    for request, start in ((Request.WRITE, 0), (Request.ADD, 1)):
        output = np.ones((128, 256), np.float32)[:, ::2]
        attributes = operator.parse({})
        eager.bind_and_run(
            operator, attributes, [left, right], [output], request, False
        )
        np.testing.assert_allclose(output, left @ right + start, rtol=1e-4, atol=1e-4)


# How it runs


def bound_product(seed):
    left, right = random(200, 150 + seed), random(150 + seed, 100)
    output = np.empty((200, 100), np.float32)
    operator = find("dot")
    run = eager.bind(operator, operator.parse({}), [left, right], [output])
    return run, output, left @ right


@needs_library
def test_kernels_run_beside_each_other(use):
    use("onednn", "reference")
    kernels = [bound_product(seed) for seed in (0, 0, 1, 1)]
    start = threading.Barrier(len(kernels))

    def work(run):
        start.wait(20)
        for _ in range(50):
            run()

    workers = [threading.Thread(target=work, args=(run,)) for run, _, _ in kernels]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert not worker.is_alive()
    for _, output, expected in kernels:
        np.testing.assert_allclose(output, expected, rtol=1e-4, atol=1e-4)


@needs_library
def test_work_is_divided_as_blas_may_divide_it():
    assert threads.threads(1e3) == 1
    with threadpool_limits(1, user_api="blas"):
        assert threads.threads(1e12) == 1


@needs_library
def test_a_run_leaves_the_callers_number_of_threads_alone(use):
    use("onednn", "reference")
    loaded = library.library()
    before = loaded.omp_get_max_threads()
    run, _, _ = bound_product(0)
    try:
        loaded.omp_set_num_threads(3)
        run()
        assert loaded.omp_get_max_threads() == 3
    finally:
        loaded.omp_set_num_threads(before)


@needs_library
def test_a_plan_is_made_once_for_calls_alike(use):
    use("onednn", "reference")
    bound_product(5)
    made = entry._remembered.cache_info().misses
    bound_product(5)
    assert entry._remembered.cache_info().misses == made


@needs_library
def test_moved_layouts_share_one_workspace():
    kernel = lookup("onednn", "_backward_Convolution")
    shapes = (4, 32, 12, 12), (4, 20, 16, 16), (32, 20, 5, 5)
    arrays = [Specification(shape, np.dtype(np.float32)) for shape in shapes]
    attributes = find("Convolution").parse({"kernel": (5, 5), "num_filter": 32})
    outputs = [arrays[1], arrays[2], Specification((32,), arrays[0].dtype)]
    moved = sum(4 * int(np.prod(shape)) for shape in shapes)
    assert kernel.workspace(attributes, arrays, outputs) >= moved


@needs_library
def test_a_failure_names_the_primitive_and_the_status():
    layout, other = ordered((2, 3)), ordered((4, 5))
    with pytest.raises(library.Failure, match=r"matmul.*: invalid arguments"):
        Primitive("matmul", layout, other, None, layout, threads=1)


@needs_library
def test_a_plan_tells_what_code_it_runs():
    layout = ordered((64, 64))
    plan = Plan(dict.fromkeys(("a", "b", "c"), layout), threads=1)
    product = Primitive("matmul", layout, layout, None, layout, threads=1)
    plan.run(product, {1: "a", 33: "b"}, {17: "c"})
    (name,) = plan.implementations
    assert name
    assert not plan.is_slow


# Batch normalization


def normalized(use, names, data, head, **attributes):
    """Return output, mean, 1 / deviation, and the gradients."""
    use(*names)
    operator = find("BatchNorm")
    parsed = operator.parse({"fix_gamma": False, **attributes})
    channels = data.shape[1]
    vectors = [random(channels) + 2 for _ in range(4)]
    with entry.taking_all():
        outputs = eager.run(operator, parsed, [data, *vectors])
        call = eager.EagerCall(operator, parsed, [data, *vectors], outputs, [head] * 3)
        return [*outputs, *eager.gradients(call)[:3], *vectors[2:]]


@needs_library
@pytest.mark.parametrize("is_last", [False, True])
@pytest.mark.parametrize("mean", [0, 1e3])
def test_normalization_loses_no_digits_to_a_large_mean(use, is_last, mean):
    data = random(4, 24, 10, 12) + np.float32(mean)
    head = random(4, 24, 10, 12) / 7
    if is_last:
        data, head = (
            channels_second(as_it_lies(x).copy(order="C")) for x in (data, head)
        )
    exact = data.astype(np.float64)
    results = normalized(use, ("onednn", "reference"), data, head)
    np.testing.assert_allclose(results[1], exact.mean((0, 2, 3)), 1e-6, 1e-6)
    variance = 1 / results[2].astype(np.float64) ** 2 - 1e-3
    np.testing.assert_allclose(variance, exact.var((0, 2, 3)), rtol=2e-3)
    expected = normalized(use, ("reference",), data, head)
    for made, wanted in zip(results, expected, strict=True):
        scale = float(np.abs(wanted).max())
        np.testing.assert_allclose(made, wanted, atol=1e-3 * scale)


@needs_library
@pytest.mark.parametrize("target", [0, 1])
def test_the_gradient_may_be_written_over_what_it_is_made_of(use, target):
    use("onednn", "reference")
    operator = find("_backward_BatchNorm")
    attributes = operator.parse({"fix_gamma": False})
    images = [random(4, 24, 10, 12), random(4, 24, 10, 12) * 3]
    images = [channels_second(as_it_lies(x).copy()) for x in images]
    vectors = [random(24) + 2 for _ in range(5)]
    results = []
    for place in (np.empty_like(images[0]), images[target]):
        outputs = [place, random(24), random(24)]
        inputs = [*images, *(x.copy() for x in vectors)]
        eager.bind_and_run(
            operator, attributes, inputs, outputs, Request.WRITE, is_train=True
        )
        results.append([x.copy() for x in outputs])
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)
