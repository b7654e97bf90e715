"""Records the golden values of tests/ops with MXNet 1.9.1.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_operators.py [FAMILY ...]
"""

from __future__ import annotations

import sys
from pathlib import Path

import mxnet as mx
import numpy as np

from tests.ops.cases import FAMILIES
from tests.ops.cases.case import Case

# What MXNet has for arrays alone: its symbolic form refuses its own arguments.
IMPERATIVE = {"sgd_update", "sgd_mom_update"}


def record(case: Case) -> dict[str, np.ndarray]:
    run = record_arrays if case.operator in IMPERATIVE else record_symbol
    return {f"{case.id}/{key}": value for key, value in run(case).items()}


def record_arrays(case: Case) -> dict[str, np.ndarray]:
    values = {name: mx.nd.array(x, dtype=x.dtype) for name, x in case.values().items()}
    output = getattr(mx.nd, case.operator)(*values.values(), **case.attributes)
    states = {f"auxiliary_{name}": values[name].asnumpy() for name in case.auxiliary}
    return {"output0": output.asnumpy()} | states


def record_symbol(case: Case) -> dict[str, np.ndarray]:
    variables = [mx.sym.Variable(name) for name in case.inputs]
    function = getattr(mx.sym, case.operator, None)
    if function is None:
        function = getattr(mx.sym._internal, case.operator)
    attributes = dict(case.attributes)
    attributes.pop("num_args", None)  # MXNet counts the inputs itself
    symbol = function(*variables, name="op", **attributes)
    values = {name: mx.nd.array(x, dtype=x.dtype) for name, x in case.values().items()}
    arguments = {n: x for n, x in values.items() if n in symbol.list_arguments()}
    grads = {n: mx.nd.zeros_like(x) for n, x in arguments.items()}
    executor = symbol.bind(
        mx.cpu(),
        args=arguments,
        args_grad=grads if case.differentiable else None,
        grad_req={n: _grad_req(case, n) for n in arguments},
        aux_states={n: values[n] for n in symbol.list_auxiliary_states()},
    )
    outputs = executor.forward(is_train=case.train)
    result = {f"output{i}": x.asnumpy() for i, x in enumerate(outputs)}
    if case.differentiable:
        heads = case.head_gradients([x.shape for x in outputs])
        pairs = zip(heads, outputs, strict=True)
        executor.backward([mx.nd.array(head, dtype=x.dtype) for head, x in pairs])
        result |= {f"grad_{n}": x.asnumpy() for n, x in executor.grad_dict.items()}
    return result | {
        f"auxiliary_{n}": x.asnumpy() for n, x in executor.aux_dict.items()
    }


def _grad_req(case: Case, name: str) -> str:
    """MXNet refuses the gradient of an Embedding's indices outright."""
    return "write" if case.differentiable and name not in case.integers else "null"


def main(families: list[str]) -> None:
    for family in families or FAMILIES:
        values: dict[str, np.ndarray] = {}
        for case in FAMILIES[family]:
            if case.golden:
                values |= record(case)
        target = Path(__file__).parent / "operators" / f"{family}.npz"
        np.savez_compressed(target, **values)
        print(f"{family}: {len(values)} arrays")


if __name__ == "__main__":
    main(sys.argv[1:])
