"""Networks of the zoo that are compared with MXNet's; see golden/record_zoo.py."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np

LARGE = (3, 224, 224)
DIGIT, TINY = (1, 28, 28), (3, 28, 28)

# Module of the zoo, options, shape of an image.
NETWORKS: dict[str, tuple[str, dict[str, Any], tuple[int, int, int]]] = {
    "mlp": ("mlp", {}, DIGIT),
    "lenet": ("lenet", {}, DIGIT),
    "lenet_stn": ("lenet", {"add_stn": True}, DIGIT),
    "alexnet": ("alexnet", {}, LARGE),
    "alexnet_fp16": ("alexnet", {"dtype": "float16"}, LARGE),
    "alexnet_small": ("alexnet", {"num_classes": 10}, (3, 67, 67)),
    "vgg11": ("vgg", {}, LARGE),
    "vgg16": ("vgg", {"num_layers": 16}, LARGE),
    "vgg19_bn": ("vgg", {"num_layers": 19, "batch_norm": True}, LARGE),
    "vgg13_fp16": ("vgg", {"num_layers": 13, "dtype": "float16"}, LARGE),
    "vgg_small": ("vgg", {"num_classes": 10}, (3, 32, 32)),
    "googlenet": ("googlenet", {}, LARGE),
    "googlenet_small": ("googlenet", {"num_classes": 10}, (3, 64, 64)),
    "inception_bn": ("inception_bn", {}, LARGE),
    "inception_bn_small": (
        "inception_bn",
        {"num_classes": 10, "image_shape": "3,28,28"},
        TINY,
    ),
    "resnet_small": (
        "resnet",
        {"num_classes": 10, "num_layers": 8, "image_shape": TINY},
        TINY,
    ),
    "resnet_v1_small": (
        "resnet_v1",
        {"num_classes": 10, "num_layers": 8, "image_shape": "3,28,28"},
        TINY,
    ),
    "resnet164": (
        "resnet",
        {"num_classes": 10, "num_layers": 164, "image_shape": TINY},
        TINY,
    ),
    "resnet32_rows": (
        "resnet_v1",
        {"num_layers": 18, "image_shape": (3, 32, 32)},
        (3, 32, 32),
    ),
    **{
        f"{module}_{layers}": (module, {"num_layers": layers}, LARGE)
        for module in ("resnet", "resnet_v1")
        for layers in (18, 50, 101)
    },
    "resnet_fp16": ("resnet", {"num_layers": 34, "dtype": "float16"}, LARGE),
}
RUN = [name for name, (_, _, shape) in NETWORKS.items() if shape != LARGE]
RUN.remove("resnet164")
INPUTS = ("data", "softmax_label")


def build(mx: Any, zoo: Any, name: str) -> Any:
    module, options, _ = NETWORKS[name]
    with mx.name.NameManager():
        return getattr(zoo, module).get_symbol(**options)


def counts(symbol: Any, name: str) -> dict[str, Any]:
    """Return its numbers of nodes, parameters and states, and a digest of its graph."""
    shapes, outputs, states = symbol.infer_shape(data=(1, *NETWORKS[name][2]))
    named = zip(symbol.list_arguments(), shapes, strict=True)
    nodes = json.loads(symbol.tojson())["nodes"]
    texts = [
        [n["op"], n["name"], sorted(n.get("attrs", {}).items()), n["inputs"]]
        for n in nodes
    ]
    return {
        "nodes": len(nodes),
        "parameters": sum(int(np.prod(s)) for n, s in named if n not in INPUTS),
        "states": sum(int(np.prod(s)) for s in states),
        "output": list(outputs[0]),
        "digest": hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:16],
    }


def fill(executor: Any, stream: np.random.RandomState) -> None:
    """Fill parameters so that the signal neither grows nor dies (arXiv:1502.01852)."""
    numbers = stream.normal(size=1_000_003)  # a prime: rows of weights differ
    for name, array in executor.arg_dict.items():
        if name.endswith("weight"):
            scale = np.sqrt(2 / np.prod(array.shape[1:]))
            array[:] = np.resize(numbers, array.shape) * scale
        elif name not in INPUTS:
            array[:] = 1 if name.endswith("gamma") else 0
    for name, array in executor.aux_dict.items():
        array[:] = 1 if name.endswith("var") else 0


def run(mx: Any, symbol: Any, name: str) -> list[float]:
    """Return the probabilities of an image's classes, for fixed parameters."""
    shape = (1, *NETWORKS[name][2])
    executor = symbol.simple_bind(mx.cpu(), grad_req="null", data=shape)
    stream = np.random.RandomState(0)
    fill(executor, stream)
    executor.arg_dict["data"][:] = stream.uniform(size=shape)
    return executor.forward()[0].asnumpy()[0, :10].tolist()
