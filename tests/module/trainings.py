"""Trainings whose results are recorded, run here and when they are recorded."""

from __future__ import annotations

import logging
import re

from tests.module.networks import NETWORKS, batches, first_parameters

MOMENTUM = ("sgd", {"learning_rate": 0.1, "momentum": 0.9, "wd": 0.001})
ADAM = ("adam", {"learning_rate": 0.01})
NUMBER = r"[-+0-9.e]+|nan"

# By name: network, optimizer, count of contexts, further arguments of fit
TRAININGS = {
    "mlp_momentum": ("mlp", MOMENTUM, 1, {}),
    "mlp_adam": ("mlp", ADAM, 1, {"eval_metric": ["acc", "ce"]}),
    "mlp_two_contexts": ("mlp", MOMENTUM, 2, {}),
    "mlp_two_contexts_adam": ("mlp", ADAM, 2, {"kvstore": "device"}),
    "mlp_two_contexts_no_store": ("mlp", MOMENTUM, 2, {"kvstore": None}),
    "lenet_momentum": ("lenet", MOMENTUM, 1, {"validation_metric": "ce"}),
    "lenet_adam": ("lenet", ADAM, 1, {}),
    "lenet_two_contexts": ("lenet", MOMENTUM, 2, {}),
}


class Lines(logging.Handler):
    """Collects what is logged."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def emit(self, record):
        self.seen.append(record.getMessage())


def listening(name="module"):
    """Return a logger and the lines that it takes."""
    logger, lines = logging.Logger(name), Lines()
    logger.addHandler(lines)
    return logger, lines.seen


def train(mx, name, epochs=3):
    """Return arrays by name, and numbers and lines."""
    network, (optimizer, settings), contexts, options = TRAININGS[name]
    build, shape = NETWORKS[network]
    symbol = build(mx)
    logger, lines = listening()
    module = mx.mod.Module(
        symbol, logger=logger, context=[mx.cpu(i) for i in range(contexts)]
    )
    arguments, states = first_parameters(mx, symbol, shape)
    values = []
    module.fit(
        batches(mx, shape),
        eval_data=batches(mx, shape, seed=2),
        optimizer=optimizer,
        optimizer_params=settings,
        arg_params=arguments,
        aux_params=states,
        num_epoch=epochs,
        batch_end_callback=lambda p: values.append(p.eval_metric.get_name_value()),
        **options,
    )
    test = batches(mx, shape, count=19, batch_size=8, seed=3)
    arrays = {"predicted": module.predict(test).asnumpy()}
    for params in module.get_params():
        arrays |= {key: value.asnumpy() for key, value in params.items()}
    scores = module.score(test, ["acc", "ce"])
    facts = {
        "lines": [re.sub(r"cost=.*", "cost=0", line) for line in lines],
        "values": [[[key, float(v)] for key, v in pairs] for pairs in values],
        "scores": [[key, float(v)] for key, v in scores],
        "output_shapes": [[key, list(size)] for key, size in module.output_shapes],
    }
    return arrays, facts
