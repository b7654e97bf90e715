"""Records the public names of MXNet 1.9.1 that tests/test_names.py compares with.

Run by a Python that has mxnet 1.9.1, from the project's root:

    PYTHONPATH=. python tests/golden/record_names.py
"""

from __future__ import annotations

import json
import types
from pathlib import Path

import mxnet as mx

PLACES = {
    "Symbol": mx.sym.Symbol,
    "NDArray": mx.nd.NDArray,
    "Executor": mx.executor.Executor,
    "sym": mx.sym,
    "nd": mx.nd,
    "sym.linalg": mx.sym.linalg,
    "nd.linalg": mx.nd.linalg,
    "sym.random": mx.sym.random,
    "nd.random": mx.nd.random,
    "sym.contrib": mx.sym.contrib,
    "nd.contrib": mx.nd.contrib,
    "random": mx.random,
    "autograd": mx.autograd,
    "operator": mx.operator,
    "context": mx.context,
    "attribute": mx.attribute,
    "name": mx.name,
    "viz": mx.viz,
    "profiler": mx.profiler,
    "engine": mx.engine,
    "mod": mx.mod,
    "io": mx.io,
    "recordio": mx.recordio,
    "optimizer": mx.optimizer,
    "lr_scheduler": mx.lr_scheduler,
    "metric": mx.metric,
    "init": mx.init,
    "rnn": mx.rnn,
    "kv": mx.kv,
    "callback": mx.callback,
    "monitor": mx.monitor,
    "model": mx.model,
    "test_utils": mx.test_utils,
    "Module": mx.mod.Module,
    "BucketingModule": mx.mod.BucketingModule,
    "SequentialModule": mx.mod.SequentialModule,
    "KVStore": mx.kvstore.KVStore,
    "Optimizer": mx.optimizer.Optimizer,
    "DataIter": mx.io.DataIter,
    "NDArrayIter": mx.io.NDArrayIter,
    "EvalMetric": mx.metric.EvalMetric,
}


# Where public things live; functions of operators say "symbol" or "ndarray".
PACKAGES = ("mxnet", "symbol", "ndarray")


def public(place: object) -> list[str]:
    """Name what is meant for users: no modules, and nothing merely imported."""
    own = getattr(place, "__name__", "")
    return [name for name in dir(place) if _is_public(place, name, own)]


def _is_public(place: object, name: str, own: str) -> bool:
    if name.startswith("_"):
        return isinstance(place, type) and _is_operator(place, name)
    value = getattr(place, name)
    if isinstance(value, types.ModuleType):
        return False
    if isinstance(place, type):
        return True
    home = getattr(value, "__module__", own) or own
    # Helpers that a module imports from mxnet.base and mxnet.util are not its own.
    imported = home in ("mxnet.base", "mxnet.util", "mxnet.libinfo")
    return callable(value) and not imported and home.split(".")[0] in PACKAGES


def _is_operator(place: type, name: str) -> bool:
    return name.startswith("__") and name not in dir(object) and name.endswith("__")


if __name__ == "__main__":
    names = {key: public(place) for key, place in PLACES.items()}
    target = Path(__file__).parent / "names.json"
    target.write_text(json.dumps(names, indent=1) + "\n")
    print({key: len(value) for key, value in names.items()})
