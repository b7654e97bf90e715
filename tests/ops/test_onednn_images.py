"""LRN, gradients of activations, and others of oneDNN's, against the reference."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow_ops
from dataflow_ops.kernels import backends
from dataflow_ops.kernels.onednn import entry, missing
from dataflow_ops.kernels.orders import as_it_lies, channels_second
from dataflow_ops.kernels.table import Invocation, Request, Specification, lookup
from dataflow_ops.registry import find
from tests.ops import eager

assert dataflow_ops  # registers the operators

if missing() is not None:
    pytest.skip(str(missing()), allow_module_level=True)


def random(*shape):
    return np.random.default_rng(sum(shape)).uniform(-2, 2, shape).astype(np.float32)


def lying_last(array):
    return channels_second(as_it_lies(array).copy(order="C"))


def run(backend, name, inputs, attributes, request, last=(), shapes=None):
    """Bind a back end's kernel, some inputs and outputs with their channels last."""
    operator = find(name)
    parsed = operator.parse(attributes)
    shapes = shapes or [inputs[0].shape] * len(operator.output_names(parsed))
    inputs = [lying_last(x) if i in last else x for i, x in enumerate(inputs)]
    outputs = [np.ones(shape, np.float32) for shape in shapes]
    if "out" in last:
        outputs = [lying_last(x) if i == 0 else x for i, x in enumerate(outputs)]
    kinds = [
        [Specification(x.shape, x.dtype, not x.flags.c_contiguous) for x in side]
        for side in (inputs, outputs)
    ]
    kernel = lookup(backend, name)
    with entry.taking_all():
        assert kernel.takes(parsed, *kinds)
        nbytes = kernel.workspace(parsed, *kinds) if kernel.workspace else 0
        bound = kernel.bind(
            Invocation(
                *(np, parsed, tuple(inputs), tuple(outputs)),
                (request,) * len(outputs),
                workspace=np.empty(nbytes, np.uint8),
                shapes=tuple(shapes),
            )
        )
    with np.errstate(all="ignore"):
        bound()
    return outputs


def agree(
    name,
    inputs,
    attributes,
    request=Request.WRITE,
    last=(),
    tolerance=1e-5,
    shapes=None,
):
    made = run("onednn", name, inputs, attributes, request, last, shapes)
    expected = run("reference", name, inputs, attributes, request, (), shapes)
    for one, other in zip(made, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


ORDERS = [(), (0, "out"), (0, 1, "out"), (1,), ("out",)]
REQUESTS = [Request.WRITE, Request.ADD]


# LRN

RESPONSES = {
    "as in AlexNet": ((2, 32, 6, 7), {"nsize": 5}),
    "strong": ((2, 32, 6, 7), {"nsize": 5, "alpha": 2.0, "knorm": 0.5}),
    "three": ((2, 16, 6, 7), {"nsize": 3, "alpha": 1.0}),
    "an even number": ((2, 16, 6, 7), {"nsize": 4, "alpha": 1.0}),
    "more than there are": ((2, 16, 6, 7), {"nsize": 41, "alpha": 1.0}),
    "another exponent": ((2, 16, 6, 7), {"nsize": 5, "alpha": 1.0, "beta": 0.5}),
    "channels that fill no vector": ((2, 10, 6, 7), {"nsize": 5, "alpha": 1.0}),
}


@pytest.mark.parametrize("last", [(), (0, "out"), (0,), ("out",)])
@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("name", RESPONSES)
def test_responses_are_divided_alike(name, request_, last):
    shape, settings = RESPONSES[name]
    agree("LRN", [random(*shape)], settings, request_, last)


@pytest.mark.parametrize("last", ORDERS)
@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("name", RESPONSES)
def test_gradients_of_responses_agree(name, request_, last):
    shape, settings = RESPONSES[name]
    images = [random(*shape), random(*shape[::-1]).reshape(shape)]
    agree("_backward_LRN", images, settings, request_, last)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e25])
def test_responses_that_are_not_finite(value):
    data = random(2, 32, 6, 7)
    data[0, 9, 2, 3] = data[1, 0, 0, 0] = data[1, 31, 5, 6] = value
    agree("LRN", [data], {"nsize": 5, "alpha": 1.0}, last=(0, "out"))


def test_a_norm_that_nobody_reads_is_not_computed(monkeypatch):
    operator = find("LRN")
    parsed = operator.parse({"nsize": 5})
    monkeypatch.setattr(backends, "available", lambda: ("onednn", "reference"))
    data = random(2, 16, 20, 20)
    monkeypatch.setattr(entry, "bind_reference", None)
    eager.run(operator, parsed, [data], outputs=[np.empty_like(data), None])


# Gradients of activations


