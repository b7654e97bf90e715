"""Programs that use models, for dataflow and MXNet alike; they return plain values."""

from __future__ import annotations

import logging
import warnings
from functools import partial

import numpy as np

SAMPLES, FEATURES, CLASSES = 50, 4, 3


def samples():
    stream = np.random.RandomState(3)
    X = stream.uniform(-1, 1, (SAMPLES, FEATURES)).astype("float32")
    return X, X[:, :CLASSES].argmax(1).astype("float32")


def network(mx):
    net = mx.sym.Variable("data")
    # A bias would have a gradient of zero, but for rounding, which Adam scales up.
    net = mx.sym.FullyConnected(net, num_hidden=6, no_bias=True, name="fc1")
    net = mx.sym.BatchNorm(net, fix_gamma=False, eps=1e-3, name="bn")
    net = mx.sym.Activation(net, act_type="tanh", name="act")
    net = mx.sym.FullyConnected(net, num_hidden=CLASSES, name="fc2")
    return mx.sym.SoftmaxOutput(net, name="softmax")


def parameters(mx):
    """First parameters and auxiliary states of the network."""
    net = network(mx)
    shapes, _, aux_shapes = net.infer_shape(data=(1, FEATURES))
    stream = np.random.RandomState(4)
    arg_params = {
        name: mx.nd.array(stream.uniform(-1, 1, shape))
        for name, shape in zip(net.list_arguments(), shapes, strict=True)
        if name not in ("data", "softmax_label")
    }
    aux_params = {
        name: mx.nd.array(stream.uniform(0.5, 1, shape))
        for name, shape in zip(net.list_auxiliary_states(), aux_shapes, strict=True)
    }
    return arg_params, aux_params


def save(mx, folder):
    """Write checkpoints: with a symbol, without, of types, and of nothing."""
    arg_params, aux_params = parameters(mx)
    mx.model.save_checkpoint(f"{folder}/net", 3, network(mx), arg_params, aux_params)
    half = {name: array.astype("float16") for name, array in arg_params.items()}
    mx.model.save_checkpoint(f"{folder}/half", 12, None, half, {})
    mx.model.save_checkpoint(f"{folder}/nothing", 12345, None, {}, {})


FILES = (
    "net-symbol.json",
    "net-0003.params",
    "half-0012.params",
    "nothing-12345.params",
)


# Training


def quiet():
    logger = logging.Logger("quiet")
    logger.addHandler(logging.NullHandler())
    return logger


def feed_forward(mx, **options):
    arg_params, aux_params = parameters(mx)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return mx.model.FeedForward(
            network(mx), arg_params=arg_params, aux_params=aux_params, **options
        )


def trained(mx, fitting=None, batch=16, contexts=1, **options):
    """Train, and return the model and what callbacks were told."""
    told = []

    def note(kind):
        def callback(param):
            value = param.eval_metric.get()[1]
            told.append([kind, param.epoch, param.nbatch, round(float(value), 4)])

        return callback

    def end(epoch, symbol, arg_params, aux_params):
        told.append([3, epoch, len(arg_params), len(aux_params)])

    model = feed_forward(mx, ctx=[mx.cpu(i) for i in range(contexts)], **options)
    X, y = samples()
    model.fit(
        mx.io.NDArrayIter(X, y, batch),
        eval_data=mx.io.NDArrayIter(X[:30], y[:30], batch),
        epoch_end_callback=end,
        batch_end_callback=note(0),
        eval_batch_end_callback=[note(1)],
        eval_end_callback=note(2),
        logger=quiet(),
        **(fitting or {}),
    )
    return model, told


def fit(mx, **options):
    """The parameters after training, predictions, scores and what was told."""
    model, told = trained(mx, **options)
    X, y = samples()
    found = {"told": np.array(told)}
    found |= {name: array.asnumpy() for name, array in model.arg_params.items()}
    found |= {name: array.asnumpy() for name, array in model.aux_params.items()}
    found["predict"] = model.predict(X)
    found["predict two"] = model.predict(mx.io.NDArrayIter(X, y, 16), num_batch=2)
    parts = model.predict(mx.io.NDArrayIter(X, y, 16), return_data=True)
    found |= {f"part {i}": part for i, part in enumerate(parts)}
    found["score"] = np.array(model.score(mx.io.NDArrayIter(X, y, 16)))
    found["scores"] = np.array(
        model.score(mx.io.NDArrayIter(X, y, 10), eval_metric=["ce", "acc"], num_batch=3)
    )
    return found


