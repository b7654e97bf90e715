"""Records the golden values of tests/ops with MXNet 1.9.1.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_operators.py [FAMILY ...]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import mxnet as mx
import numpy as np

from tests.ops.cases import FAMILIES
from tests.ops.cases.case import Case

# What MXNet has for arrays alone: its symbolic form refuses its own arguments. So do
# all steps of optimizers.
IMPERATIVE = {"reset_arrays", "all_finite", "multi_all_finite", "multi_sum_sq"}
# What it has for sparse gradients alone, and in place.
SPARSE = {"_sparse_adagrad_update", "_contrib_group_adagrad_update"}
# What it has for half precision alone, or with errors in the states of others.
HALF = ("multi_mp_", "preloaded_multi_mp_", "_multi_mp_", "mp_lamb_update_phase1")


def record(case: Case) -> dict[str, np.ndarray]:
    imperative = case.operator in IMPERATIVE or "_update" in case.operator
    run = record_arrays if imperative else record_symbol
    return {f"{case.id}/{key}": value for key, value in run(case).items()}


def record_arrays(case: Case) -> dict[str, np.ndarray]:
    values = {name: mx.nd.array(x, dtype=x.dtype) for name, x in case.values().items()}
    if case.operator.startswith(HALF):
        values = {n: x.astype(_half(n) or x.dtype) for n, x in values.items()}
    options = {}
    # Several weights: MXNet does not infer their shapes without `out`.
    weights = [x for name, x in values.items() if name.startswith("weight_")]
    if weights:
        options["out"] = [mx.nd.zeros_like(x) for x in weights]
    if case.operator in SPARSE:
        values["grad"] = values["grad"].tostype("row_sparse")
        options["out"] = values["weight"]
    made = _array_function(case.operator)(
        *values.values(), **case.attributes, **options
    )
    outputs = made if isinstance(made, list) else [made]
    result = {f"output{i}": x.asnumpy() for i, x in enumerate(outputs)}
    states = {f"auxiliary_{name}": values[name].asnumpy() for name in case.auxiliary}
    return result | states


def _half(name: str) -> str | None:
    is_narrow = name.startswith(("weight", "grad")) and "weight32" not in name
    return "float16" if is_narrow else None


def _array_function(name: str) -> Any:
    function = getattr(mx.nd, name, None) or getattr(mx.nd._internal, name, None)
    if function is None:
        part, _, rest = name.removeprefix("_").partition("_")
        function = getattr(getattr(mx.nd, part), rest)
    return function


def record_symbol(case: Case) -> dict[str, np.ndarray]:
    variables = {name: mx.sym.Variable(name) for name in case.inputs}
    # Some operators of MXNet take their states by name only.
    states = {name: variables.pop(name) for name in case.auxiliary}
    attributes = dict(case.attributes)
    attributes.pop("num_args", None)  # MXNet counts the inputs itself
    function = _symbol_function(case.operator)
    symbol = function(*variables.values(), name="op", **states, **attributes)
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


def _symbol_function(name: str) -> Any:
    """Return MXNet's function of this name, which may stand in a module of its own."""
    for module in (mx.sym, mx.sym.op, mx.sym._internal):
        if hasattr(module, name):
            return getattr(module, name)
    part, _, rest = name.removeprefix("_").partition("_")
    return getattr(getattr(mx.sym, part), rest)


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