@pytest.mark.parametrize("last", [(), (0, 1, "out"), (0,), (1, "out"), ("out",)])
@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh"])
def test_gradients_of_activations_agree(name, request_, last):
    output = run(
        "reference", "Activation", [random(2, 6, 5, 7)], {"act_type": name}, REQUESTS[0]
    )[0]
    given = [random(2, 6, 7, 5).reshape(output.shape), output]
    attributes = {"act_type": name}
    agree("_backward_Activation", given, attributes, request_, last, 1e-4)
    agree(f"_backward_{name}", given, {}, request_, last, 1e-4)


SPECIAL = np.float32([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, 0.5, 1e-40])


@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh"])
def test_special_values_of_gradients_are_the_references(name):
    head = np.repeat(SPECIAL, len(SPECIAL))
    output = np.tile(SPECIAL, len(SPECIAL))
    for outputs in (output, output[:8].repeat(8), np.nan_to_num(output)):
        given = [head, outputs]
        made, expected = (
            run(backend, f"_backward_{name}", given, {}, Request.WRITE)[0]
            for backend in ("onednn", "reference")
        )
        np.testing.assert_allclose(made, expected, rtol=1e-5)
        zeros = made == 0
        np.testing.assert_array_equal(
            np.signbit(made[zeros]), np.signbit(expected[zeros])
        )


# LeakyReLU

LEAKY = {
    "leaky": {"act_type": "leaky", "slope": 0.3},
    "gelu": {"act_type": "gelu"},
    "elu": {"act_type": "elu", "slope": 0.3},
}


@pytest.mark.parametrize("last", [(), (0, "out"), (0,), ("out",)])
@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("name", ["leaky", "gelu"])
def test_leaky_functions_agree(name, request_, last):
    agree("LeakyReLU", [random(2, 6, 5, 7)], LEAKY[name], request_, last)


@pytest.mark.parametrize("last", ORDERS)
@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("name", LEAKY)
def test_gradients_of_leaky_functions_agree(name, request_, last):
    given = [random(2, 6, 5, 7), random(2, 6, 7, 5).reshape(2, 6, 5, 7) * 2]
    agree("_backward_LeakyReLU", given, LEAKY[name], request_, last)


@pytest.mark.parametrize("name", LEAKY)
def test_special_values_of_leaky_functions_are_the_references(name):
    for data in (SPECIAL, SPECIAL[1:], SPECIAL[2:], SPECIAL[3:]):
        if name != "elu":
            agree("LeakyReLU", [data], LEAKY[name])
        pairs = np.repeat(SPECIAL, len(data)), np.tile(data, len(SPECIAL))
        agree("_backward_LeakyReLU", list(pairs), LEAKY[name])


@pytest.mark.parametrize(
    "settings",
    [
        {"act_type": "leaky", "slope": 0},
        {"act_type": "leaky", "slope": -1},
        {"act_type": "elu"},
        {"act_type": "selu"},
    ],
)
def test_other_leaky_functions_are_left_to_the_reference(settings):
    attributes = find("LeakyReLU").parse(settings)
    array = Specification((100, 100), np.dtype(np.float32))
    kernel = lookup("onednn", "LeakyReLU")
    assert not kernel.takes(attributes, [array], [array])


# Deconvolution

DECONVOLUTIONS = {
    "doubling": (
        (2, 16, 5, 6),
        32,
        {"kernel": (4, 4), "stride": (2, 2), "pad": (1, 1)},
    ),
    "any channels": ((2, 10, 5, 6), 7, {"kernel": (3, 2)}),
    "groups": ((2, 16, 5, 6), 32, {"kernel": (3, 3), "num_group": 2}),
    "of one element": ((2, 16, 5, 6), 24, {"kernel": (1, 1)}),
    "volumes": ((2, 4, 3, 4, 5), 6, {"kernel": (2, 3, 2)}),
}


@pytest.mark.parametrize("last", [(), (0, "out"), (0,), ("out",)])
@pytest.mark.parametrize("name", DECONVOLUTIONS)
def test_deconvolutions_take_images_as_they_lie(name, last):
    shape, filters, settings = DECONVOLUTIONS[name]
    settings = {**settings, "num_filter": filters, "no_bias": False}
    weight = shape[1], filters // settings.get("num_group", 1), *settings["kernel"]
    inputs = [random(*shape), random(*weight), random(filters)]
    operator = find("Deconvolution")
    parsed = operator.parse(settings)
    output = eager.infer(operator, parsed, [x.shape for x in inputs])[1][0]
    for request in REQUESTS:
        agree("Deconvolution", inputs, settings, request, last, 1e-4, [output])
    given = [random(*output), *inputs[:2]]
    moved = tuple({0: 1}.get(place, place) for place in last)
    for request in REQUESTS:
        for places in (moved, (0, *moved)):
            shapes = [x.shape for x in inputs]
            name = "_backward_Deconvolution"
            agree(name, given, settings, request, places, 1e-4, shapes)
