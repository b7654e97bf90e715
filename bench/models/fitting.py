"""`Module.fit` on LeNet: what iterators, metrics and updates add to bare steps."""

from __future__ import annotations

import logging
import warnings
from functools import partial

import numpy as np

import dataflow as mx
from bench.models import lenet
from bench.models.making import shared
from bench.models.networks import NETWORKS
from bench.workload import Factory, Workload

STEPS = 10
LENET = NETWORKS["lenet"]


def data() -> mx.io.NDArrayIter:
    """Return the common batch, as often as an epoch has steps."""
    arrays = shared(LENET).arrays
    images = np.concatenate([arrays["data"]] * STEPS)
    labels = np.concatenate([arrays["softmax_label"]] * STEPS)
    return mx.io.NDArrayIter(images, labels, LENET.batch)


def fit(*, prefetch: bool) -> Workload:
    """Run one epoch of a module that is bound and initialised already."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    batches: mx.io.DataIter = data()
    if prefetch:
        batches = mx.io.PrefetchingIter(batches)
    module = mx.mod.Module(lenet.symbol(mx))

    def run() -> None:
        module.fit(
            batches,
            num_epoch=1,
            optimizer="sgd",
            optimizer_params={"learning_rate": LENET.rate},
        )
        mx.nd.waitall()

    return Workload(run, units=STEPS)


FITTING: dict[str, Factory] = {
    "lenet-fit": partial(fit, prefetch=False),
    "lenet-fit-prefetched": partial(fit, prefetch=True),
}
