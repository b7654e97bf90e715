"""The reference kernels use what NumPy and CuPy share, and nothing else."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataflow_ops import kernels

ROOT = Path(__file__).parents[1]
KERNELS = Path(kernels.__file__).parent
NAMES = set(json.loads((ROOT / "golden" / "cupy_names.json").read_text())["names"])
FILES = sorted((KERNELS / "reference").glob("*.py")) + sorted(KERNELS.glob("*.py"))

# Files that call NumPy by name. Faster ways that only NumPy has, behind a look at the
# library: indexing, ordering. Small tables made on the host when a kernel is bound:
# resizing, constants. Types and errors: precision, triangles. For the host alone:
# fused groups, images with their channels last, and what devices draw on the host.
BY_NAME = {
    *("indexing", "ordering", "resizing", "constants", "precision", "triangles"),
    *("fused", "reducing", "extremes", "orders", "hosted"),
}


def dotted(node: ast.AST) -> str:
    """Write ``call.xp.linalg.inv`` as text; empty for anything else."""
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return node.id if isinstance(node, ast.Name) else ""


def asked(path: Path) -> Iterator[str]:
    """Yield what a file asks of the array library that it is given."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            parts = dotted(node).split(".")
            if "xp" in parts[:-1]:
                yield ".".join(parts[parts.index("xp") + 1 :])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_kernels_ask_only_for_what_both_libraries_have(path):
    missing = {
        name
        for name in asked(path)
        if name not in NAMES and name.split(".")[0] not in NAMES | {"__name__"}
    }
    assert missing == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_kernels_take_the_array_library_from_their_call(path):
    """NumPy itself is for types and constants, not for computing."""
    allowed = {"np.dtype", "np.finfo", "np.iinfo", "np.seterr", "np.ndarray"}
    tree = ast.parse(path.read_text())
    called = {dotted(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    used = {name for name in called if name.startswith("np.")}
    types = {name for name in used if name[3:].rstrip("0123456789") in _TYPES}
    assert bool(used - allowed - types) == (path.stem in BY_NAME)


_TYPES = {"float", "int", "uint", "intp", "float_", "bool_"}
