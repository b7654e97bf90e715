"""A network under monitors, here and when golden statistics are recorded."""

from __future__ import annotations

import numpy as np

OPTIONS = {
    "plain": {"interval": 1},
    "every_second": {"interval": 2},
    "sorted": {"interval": 1, "sort": True},
    "pattern": {"interval": 1, "pattern": "fc|.*label"},
    "all": {"interval": 1, "monitor_all": True},
    "several": {
        "interval": 3,
        "pattern": "fc",
        "stat_func": lambda x: [x.max(), x * 2],
    },
}


def network(mx):
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=3, name="fc")
    net = mx.sym.BatchNorm(net, fix_gamma=False, name="bn")
    net = mx.sym.Activation(net, act_type="sigmoid", name="act")
    return mx.sym.SoftmaxOutput(net, name="softmax")


def bound(mx):
    executor = network(mx).simple_bind(mx.cpu(), data=(4, 5))
    stream = np.random.RandomState(7)
    for array in executor.arg_arrays:
        array[:] = stream.uniform(0, 1, array.shape)
    executor.aux_dict["bn_moving_var"][:] = 1
    return executor


def observe(mx, name):
    """Return what a monitor tells of four forward passes."""
    executor, monitor = bound(mx), mx.monitor.Monitor(**OPTIONS[name])
    monitor.install(executor)
    told = []
    for batch in range(4):
        monitor.tic()
        executor.forward(is_train=batch % 2 == 1)
        told.append([list(entry) for entry in monitor.toc()])
    return told
