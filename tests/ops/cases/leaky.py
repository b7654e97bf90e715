"""Cases of activations that keep something of what is below zero."""

from tests.ops.cases.case import Case

_FAR = [-90, -12, -3, -0.4, 0.3, 2, 11, 90]

CASES = (
    *(
        Case("LeakyReLU", {"data": (3, 4)}, {"act_type": name}, low=-2, high=2)
        for name in ("leaky", "elu", "gelu")
    ),
    Case("LeakyReLU", {"data": (2, 5)}, label="default"),
    Case("LeakyReLU", {"data": (2, 5)}, {"act_type": "leaky", "slope": -0.5}),
    Case("LeakyReLU", {"data": (2, 5)}, {"act_type": "elu", "slope": 1.5}),
    *(
        Case(
            "LeakyReLU",
            {"data": (8,)},
            {"act_type": name},
            label=f"{name} far",
            fixed={"data": _FAR},
        )
        for name in ("leaky", "elu", "gelu")
    ),
    # MXNet's derivative of selu is wrong below 0: scale (slope + y), where
    # scale slope + y was meant.
    *(
        Case(
            "LeakyReLU",
            {"data": (8,)},
            {"act_type": "selu"},
            label=f"selu {label}",
            fixed={"data": _FAR},
            golden=golden,
            differentiable=not golden,
        )
        for label, golden in (("forward", True), ("backward", False))
    ),
    *(
        Case(
            "LeakyReLU",
            {"data": data, "gamma": gamma},
            {"act_type": "prelu"},
            label=label,
            inferred=() if label else ("gamma",),
        )
        for data, gamma, label in (
            ((2, 3), (3,), ""),
            ((2, 3, 4), (3,), ""),
            ((3, 3, 3, 3), (3,), ""),
            ((2, 3, 2), (1,), "one"),
            ((4,), (1,), "vector"),
            ((4,), (4,), "vectors"),
            ((2, 3), (1, 3), "rank"),
        )
    ),
    # MXNet reads beyond such slopes.
    Case(
        "LeakyReLU",
        {"data": (2, 3, 2), "gamma": (1, 3, 2)},
        {"act_type": "prelu"},
        golden=False,
    ),
    *(
        Case(
            "LeakyReLU",
            {"data": (3, 4)},
            {"act_type": name},
            label=f"{name} {dtype}",
            dtype=dtype,
            tolerance=tolerance,
        )
        for name in ("leaky", "elu", "gelu")
        for dtype, tolerance in (("float64", 1e-5), ("float16", 2e-3))
    ),
    Case(
        "LeakyReLU",
        {"data": (2, 3), "gamma": (3,)},
        {"act_type": "prelu"},
        label="prelu half",
        dtype="float16",
        tolerance=2e-3,
    ),
    # MXNet's mask is empty in prediction, and it dies in training on a CPU.
    *(
        Case(
            "LeakyReLU",
            {"data": (3, 4)},
            {"act_type": "rrelu", **bounds},
            label=f"rrelu {train} {bounds}",
            train=train,
            golden=False,
        )
        for train in (True, False)
        for bounds in ({}, {"lower_bound": 0.5, "upper_bound": 0.75})
    ),
)
