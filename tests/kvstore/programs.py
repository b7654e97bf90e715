"""Programs that use a store, for dataflow and MXNet alike: each returns arrays."""

from __future__ import annotations

from functools import partial

import numpy as np

SHAPES = ((3, 4), (7,), (2, 2, 2))
TYPES = ("local", "device", "local_update_cpu", "local_allreduce_device")


def arrays(mx, seed, count, shape=(3, 4), dtype="float32"):
    """Return an array for each of `count` contexts."""
    stream = np.random.RandomState(seed)
    return [
        mx.nd.array(stream.uniform(-1, 1, shape), ctx=mx.cpu(i), dtype=dtype)
        for i in range(count)
    ]


def pulled(mx, store, keys, count=1, dtype="float32"):
    """Return the values of keys, pulled to each of `count` contexts."""
    found = []
    for key, shape in zip(keys, SHAPES, strict=False):
        out = [mx.nd.zeros(shape, mx.cpu(i), dtype=dtype) for i in range(count)]
        store.pull(key, out=out)
        found += [array.asnumpy() for array in out]
    return found


def started(mx, kind, keys, dtype="float32"):
    store = mx.kv.create(kind)
    values = [arrays(mx, seed, 1, shape, dtype)[0] for seed, shape in enumerate(SHAPES)]
    store.init(keys, values[: len(keys)])
    return store


def sums(mx, kind, count, keys=(3, 5, 9), dtype="float32"):
    """Values before the first push, and after each of three."""
    store = started(mx, kind, list(keys), dtype)
    found = pulled(mx, store, keys, count, dtype)
    for step in range(3):
        pushed = [
            arrays(mx, 10 * step + i, count, s, dtype) for i, s in enumerate(SHAPES)
        ]
        store.push(list(keys), pushed)
        found += pulled(mx, store, keys, count, dtype)
    return found


def repeated_keys(mx, kind):
    """One key several times in a call; its arrays are summed."""
    store = started(mx, kind, [3])
    store.push([3, 3, 3], arrays(mx, 5, 3))
    return pulled(mx, store, [3])


def updater(mx, kind, count, keys):
    """A function that changes values by sums."""
    store = started(mx, kind, list(keys))
    calls = []

    def change(key, total, value):
        calls.append(key)
        value[:] = value * 0.5 + total * total

    store._set_updater(change)
    for step in range(3):
        pushed = [arrays(mx, step, count, shape) for shape in SHAPES]
        store.push(list(keys)[::-1], pushed[::-1])
    names = [key.decode() if isinstance(key, bytes) else key for key in calls]
    order = np.array([keys.index(name) for name in names])
    return [order, *pulled(mx, store, keys, count)]


def optimizer(mx, kind, count, keys, name, **settings):
    """An optimizer that updates what is stored."""
    store = started(mx, kind, list(keys))
    store.set_optimizer(mx.optimizer.create(name, **settings))
    found = []
    for step in range(4):
        for index, key in enumerate(keys):
            shape = SHAPES[index]
            out = [mx.nd.zeros(shape, mx.cpu(i)) for i in range(count)]
            store.push(key, arrays(mx, 7 * step + index, count, shape), priority=-index)
            store.pull(key, out=out, priority=-index)
            found += [array.asnumpy() for array in out]
    return found


def in_place(mx, kind, count):
    """Pushed arrays are given the sums."""
    store = started(mx, kind, ["a"])
    pushed = arrays(mx, 4, count)
    store.pushpull("a", pushed)
    return [x.asnumpy() for x in pushed] + pulled(mx, store, ["a"])


def pushpull_lists(mx, kind):
    """Several keys at once; results go elsewhere."""
    store = started(mx, kind, ["a", "b"])
    first, second = (arrays(mx, i, 1, SHAPES[i])[0] for i in range(2))
    out = [mx.nd.zeros(shape) for shape in SHAPES[:2]]
    store.pushpull(["a", "b"], [first, second], out=out)
    return [x.asnumpy() for x in out]


def broadcast(mx, kind, count):
    """First values reach every context."""
    store = mx.kv.create(kind)
    values = [arrays(mx, i, 1, SHAPES[i])[0] for i in range(2)]
    out = [[mx.nd.zeros(s, mx.cpu(i)) for i in range(count)] for s in SHAPES[:2]]
    for key, value, targets in zip("ab", values, out, strict=True):
        store.broadcast(key, value, out=targets)
    return [x.asnumpy() for targets in out for x in targets]


def types(mx):
    """Values are of the type that was pushed last, and are cast when pulled."""
    store = started(mx, "local", [1])
    found = []
    half, single = (arrays(mx, 2, 1, dtype=t)[0] for t in ("float16", "float32"))
    for pushed in (half, single, half):
        store.push(1, pushed)
        found += pulled(mx, store, [1])
        found += pulled(mx, store, [1], dtype="float16")
    return found


def compression(mx, count, threshold):
    """What is rounded away comes back with later pushes."""
    store = mx.kv.create("device")
    store.init(3, mx.nd.zeros((3, 4)))
    store.set_gradient_compression({"type": "2bit", "threshold": threshold})
    found = []
    for step in range(6):
        store.push(3, arrays(mx, step, count))
        found += pulled(mx, store, [3])
    return found


INTEGERS, NAMES = (2, 5, 9), ("w", "bias", "a")
ADAM = {"learning_rate": 0.01, "wd": 0.1, "clip_gradient": 0.8}
SGD = {"learning_rate": 0.1, "momentum": 0.9, "wd": 0.01, "rescale_grad": 0.5}
NAMED = {"param_idx2name": {0: "w_weight", 1: "bias"}}

PROGRAMS = {
    **{
        f"sums {kind} {count}": partial(sums, kind=kind, count=count)
        for kind in TYPES
        for count in (1, 2, 5)
    },
    "sums of doubles": partial(sums, kind="local", count=3, dtype="float64"),
    "sums of halves": partial(sums, kind="device", count=2, dtype="float16"),
    "repeated keys": partial(repeated_keys, kind="local"),
    "types": types,
}
for _kind in ("local", "device"):
    PROGRAMS |= {
        f"updater {_kind} integers": partial(
            updater, kind=_kind, count=2, keys=INTEGERS
        ),
        f"updater {_kind} names": partial(updater, kind=_kind, count=1, keys=NAMES),
        f"sgd {_kind}": partial(
            optimizer, kind=_kind, count=2, keys=INTEGERS, name="sgd", **SGD
        ),
        f"sgd {_kind} named": partial(
            optimizer, kind=_kind, count=1, keys=(0, 1, 2), name="sgd", **SGD, **NAMED
        ),
        f"adam {_kind}": partial(
            optimizer, kind=_kind, count=3, keys=NAMES, name="adam", **ADAM
        ),
        f"pushpull {_kind} 1": partial(in_place, kind=_kind, count=1),
        f"pushpull {_kind} 3": partial(in_place, kind=_kind, count=3),
        f"pushpull {_kind} lists": partial(pushpull_lists, kind=_kind),
        f"broadcast {_kind}": partial(broadcast, kind=_kind, count=2),
    }
PROGRAMS |= {
    "compression 1": partial(compression, count=1, threshold=0.5),
    "compression 3": partial(compression, count=3, threshold=0.7),
}
