"""The order in which a module's loops do things, here and when it is recorded."""

from __future__ import annotations

import numpy as np

from tests.module.trainings import listening


def logging_module(mx, seen):
    """Return a module that notes what is asked of it, and computes nothing."""

    class Noting(mx.mod.BaseModule):
        data_names = ("data",)
        output_names = ("out",)
        data_shapes = label_shapes = output_shapes = None

        def bind(self, data_shapes, label_shapes=None, **options):
            shapes = [tuple(x) for x in (*data_shapes, *label_shapes)]
            seen.append(["bind", repr(shapes), sorted(options.items())])
            self.binded = True

        def init_params(self, initializer=None, **options):
            kind = type(initializer).__name__
            seen.append(["init_params", kind, sorted(options.items())])
            self.params_initialized = True

        def init_optimizer(self, **options):
            seen.append(["init_optimizer", repr(sorted(options.items()))])

        def forward(self, data_batch, is_train=None):
            seen.append(["forward", data_batch.data[0].shape[0], is_train])

        def backward(self, out_grads=None):
            seen.append(["backward", out_grads])

        def update(self):
            seen.append(["update"])

        def get_params(self):
            seen.append(["get_params"])
            return {}, {}

        def get_outputs(self, merge_multi_context=True):
            seen.append(["get_outputs", merge_multi_context])
            return [mx.nd.ones((2, 3))]

        def update_metric(self, eval_metric, labels, pre_sliced=False):
            seen.append(["update_metric", len(labels), pre_sliced])
            eval_metric.update(labels, [mx.nd.ones((2, 3))])

        def install_monitor(self, mon):
            seen.append(["install_monitor"])

        def prepare(self, data_batch, sparse_row_id_fn=None):
            seen.append(["prepare", data_batch.pad, sparse_row_id_fn])

    logger, lines = listening()
    return Noting(logger), lines


class NotingMonitor:
    def __init__(self, seen):
        self.seen = seen

    def tic(self):
        self.seen.append(["tic"])

    def toc_print(self):
        self.seen.append(["toc_print"])


def noting_iterator(mx, name, count, seen):
    class Noting(mx.io.NDArrayIter):
        def reset(self):
            if hasattr(self, "noting"):
                seen.append([name, "reset"])
            super().reset()

        def next(self):
            seen.append([name, "next"])
            return super().next()

    iterator = Noting(np.zeros((count, 3)), np.zeros(count), 2)
    iterator.noting = True
    return iterator


def noting(seen, name):
    def callback(*arguments):
        first = arguments[0]
        if isinstance(first, int):
            seen.append([name, first, len(arguments)])
        else:
            value = first.eval_metric.get()[1]
            has_self = "self" in first.locals
            seen.append([name, first.epoch, first.nbatch, repr(float(value)), has_self])

    return callback


def fitting(mx):
    seen = []
    module, lines = logging_module(mx, seen)
    module.fit(
        noting_iterator(mx, "train", 3, seen),
        noting_iterator(mx, "eval", 2, seen),
        epoch_end_callback=[noting(seen, "epoch_end"), noting(seen, "epoch_end_2")],
        batch_end_callback=noting(seen, "batch_end"),
        eval_end_callback=noting(seen, "eval_end"),
        eval_batch_end_callback=[noting(seen, "eval_batch_end")],
        monitor=NotingMonitor(seen),
        begin_epoch=1,
        num_epoch=3,
    )
    return [seen, [line.split("cost=")[0] for line in lines]]


def fitting_without_anything(mx):
    seen = []
    module, lines = logging_module(mx, seen)
    module.fit(noting_iterator(mx, "train", 2, seen), num_epoch=1, force_rebind=True)
    module.fit(noting_iterator(mx, "train", 2, seen), num_epoch=0, force_init=True)
    module.fit(noting_iterator(mx, "train", 2, seen), begin_epoch=2, num_epoch=1)
    return [seen, [line.split("cost=")[0] for line in lines]]


def ready(mx, seen):
    module, _ = logging_module(mx, seen)
    module.binded = module.params_initialized = True
    return module


def scoring(mx):
    seen = []
    module = ready(mx, seen)
    data = noting_iterator(mx, "eval", 5, seen)
    options = {
        "batch_end_callback": noting(seen, "batch_end"),
        "score_end_callback": noting(seen, "score_end"),
    }
    values = [module.score(data, "acc", epoch=4, **options)]
    values.append(module.score(data, mx.metric.create(["acc", "mse"]), reset=False))
    return [seen, [[[k, repr(float(v))] for k, v in found] for found in values]]


def predicting(mx):
    seen = []
    module = ready(mx, seen)
    data = noting_iterator(mx, "eval", 3, seen)
    kinds = [module.predict(data).shape]
    kinds.append([[o.shape for o in b] for b in module.predict(data, None, False)])
    kinds.append([o.shape for o in module.predict(data, always_output_list=True)])
    kinds.append(module.predict(data, reset=False))
    for outputs, number, batch in module.iter_predict(data):
        kinds.append([[o.shape for o in outputs], number, batch.pad])
    return [seen, repr(kinds)]


EVENTS = {
    "fit": fitting,
    "fit_without_anything": fitting_without_anything,
    "score": scoring,
    "predict": predicting,
}
