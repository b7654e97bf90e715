"""Records the golden values of tests/test_initializer.py with MXNet 1.9.1.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_initializers.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mxnet as mx
import numpy as np


def init(kind: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
    return {"kind": kind, "args": args, "kwargs": kwargs}


TEXTS = [
    init("Zero"),
    init("One"),
    init("Constant", 3),
    init("Uniform"),
    init("Uniform", scale=0.5),
    init("Normal"),
    init("Normal", 2),
    init("Orthogonal"),
    init("Orthogonal", 2.0, "normal"),
    init("Xavier"),
    init("Xavier", factor_type="in", magnitude=2.34),
    init("MSRAPrelu"),
    init("MSRAPrelu", "out", 0.5),
    init("Bilinear"),
    init("LSTMBias"),
    init("LSTMBias", forget_bias=2.0),
    init("FusedRNN", None, 4, 2, "lstm"),
    init("FusedRNN", None, 4, 1, "gru", True, 0.5),
]

# What fills an array of this name and shape, as JSON text, and with what.
VALUES = [
    ("zeros", "fc_weight", (2, 3)),
    ("ones", "fc_weight", (2, 3)),
    ('["constant", {"value": [[1, 2, 3], [4, 5, 6]]}]', "fc_weight", (2, 3)),
    ("bilinear", "up_weight", (2, 1, 4, 4)),
    ("bilinear", "up_weight", (1, 2, 3, 5)),
    ("bilinear", "up_weight", (1, 1, 6, 2)),
    ('["lstmbias", {"forget_bias": 2.0}]', "i2h_bias_weight", (12,)),
    *(
        ("zero" if ending == "weight" else "xavier", f"layer_{ending}", (3,))
        for ending in ("weight", "bias", "gamma", "beta", "min", "max")
    ),
    ("xavier", "layer_bias_quantize", (3,)),
    ("xavier", "running_max", (3,)),
]

# Filled by a plain string, which is deprecated.
LEGACY = [
    ("upsampling_weight", (1, 1, 4, 4)),
    ("stn_loc_weight", (2, 3)),
    ("stn_loc_bias", (6,)),
    ("fc_bias", (3,)),
    ("bn_gamma", (3,)),
    ("bn_beta", (3,)),
    ("bn_moving_mean", (3,)),
    ("bn_moving_var", (3,)),
    ("bn_moving_inv_var", (3,)),
    ("bn_moving_avg", (3,)),
    ("data_min", (3,)),
    ("data_max", (3,)),
]

RANDOM = [
    ("uniform", (200, 300)),
    ('["uniform", {"scale": 2.0}]', (200, 300)),
    ("normal", (200, 300)),
    ('["normal", {"sigma": 3.0}]', (200, 300)),
    ("xavier", (200, 300)),
    ('["xavier", {"factor_type": "in", "magnitude": 2}]', (200, 300)),
    ('["xavier", {"factor_type": "out", "rnd_type": "gaussian"}]', (60, 80, 3, 3)),
    ("msraprelu", (60, 80, 3, 3)),
    ('["msraprelu", {"factor_type": "in", "slope": 0}]', (200, 300)),
    ("orthogonal", (200, 300)),
    ('["orthogonal", {"scale": 2, "rand_type": "normal"}]', (300, 20, 3)),
]


def filled(text: str, name: str, shape: tuple[int, ...]) -> np.ndarray:
    array = mx.nd.full(shape, 7.0)
    mx.init.create(text)(mx.init.InitDesc(name), array)
    return array.asnumpy()


def legacy(name: str, shape: tuple[int, ...]) -> np.ndarray:
    array = mx.nd.full(shape, 7.0)
    mx.init.Normal()(name, array)
    return array.asnumpy()


def moments(text: str, shape: tuple[int, ...]) -> dict[str, float]:
    value = filled(text, "fc_weight", shape).astype("float64")
    return {
        "mean": value.mean(),
        "std": value.std(),
        "min": value.min(),
        "max": value.max(),
        "fourth": (value**4).mean(),
    }


def text(kind: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    return getattr(mx.init, kind)(*args, **kwargs).dumps()


def main() -> None:
    mx.random.seed(1)
    found = {
        "texts": [{**given, "text": text(**given)} for given in TEXTS],
        "values": [
            {"text": t, "name": n, "shape": s, "value": filled(t, n, s).tolist()}
            for t, n, s in VALUES
        ],
        "legacy": [
            {"name": n, "shape": s, "value": legacy(n, s).tolist()} for n, s in LEGACY
        ],
        "random": [{"text": t, "shape": s, **moments(t, s)} for t, s in RANDOM],
    }
    target = Path(__file__).parent / "initializers.json"
    target.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
