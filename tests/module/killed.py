"""A training that saves itself after every epoch, and may be killed on the way."""

from __future__ import annotations

import os
import sys

import dataflow as mx
from tests.module.networks import CLASSES, batches

SETTINGS = {
    "sgd": {"learning_rate": 0.1, "momentum": 0.9},
    "adam": {"learning_rate": 0.01},
    "nadam": {"learning_rate": 0.01},
}


def network():
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=12, name="fc1")
    net = mx.sym.BatchNorm(net, name="bn")
    net = mx.sym.Dropout(mx.sym.Activation(net, act_type="relu"), p=0.4)
    net = mx.sym.FullyConnected(net, num_hidden=CLASSES, name="fc2")
    return mx.sym.SoftmaxOutput(net, name="softmax")


def train(prefix, optimizer="sgd", contexts=1, begin=0, end=4, on_batch=None):
    """Train from the first epoch, or from a checkpoint on; return the module."""
    options = {"context": [mx.cpu(i) for i in range(contexts)]}
    if begin:
        mx.random.seed(1000)  # what a new process happens to begin with
        module = mx.mod.Module.load(
            prefix, begin, load_optimizer_states=True, **options
        )
    else:
        mx.random.seed(5)
        module = mx.mod.Module(network(), **options)
    schedule = mx.lr_scheduler.FactorScheduler(step=5, factor=0.7)
    module.fit(
        batches(mx, (9,)),
        eval_data=batches(mx, (9,), seed=2),
        optimizer=optimizer,
        optimizer_params=SETTINGS[optimizer] | {"lr_scheduler": schedule},
        begin_epoch=begin,
        num_epoch=end,
        batch_end_callback=on_batch,
        epoch_end_callback=mx.callback.module_checkpoint(
            module, prefix, save_optimizer_states=True
        ),
    )
    return module


def kill(told):
    if (told.epoch, told.nbatch) == (2, 1):
        os._exit(9)


if __name__ == "__main__":
    train(sys.argv[1], on_batch=kill)
