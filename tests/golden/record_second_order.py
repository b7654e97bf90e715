"""Records the golden values of tests/ops/test_second_order.py with MXNet 1.9.1.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_second_order.py

What MXNet cannot differentiate twice is left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mxnet as mx
import numpy as np

from tests.ops.cases.case import Case
from tests.ops.cases.second_order import (
    WRONG_IN_MXNET,
    cases_differentiated_twice,
    weights,
)


def record(case: Case) -> dict[str, np.ndarray]:
    """Differentiate the gradients by all inputs, added up with weights."""
    inputs = {n: mx.nd.array(x, dtype=x.dtype) for n, x in case.values().items()}
    marked = {n: x for n, x in inputs.items() if n not in case.integers}
    for array in marked.values():
        array.attach_grad()
    attributes = dict(case.attributes)
    attributes.pop("num_args", None)
    with mx.autograd.record(train_mode=case.train):
        made = _function(case.operator)(*inputs.values(), **attributes)
        outputs = made if isinstance(made, list) else [made]
        heads = case.head_gradients([x.shape for x in outputs])
        heads = [mx.nd.array(x, dtype=x.dtype) for x in heads]
        gradients = mx.autograd.grad(
            outputs, list(marked.values()), heads, create_graph=True
        )
        loss = mx.nd.zeros((1,), dtype=case.dtype)
        for name, gradient in zip(marked, gradients, strict=True):
            weight = weights(case, case.dtype)[name]
            loss = loss + (gradient * mx.nd.array(weight, dtype=case.dtype)).sum()
    loss.backward()
    return {f"{case.id}/{n}": x.grad.asnumpy() for n, x in marked.items()}


def _function(name: str) -> Any:
    for module in (mx.nd, mx.nd.op, mx.nd._internal):
        if hasattr(module, name):
            return getattr(module, name)
    part, _, rest = name.removeprefix("_").partition("_")
    return getattr(getattr(mx.nd, part), rest)


def main() -> None:
    values: dict[str, np.ndarray] = {}
    for case in cases_differentiated_twice():
        if case.operator in WRONG_IN_MXNET:
            continue
        try:
            values |= record(case)
        except mx.MXNetError as error:
            reason = str(error).strip().splitlines()[-1]
            print(f"{case.id}: {reason}")
    target = Path(__file__).parent / "second_order.npz"
    np.savez_compressed(target, **values)
    print(f"{len(values)} arrays")


if __name__ == "__main__":
    main()
