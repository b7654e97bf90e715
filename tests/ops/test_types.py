"""Operators on other element types: half and double precision beside single."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import DTypeError
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.cases import FAMILIES

REAL = [
    case
    for cases in FAMILIES.values()
    for case in cases
    if case.dtype == "float32" and not find(case.operator).random and case.inputs
    if case.operator != "amp_cast"  # it leaves double precision alone
]


# MXNet refuses them in half precision, and so do we, in clear words.
NEVER_IN_HALF = ("linalg_", "_linalg_", "khatri_rao")


def run(case, dtype, values):
    """Run on values of a type; types that the operator itself names stay."""
    operator = find(case.operator)
    attributes = operator.parse(case.attributes)
    inputs = [values[name].astype(dtype) for name in case.inputs]
    inputs = eager.typed(operator, attributes, inputs)
    return eager.run(operator, attributes, inputs, is_train=case.train)


@pytest.mark.parametrize("case", REAL, ids=lambda case: case.id)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float16", 4e-2), ("float64", 1e-4)])
def test_results_agree_with_single_precision(case, dtype, tolerance):
    # Both start from values that half precision holds exactly.
    values = {name: x.astype("float16") for name, x in case.values().items()}
    if not all(np.isfinite(x).all() for x in values.values()):
        pytest.skip("the values of this case do not exist in half precision")
    expected = run(case, "float32", values)
    if dtype == "float16" and case.operator.startswith(NEVER_IN_HALF):
        with pytest.raises(DTypeError, match="float16"):
            run(case, dtype, values)
        return
    made = run(case, dtype, values)
    for old, new in zip(expected, made, strict=True):
        assert new.shape == old.shape
        if old.dtype != np.float32:
            assert new.dtype == old.dtype
        if not np.isfinite(old.astype("float16")).all():
            continue  # beyond the range of half precision
        np.testing.assert_allclose(
            new.astype("float64"), old, rtol=tolerance, atol=tolerance
        )
