"""The zoo: sizes known from the literature, results of MXNet 1.9.1, and learning."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import dataflow as mx
from dataflow import zoo
from tests.zoo_networks import INPUTS, NETWORKS, RUN, build, counts, fill, run

GOLDEN = json.loads((Path(__file__).parent / "golden" / "zoo.json").read_text())

# Parameters as their papers, or the frameworks that train them, count them; where a
# network here differs from those, the difference is added.
KNOWN = {
    "lenet": 431_080,
    "vgg11": 132_863_336,
    "vgg16": 138_357_544,
    "vgg19_bn": 143_678_248,
    "googlenet": 6_998_552,
    "resnet_v1_50": 25_557_032,
    "resnet_v1_101": 44_549_160,
    # its first shortcut is a convolution, too, and normalized
    "resnet_v1_18": 11_689_512 + 64 * 64 + 2 * 64,
}


@pytest.fixture(autouse=True)
def _one_thread():
    """Multiply matrices on one thread: products this small are not sped up by more."""
    with threadpool_limits(1):
        yield


def test_every_network_was_recorded():
    assert set(GOLDEN) == set(NETWORKS)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_is_the_one_that_mxnet_makes(name):
    expected = dict(GOLDEN[name])
    expected.pop("probabilities", None)
    assert counts(build(mx, zoo, name), name) == expected


@pytest.mark.parametrize("name", KNOWN)
def test_a_network_has_the_known_number_of_parameters(name):
    assert counts(build(mx, zoo, name), name)["parameters"] == KNOWN[name]


def test_alexnet_has_its_original_size_on_its_original_images():
    shapes = zoo.alexnet.get_symbol().infer_shape(data=(1, 3, 227, 227))[0]
    assert sum(int(np.prod(s)) for s in shapes[1:-1]) == 62_378_344


@pytest.mark.parametrize("name", RUN)
def test_a_network_gives_what_mxnet_gives(name):
    found = run(mx, build(mx, zoo, name), name)
    np.testing.assert_allclose(
        found, GOLDEN[name]["probabilities"], rtol=1e-3, atol=1e-5
    )


# Small networks, and the rates at which they learn.
RATES = {
    "mlp": 0.005,
    "lenet": 0.005,
    "lenet_stn": 0.005,
    "googlenet_small": 0.0005,  # nothing in it is normalized
    "inception_bn_small": 0.005,
    "resnet_small": 0.005,
    "resnet_v1_small": 0.005,
}


@pytest.mark.parametrize("name", RATES)
def test_a_network_learns_a_few_images(name):
    symbol, shape = build(mx, zoo, name), (4, *NETWORKS[name][2])
    requests = {n: "null" if n in INPUTS else "write" for n in symbol.list_arguments()}
    executor = symbol.simple_bind(mx.cpu(), grad_req=requests, data=shape)
    stream = np.random.RandomState(1)
    fill(executor, stream)
    executor.arg_dict["data"][:] = stream.uniform(-1, 1, shape)
    executor.arg_dict["softmax_label"][:] = np.arange(4)
    losses = []
    for _ in range(6):
        given = executor.forward(is_train=True)[0].asnumpy()
        losses.append(-np.log(given[np.arange(4), np.arange(4)]).mean())
        executor.backward()
        for key, weight in executor.arg_dict.items():
            if key not in INPUTS:
                gradient = executor.grad_dict[key]
                mx.nd.sgd_update(weight, gradient, out=weight, lr=RATES[name])
    assert losses[-1] < 0.85 * losses[0]


# Mistakes


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: zoo.vgg.get_symbol(num_layers=12), "one of 11, 13, 16, 19, not 12"),
        (lambda: zoo.resnet.get_symbol(10, 20), "one of 18, 34, .*, not 20"),
        (lambda: zoo.resnet.get_symbol(10, 9, "3,28,28"), r"6n \+ 2.* not 9"),
        (lambda: zoo.resnet_v1.get_symbol(10, 2, "3,28,28"), r"6n \+ 2.* not 2"),
        (lambda: zoo.resnet.get_symbol(10, 18, "3,28"), "'3,224,224', not '3,28'"),
        (lambda: zoo.inception_bn.get_symbol(10, "3,a,b"), "not '3,a,b'"),
        (lambda: zoo.alexnet.get_symbol(dtype="int8"), "'float32' or 'float16'"),
    ],
)
def test_a_network_that_does_not_exist(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_options_of_other_networks_are_ignored():
    options = {"num_classes": 3, "num_layers": 18, "image_shape": "3,224,224"}
    for module in (zoo.mlp, zoo.resnet, zoo.googlenet):
        shapes = module.get_symbol(**options).infer_shape(data=(2, 3, 224, 224))
        assert shapes[1] == [(2, 3)]
