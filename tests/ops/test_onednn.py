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
from dataflow_ops.kernels.table import Request, Specification, lookup
from dataflow_ops.registry import find
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