def of_arrays(mx):
    """Data given as arrays, which NumPy's generator shuffles."""
    np.random.seed(7)
    X, y = samples()
    model = feed_forward(mx, num_epoch=2, numpy_batch_size=16, learning_rate=0.1)
    model.fit(X, y[:, None], eval_data=(X.tolist(), y.tolist()), logger=quiet())
    return {name: array.asnumpy() for name, array in model.arg_params.items()}


MOMENTUM = {"learning_rate": 0.1, "momentum": 0.9, "wd": 0.01}
FITS = {
    "sgd": partial(fit, num_epoch=3, **MOMENTUM),
    "adam": partial(fit, num_epoch=2, optimizer="adam", learning_rate=0.02),
    "two contexts": partial(fit, num_epoch=2, contexts=2, **MOMENTUM),
    "two contexts, device": partial(
        fit, num_epoch=2, contexts=2, fitting={"kvstore": "device"}, **MOMENTUM
    ),
    "without a store": partial(
        fit, num_epoch=2, contexts=2, fitting={"kvstore": None}, **MOMENTUM
    ),
    "short epochs": partial(fit, num_epoch=4, epoch_size=3, begin_epoch=1),
    "long epochs": partial(fit, num_epoch=2, epoch_size=6, batch=20),
    "another metric": partial(fit, num_epoch=1, fitting={"eval_metric": "ce"}),
    "arrays": of_arrays,
}


# Updates


class Recorder:
    """A store that notes how it is called."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        def note(*args, **kwargs):
            shown = [f"{name}({', '.join(map(brief, args))})"]
            shown += [f"{k}={brief(v)}" for k, v in sorted(kwargs.items())]
            self.calls.append(" ".join(shown))

        return note


def brief(value):
    """Describe arrays by their first element, and lists of them."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(brief, value))}]"
    return f"{value.asnumpy()[0]:g}" if hasattr(value, "asnumpy") else repr(value)


def updates(mx):
    """How stores and updaters are called, as lines."""
    found = {}
    arrays = [[mx.nd.array([10 * i + k]) for k in (1, 2)] for i in (1, 2, 3)]
    grads = [[mx.nd.array([-10 * i - k]) for k in (1, 2)] for i in (1, 2, 3)]
    partly = [grads[0], [None, None], grads[2]]
    names = ["a", "b", "c"]
    params = {name: mx.nd.array([7 + i]) for i, name in enumerate(names)}
    model = mx.model

    def run(name, function, *args):
        store = Recorder()
        function(*(store if arg is Recorder else arg for arg in args))
        found[name] = store.calls

    for update in (True, False):
        arguments = (Recorder, arrays, params, names, update)
        run(f"initialize {update}", model._initialize_kvstore, *arguments)
    run("on store", model._update_params_on_kvstore, arrays, grads, Recorder, names)
    run("partly", model._update_params_on_kvstore, arrays, partly, Recorder, names)

    def update(name, *args):
        store, log = Recorder(), Recorder()
        model._update_params(
            args[0], args[1], log.updater, 2, store if args[2] else None, names
        )
        found[name] = store.calls + log.calls

    update("update", arrays, grads, True)
    update("update without a store", arrays, grads, False)
    update("update partly", arrays, partly, True)
    update("update nothing", [], [], True)
    return found


def choices(mx):
    """Which store is used, and whether it updates."""
    found = {}
    shapes = {"small": (2,), "edge": (4096, 4096), "large": (4097, 4096)}
    for size, shape in shapes.items():
        params = {"w": mx.nd.zeros((1,)), "v": mx.nd.zeros(shape)}
        for name in (None, "local", "device"):
            for devices in (1, 2):
                store, update = mx.model._create_kvstore(name, devices, params)
                key = f"{name} {devices} {size}"
                found[key] = [store and store.type, update]
        given = mx.kv.create("local")
        store, update = mx.model._create_kvstore(given, 1, params)
        found[f"a store {size}"] = [store is given, update]
    return found
