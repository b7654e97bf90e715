"""The dependency directions between packages, and inside `dataflow`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = {
    "dataflow": ROOT / "dataflow",
    "dataflow_engine": ROOT / "engine" / "dataflow_engine",
    "dataflow_ops": ROOT / "ops" / "dataflow_ops",
}

# Inside `dataflow`: a module may import those of its own row and of earlier rows.
LAYERS = (
    (
        *("errors", "context", "attribute", "name"),
        *(
            "arithmetic",
            "bulks",
            "fpmath",
            "recording",
            "scope",
            "seeds",
        ),
    ),
    (
        *("storage", "graph", "methods", "samplers", "visualization"),
        *("engine", "checking", "pushing", "waiting"),
    ),
    ("serialization", "registry"),
    ("ndarray",),
    ("executor",),
    ("symbol",),
    ("autograd", "operator", "profiler", "random"),
    (
        *("image", "io", "recordio"),
        *("initializer", "lr_scheduler", "metric", "monitor", "optimizer"),
    ),
    ("kvstore",),
    ("callback", "test_utils"),
    ("model",),
    ("module",),
    ("rnn", "zoo"),
    ("__init__",),
)


def modules(package: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGES[package].rglob("*.py")):
        yield path.relative_to(PACKAGES[package]).as_posix(), path


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield each absolute module imported, and whether it is at the top level."""
    tree = ast.parse(path.read_text())
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) in top
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            assert node.module
            # `from dataflow import engine` imports the module dataflow.engine
            if node.module in PACKAGES:
                yield from (
                    (f"{node.module}.{a.name}", id(node) in top) for a in node.names
                )
            else:
                yield node.module, id(node) in top


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name, _ in imports(path)}


@pytest.mark.parametrize(("name", "path"), list(modules("dataflow_engine")))
def test_engine_imports_neither_arrays_nor_the_other_packages(name, path):
    assert not roots(path) & {"dataflow", "dataflow_ops", "numpy", "cupy"}


@pytest.mark.parametrize(("name", "path"), list(modules("dataflow_ops")))
def test_operators_import_neither_engine_nor_framework(name, path):
    assert not roots(path) & {"dataflow", "dataflow_engine", "cupy", "trio"}


def layer_of(module: str) -> int:
    for depth, layer in enumerate(LAYERS):
        if module in layer:
            return depth
    raise AssertionError(f"module '{module}' has no layer; enter it in LAYERS")


@pytest.mark.parametrize(("name", "path"), list(modules("dataflow")))
def test_modules_import_only_from_their_layer_and_below(name, path):
    own = name.removesuffix(".py").split("/")[0]
    for imported, _ in imports(path):
        parts = imported.split(".")
        if parts[0] == "dataflow" and len(parts) > 1:
            assert layer_of(parts[1]) <= layer_of(own), imported


ENGINE_MEETS = {
    "context.py",  # names the lanes, asks whether a device is there
    "checking.py",  # knows which Vars an operation declared
    "pushing.py",  # a user's own function
    "engine.py",  # holds the process's one engine
    "bulks.py",  # joins its operations
    "ndarray/imperative.py",  # one call
    "ndarray/handle.py",  # its Var
    "ndarray/steps.py",  # one that comes again
    "ndarray/moves.py",  # copies
    "executor/arenas.py",  # orders what shares memory
    "executor/dividing.py",  # measures it
    "executor/sampling.py",  # which runs are measured
    "executor/capturing.py",  # its segments on devices
    "executor/lowering.py",  # a whole graph
    "executor/weights.py",  # which version its weights have
    "ndarray/sharing.py",  # whose memory others may write
    "executor/ordering.py",  # which Vars its segments touch
    "executor/parallel.py",  # its divided segments
    "executor/executor.py",  # replays it
    "waiting.py",  # waits for its Vars
    "serialization/background.py",  # writes files on its io lane
    "serialization/files.py",  # says what they read
    "profiler/session.py",  # the engine's tracer
    "profiler/statistics.py",  # sums over what it recorded
}
KERNELS_MEET = {
    "engine.py",  # tells them when a thread comes to rest
    "executor/capturing.py",  # asks what can be captured
    "ndarray/calls.py",  # says what a kernel is given
    "operator/kernels.py",  # a user's own operator
    "ndarray/imperative.py",
    "ndarray/moves.py",  # casts as quietly as kernels
    "ndarray/differentiation.py",  # a backward pass, call by call
    "executor/compiling.py",
    "executor/buffers.py",  # how images lie
    "executor/evaluating.py",  # one call, before there is a plan
    "executor/telling.py",  # what failed
    "executor/executor.py",  # notes how they multiply
    "fpmath.py",  # how they multiply
    "executor/facts.py",  # asks them before anything runs
    "executor/lowering.py",
    "executor/parallel.py",
    "executor/watching.py",
    "executor/weights.py",  # says what stays the same
}


@pytest.mark.parametrize(("name", "path"), list(modules("dataflow")))
def test_operators_meet_the_engine_in_few_places(name, path):
    imported = [module for module, _ in imports(path)]
    if any(module.startswith("dataflow_engine") for module in imported):
        assert name in ENGINE_MEETS
    if any(module.startswith("dataflow_ops.kernels") for module in imported):
        assert name in KERNELS_MEET


HEAVY = {"cupy", "fsspec", "graphviz", "numba", "rich", "safetensors", "sklearn"}


def test_importing_the_framework_does_not_import_heavy_optional_libraries():
    for package in PACKAGES:
        for name, path in modules(package):
            heavy = {module.split(".")[0] for module, top in imports(path) if top}
            assert not heavy & HEAVY, name
