"""Renders the operator reference and the type stubs from the declarations.

    python docs/render.py          write docs/operators.md and the .pyi files
    python docs/render.py --check  say which of them are out of date, and fail

The example shapes come from the tests' case table.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from dataflow.graph.documents import docstring, form_of  # noqa: E402
from dataflow.graph.signature import declared_inputs  # noqa: E402
from dataflow_ops.attributes import REQUIRED, Attribute, kind_of  # noqa: E402
from dataflow_ops.registry import Operator, names  # noqa: E402
from tests.ops import eager  # noqa: E402
from tests.ops.cases import FAMILIES  # noqa: E402
from tests.ops.cases.case import Case  # noqa: E402

INTRODUCTION = """# Operators

Made by `make docs` from the declarations. Every operator is a function of
`dataflow.sym` and `dataflow.nd` under each of its names. Shapes are those of an
example.
"""


def public() -> dict[str, list[str]]:
    """Return the names under which users call each operator, by its own name."""
    found: dict[str, list[str]] = {}
    for name, operator in names().items():
        if not operator.name.startswith("_backward"):
            found.setdefault(operator.name, []).append(name)
    return found


def reference() -> str:
    """Return the operator reference, in Markdown."""
    operators, aliases = names(), public()
    parts = [INTRODUCTION]
    done: set[str] = set()
    for family, cases in FAMILIES.items():
        mine = list(dict.fromkeys(operators[case.operator].name for case in cases))
        mine = [name for name in mine if name not in done and name in aliases]
        done.update(mine)
        if mine:
            parts.append(f"## {family.replace('_', ' ').capitalize()}\n")
        for name in mine:
            example = next(c for c in cases if operators[c.operator].name == name)
            parts.append(_section(operators[name], aliases[name], example))
    return "\n".join(parts)


def _section(operator: Operator, aliases: list[str], case: Case) -> str:
    others = [alias for alias in aliases if alias != operator.name]
    also = f" (also {', '.join(f'`{n}`' for n in others)})" if others else ""
    lines = [f"### {operator.name}\n", f"{operator.summary}{also}\n"]
    attributes = operator.parse(case.attributes)
    shapes = eager.infer(operator, attributes, list(case.inputs.values()))[1]
    given = ", ".join(f"{name} {shape}" for name, shape in case.inputs.items())
    made = ", ".join(map(str, shapes[: operator.visible_outputs(attributes)]))
    lines.append(f"`{given or 'nothing'} -> {made}`\n")
    if operator.attributes:
        lines += ["| attribute | takes | meaning |", "|---|---|---|"]
        lines += [_row(attribute) for attribute in operator.attributes]
        lines.append("")
    return "\n".join(lines)


def _row(attribute: Attribute) -> str:
    cells = (f"`{attribute.name}`", form_of(attribute), attribute.doc)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


# Type stubs: what an editor shows of functions that are made when imported.

STUB = '''"""{title}; made by `make docs`, for editors and type checkers."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from dataflow.{module}.{module} import {kind} as {kind}

def __getattr__(name: str) -> Any: ...  # the operators whose names begin with _
'''
KINDS = {
    "bool": "bool | str",
    "int": "int | str",
    "float": "float | str",
    "str": "str",
    "int or sequence of int": "int | Sequence[int] | str",
    "dtype": "Any",
}


def stub(module: str, kind: str) -> str:
    """Return the stub of the operators' functions on symbols or arrays."""
    title = f"The operators as functions of {kind}s"
    lines = [STUB.format(title=title, module=module, kind=kind)]
    for operator in {id(o): o for o in names().values()}.values():
        shown = [n for n in (operator.name, *operator.aliases) if n[0] != "_"]
        if shown and not operator.name.startswith("_backward"):
            lines += _function(shown[0], operator, kind)
            lines += [f"{alias} = {shown[0]}\n" for alias in shown[1:]]
    return "\n".join(lines) + "\n"


def _function(name: str, operator: Operator, kind: str) -> Iterator[str]:
    several = "" if kind == "Symbol" or _has_one(operator) else " | list[NDArray]"
    yield f"def {name}("
    yield from (f"    {parameter}," for parameter in _parameters(operator, kind))
    yield f") -> {kind}{several}:"
    text = docstring(operator, kind).replace("\\", "\\\\")
    body = "\n".join(f"    {line}".rstrip() for line in text.split("\n"))
    yield f'    """{body.lstrip()}\n    """\n'


def _has_one(operator: Operator) -> bool:
    return isinstance(operator.outputs, tuple) and (
        len(operator.outputs) == 1 or operator.visible is not None
    )


def _parameters(operator: Operator, kind: str) -> Iterator[str]:
    if operator.variadic is not None or operator.free:
        yield f"*args: {kind}"
    else:
        yield from (f"{n}: {kind} | None = None" for n in declared_inputs(operator))
        yield "*"
    for attribute in operator.attributes:
        required = attribute.default is REQUIRED and attribute.name != operator.variadic
        default = "" if required else " = ..."
        yield f"{attribute.name}: {_annotation(attribute)}{default}"
    taken = {attribute.name for attribute in operator.attributes}
    if kind == "NDArray":
        yield "out: NDArray | Sequence[NDArray] | None = None"
    if "name" not in taken:
        yield "name: str | None = None"
    if kind == "Symbol":
        yield "attr: Mapping[str, str] | None = None"
    yield "**kwargs: Any"


def _annotation(attribute: Attribute) -> str:
    kind = kind_of(attribute.parse)
    plain = kind.removesuffix(", optional")
    if plain.startswith("{"):
        found = f"Literal[{plain[1:-1]}]"
    else:
        found = KINDS.get(plain, "Any")
    return f"{found} | None" if plain != kind else found


def formatted(text: str) -> str:
    """Return Python source as the project formats it."""
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", "x.pyi", "-"]
    return subprocess.run(
        command, input=text, capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout


def rendered() -> dict[Path, str]:
    """Return what every rendered file should hold."""
    return {
        ROOT / "docs" / "operators.md": reference(),
        ROOT / "dataflow" / "symbol" / "op.pyi": formatted(stub("symbol", "Symbol")),
        ROOT / "dataflow" / "ndarray" / "op.pyi": formatted(stub("ndarray", "NDArray")),
    }


def main(arguments: list[str]) -> int:
    """Write what is out of date, or only tell of it."""
    texts = rendered()
    stale = [
        path
        for path, text in texts.items()
        if not path.exists() or path.read_text() != text
    ]
    for path in stale:
        print(f"{path.relative_to(ROOT)} is out of date")
        if "--check" not in arguments:
            path.write_text(texts[path])
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
