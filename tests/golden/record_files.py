"""Records the golden files of tests/serialization with MXNet 1.9.1.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_files.py
"""

from __future__ import annotations

import inspect
import json
from collections import Counter
from pathlib import Path

import mxnet as mx

from tests.ops.cases import FAMILIES
from tests.serialization import legacy, zoo
from tests.serialization.arrays import LISTS, legacy_lists

HERE = Path(__file__).parent


def record_symbols() -> None:
    """The text of every symbol of the zoo, and of the old ones after loading."""
    folder = HERE / "symbols"
    for name in zoo.SYMBOLS:
        (folder / f"{name}.json").write_text(zoo.text(mx, name))
    for name, old in legacy.TEXTS.items():
        (folder / f"legacy_{name}.json").write_text(mx.sym.load_json(old).tojson())


def record_operators() -> None:
    """The text of each operator's cases, the inputs left for MXNet to make."""
    found: dict[str, object] = {}
    count: Counter[str] = Counter()
    for case in (case for cases in FAMILIES.values() for case in cases):
        key = f"{case.operator} {dict(case.attributes)}"
        if key in found or not case.golden or count[case.operator] == 4:
            continue
        if "_update" in case.operator:  # for arrays; symbols of some are refused
            continue
        if case.operator == "reset_arrays":  # without outputs: MXNet's process dies
            continue
        try:
            text = operator_text(case)
        except (mx.MXNetError, AttributeError) as error:
            print(f"{key}: {str(error)[:300]}")
            continue
        count[case.operator] += 1
        found[key] = {
            "operator": case.operator,
            "attributes": repr(dict(case.attributes)),
            "inputs": list(case.inputs) if is_variadic(case) else [],
            "text": text,
        }
    target = HERE / "operator_symbols.json"
    target.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    print(f"{len(found)} operators' cases")


def operator_text(case) -> str:
    function = function_of(case.operator)
    attributes = dict(case.attributes)
    attributes.pop("num_args", None)  # MXNet counts the inputs itself
    names = case.inputs if is_variadic(case) else ()
    inputs = [mx.sym.Variable(name) for name in names]
    return function(*inputs, name="op", **attributes).tojson()


def is_variadic(case) -> bool:
    return bool(function_of(case.operator).__code__.co_flags & inspect.CO_VARARGS)


def function_of(operator: str):
    for module in ("contrib", "linalg", "sparse"):
        prefix = f"_{module}_"
        if operator.startswith(prefix):
            return getattr(getattr(mx.sym, module), operator.removeprefix(prefix))
    return getattr(mx.sym, operator, None) or getattr(mx.sym._internal, operator)


def record_arrays() -> None:
    """Files that MXNet writes; and that it reads the old forms as we say."""
    folder = HERE / "arrays"
    for name, build in LISTS.items():
        mx.nd.save(str(folder / f"{name}.params"), build(mx))
    for name, (data, expected) in legacy_lists().items():
        (folder / f"{name}.params").write_bytes(data)
        loaded = mx.nd.load(str(folder / f"{name}.params"))
        assert [x.asnumpy().tolist() for x in loaded] == [
            x.tolist() for x in expected
        ], name


if __name__ == "__main__":
    record_symbols()
    record_operators()
    record_arrays()
