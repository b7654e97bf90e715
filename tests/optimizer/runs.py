"""Runs of ten updates by every optimizer, for MXNet and this framework alike."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

STEPS = 10
NAMES = ("fc_weight", "fc_bias", "bn_gamma")
SHAPES = ((3, 4), (5,), (2,))


class Run(NamedTuple):
    """An optimizer, what it is made with, and how it is called."""

    optimizer: str
    settings: Mapping[str, Any]
    dtype: str = "float32"
    together: bool = False  # all parameters in one call
    named: bool = False  # with the parameters' names
    scheduled: bool = False
    multiplied: bool = False


COMMON = {"clip_gradient": 0.4, "rescale_grad": 0.5}
ALIKE = {  # each with what makes it itself
    "sgd": ({}, {"momentum": 0.9}),
    "ccsgd": ({"momentum": 0.5},),
    "nag": ({}, {"momentum": 0.9}),
    "signum": ({}, {"momentum": 0.0}, {"momentum": 0.5, "wd_lh": 0.1}),
    "lars": ({}, {"momentum": 0.9, "eta": 0.1, "eps": 1e-3}),
    "lbsgd": (
        {},
        {"momentum": 0.9, "updates_per_epoch": 2, "warmup_epochs": 3},
        {"batch_scale": 3, "updates_per_epoch": 4, "warmup_strategy": "sqrt"},
        {"batch_scale": 2, "updates_per_epoch": 4, "warmup_strategy": "power2"},
        {"batch_scale": 2, "warmup_strategy": "lars", "begin_epoch": 1},
    ),
    "dcasgd": ({}, {"lamda": 0.5}),
    "adam": ({}, {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-3}),
    "adamax": ({}, {"beta1": 0.5, "beta2": 0.9}),
    "nadam": ({}, {"beta1": 0.5, "schedule_decay": 0.1}),
    "lamb": (
        {},
        {"lower_bound": 0.5, "upper_bound": 1.0, "bias_correction": False},
        {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-3},
    ),
    "adagrad": ({}, {"eps": 0.1}),
    "adadelta": ({}, {"rho": 0.5, "epsilon": 1e-3}),
    "rmsprop": (
        {},
        {"gamma1": 0.5, "clip_weights": 0.6},
        {"centered": True, "gamma2": 0.5},
    ),
    "ftrl": ({}, {"lamda1": 0.1, "beta": 0.5}),
    "ftml": ({}, {"beta1": 0.5, "beta2": 0.9}),
    "test": ({},),
}
RATES = {"sgd": 0.1, "lars": 0.5, "ftml": 0.02}


def _settings(name: str, own: Mapping[str, Any]) -> dict[str, Any]:
    return {"learning_rate": RATES.get(name, 0.05), **own}


def _decay(name: str, own: Mapping[str, Any]) -> dict[str, float]:
    """Return a weight decay, unless MXNet is wrong about it.

    It adds to Nesterov's momentum the decay of the weight after the step, if that is
    written where the weight was.
    """
    return {} if name == "nag" and "momentum" in own else {"wd": 0.03}


RUNS: dict[str, Run] = {}
for _name, _kinds in ALIKE.items():
    for _number, _own in enumerate(_kinds):
        _base = f"{_name}{_number}"
        _given = _settings(_name, _own)
        _wd = _decay(_name, _own)
        _all = _given | COMMON | _wd
        RUNS[_base] = Run(_name, _given)
        RUNS[f"{_base}-common"] = Run(_name, _all)
        RUNS[f"{_base}-scheduled"] = Run(
            _name, {**_own, **_wd}, scheduled=True, named=True
        )
        RUNS[f"{_base}-multiplied"] = Run(
            _name, _all, multiplied=True, named=True, together=True
        )
        RUNS[f"{_base}-mixed"] = Run(
            _name, _all | {"multi_precision": True}, dtype="float16", together=True
        )
for _name in ("sgd", "nag", "adam", "lamb", "lars", "signum"):
    _own = ALIKE[_name][-1]
    _given = _settings(_name, _own) | _decay(_name, _own)
    RUNS[f"{_name}-half"] = Run(_name, _given, dtype="float16")
    RUNS[f"{_name}-double"] = Run(_name, _given, dtype="float64")
    RUNS[f"{_name}-later"] = Run(_name, _given | {"begin_num_update": 7})
RUNS["sgd-together"] = Run("sgd", _settings("sgd", {"momentum": 0.9}), together=True)
RUNS["sgd-unclipped"] = Run("sgd", {"clip_gradient": 0})
RUNS["adagrad-clipped"] = Run("adagrad", {"clip_gradient": 0})
RUNS["lars-uncorrected"] = Run(
    "lars",
    {"momentum": 0.9, "momentum_correction": False},
    scheduled=True,
    together=True,
)
RUNS["lars-corrected"] = Run("lars", {"momentum": 0.9}, scheduled=True, together=True)
RUNS["groupadagrad"] = Run("groupadagrad", {"clip_gradient": 0.4, "rescale_grad": 0.5})


def shapes_of(run: Run) -> tuple[tuple[int, ...], ...]:
    return SHAPES[:1] if run.optimizer == "groupadagrad" else SHAPES


def play(mx: Any, run: Run) -> np.ndarray:
    """Return all weights after each update, flat, as float64."""
    shapes = shapes_of(run)
    draw = np.random.RandomState(5)
    weights = [mx.nd.array(draw.uniform(-1, 1, s), dtype=run.dtype) for s in shapes]
    updater = mx.optimizer.get_updater(make(mx, run))
    return np.array([_step(mx, run, updater, weights, draw) for _ in range(STEPS)])


def make(mx: Any, run: Run) -> Any:
    settings = dict(run.settings)
    if run.scheduled:
        settings["lr_scheduler"] = mx.lr_scheduler.FactorScheduler(
            2, 0.7, base_lr=0.08, warmup_steps=3, warmup_begin_lr=0.01
        )
    if run.named:
        settings["param_idx2name"] = dict(enumerate(NAMES))
    if run.multiplied:
        settings["sym"] = _symbol(mx)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of rates that override the scheduler's
        optimizer = mx.optimizer.create(run.optimizer, **settings)
    if run.multiplied:
        optimizer.set_lr_mult({2: 0.25})
        optimizer.set_wd_mult({"fc_bias": 3.0})
    return optimizer


def _symbol(mx: Any) -> Any:
    weight = mx.sym.Variable("fc_weight", lr_mult=0.5, wd_mult=2.0)
    bias = mx.sym.Variable("fc_bias", lr_mult=2.0)
    data = mx.sym.Variable("data")
    return mx.sym.FullyConnected(data, weight, bias, num_hidden=3, name="fc")


def _step(mx: Any, run: Run, updater: Any, weights: list[Any], draw: Any) -> Any:
    grads = [mx.nd.array(draw.normal(0, 1, w.shape), dtype=run.dtype) for w in weights]
    numbers = list(range(len(weights)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of float16
        if run.together:
            updater(numbers, grads, weights)
        else:
            for i in numbers:
                updater(i, grads[i], weights[i])
    flat = [w.asnumpy().astype("float64").ravel() for w in weights]
    assert all(math.isfinite(x) for part in flat for x in part)
    return np.concatenate(flat)
