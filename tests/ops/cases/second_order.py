"""The cases that are differentiated twice, and what their gradients are weighted by."""

from __future__ import annotations

import zlib

import numpy as np

from tests.ops.cases import FAMILIES
from tests.ops.cases.case import Case

TWICE = (
    *("activation", "axes", "broadcast", "dense", "elementwise", "expansion"),
    *("indexing", "layout", "linalg", "padding", "parametric", "pieces"),
    *("reduction", "slicing", "softmax"),
)
# Their backward operators have no gradient.
ONCE = {"gamma", "gammaln", "prod", "nanprod", "khatri_rao", "Crop"}
# MXNet's second derivatives have the wrong sign.
WRONG_IN_MXNET = {"arcsinh", "arccosh"}


def cases_differentiated_twice() -> list[Case]:
    """List the cases of all operators whose gradient has a gradient."""
    return [
        case
        for family in TWICE
        for case in FAMILIES[family]
        if case.differentiable and case.numeric and case.operator not in ONCE
    ]


def weights(case: Case, dtype: str) -> dict[str, np.ndarray]:
    """Draw what each input's gradient is multiplied by, to make one number of them."""
    stream = np.random.RandomState(zlib.crc32(case.id.encode()) ^ 2)
    drawn = {n: stream.uniform(-1, 1, size=s) for n, s in case.inputs.items()}
    return {name: x.astype(dtype) for name, x in drawn.items()}
