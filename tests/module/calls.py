"""Calls of modules' methods, right and wrong, here and when they are recorded.

Each takes the package and a folder, and returns a plain value or raises. Warnings are
errors, so that they are compared, too.
"""

from __future__ import annotations

import builtins

import numpy as np

from tests.module.networks import mlp

SHAPE, LABEL = [("data", (4, 9))], [("softmax_label", (4,))]


def outcome(mx, name, folder):
    """Return what a call gives, or the Python exceptions that it raises."""
    try:
        return ["gives", plain(CALLS[name](mx, folder))]
    except Exception as error:
        known = [
            c.__name__ for c in type(error).__mro__ if hasattr(builtins, c.__name__)
        ]
        return ["raises", known[0]]


def plain(value):
    """Return a value as JSON holds it."""
    if hasattr(value, "asnumpy"):
        return value.asnumpy().tolist()
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, slice):
        return [value.start, value.stop]
    return str(value)


# What the calls begin with


def module(mx, **options):
    return mx.mod.Module(mlp(mx), **options)


def bound(mx, shape=SHAPE, label=LABEL, binding=None, **options):
    made = module(mx, **options)
    made.bind(shape, label, **(binding or {}))
    return made


def parameters(mx, names=None):
    every = {
        "fc1_weight": mx.nd.array(np.linspace(-0.2, 0.3, 108).reshape(12, 9)),
        "fc1_bias": mx.nd.ones(12) / 10,
        "fc2_weight": mx.nd.array(np.linspace(0.3, -0.2, 48).reshape(4, 12)),
        "fc2_bias": mx.nd.array([0.3, 0.1, 0.2, 0]),
    }
    return {name: every[name] for name in names or every}


def ready(mx, **options):
    made = bound(mx, **options)
    made.init_params(arg_params=parameters(mx))
    return made


def trained(mx, settings=None, kvstore="local", **options):
    made = ready(mx, **options)
    settings = settings or {"learning_rate": 0.5, "momentum": 0.9}
    made.init_optimizer(kvstore, optimizer_params=settings)
    made.forward_backward(batch(mx))
    made.update()
    return made


def batch(mx, count=4, width=9, label=True, **options):
    data = mx.nd.array(np.linspace(0, 1, count * width).reshape(count, width))
    labels = [mx.nd.array(np.arange(count) % 4)] if label else None
    return mx.io.DataBatch([data], labels, **options)


def two(mx):
    return [mx.cpu(0), mx.cpu(1)]


def summary(made):
    """Sum up the parameters, so that no two values can change places."""
    values = {name: array.asnumpy() for name, array in made.get_params()[0].items()}
    return {k: float(v.ravel() @ np.arange(1, v.size + 1)) for k, v in values.items()}


def after(made, *names):
    return [getattr(made, name) for name in names]


STATE = ("binded", "params_initialized", "optimizer_initialized")


# Before it is bound

EARLY = {
    "init_params": lambda m: m.init_params(),
    "get_params": lambda m: m.get_params(),
    "set_params": lambda m: m.set_params({}, {}),
    "set_params_some": lambda m: m.set_params({}, {}, allow_missing=True),
    "forward": lambda m: m.forward(None),
    "backward": lambda m: m.backward(),
    "update": lambda m: m.update(),
    "get_outputs": lambda m: m.get_outputs(),
    "get_input_grads": lambda m: m.get_input_grads(),
    "init_optimizer": lambda m: m.init_optimizer(),
    "borrow_optimizer": lambda m: m.borrow_optimizer(m),
    "reshape": lambda m: m.reshape(SHAPE),
    "get_states": lambda m: m.get_states(),
    "set_states": lambda m: m.set_states(value=0),
    "install_monitor": lambda m: m.install_monitor(None),
    "save_params": lambda m: m.save_params("never.params"),
    "save_optimizer_states": lambda m: m.save_optimizer_states("never.states"),
    "load_optimizer_states": lambda m: m.load_optimizer_states("never.states"),
    "save_checkpoint": lambda m: m.save_checkpoint("never", 0),
    "data_shapes": lambda m: m.data_shapes,
    "label_shapes": lambda m: m.label_shapes,
    "output_shapes": lambda m: m.output_shapes,
    "prepare": lambda m: m.prepare(None),
    "score": lambda m: m.score(None, "acc"),
    "predict": lambda m: m.predict(None),
    "fit": lambda m: m.fit(None),
    "state": lambda m: [m.data_names, m.label_names, m.output_names, *after(m, *STATE)],
}
ONLY_MODULE = (
    *("set_params", "set_params_some", "borrow_optimizer", "reshape", "save_params"),
    *("save_optimizer_states", "load_optimizer_states", "save_checkpoint", "state"),
)
BARE = {name: act for name, act in EARLY.items() if name not in ONLY_MODULE}


# Binding


def binding(shape=SHAPE, label=LABEL, first=None, **options):
    def call(mx, folder):
        made = module(mx, **(first or {}))
        made.bind(shape, label, **options)
        return [made.data_shapes, made.label_shapes, made.output_shapes]

    return call


def sharing(mx, **options):
    lender = trained(mx, **options)
    made = module(mx, **options)
    made.bind([("data", (2, 9))], [("softmax_label", (2,))], shared_module=lender)
    made.forward_backward(batch(mx, 2))
    made.update()
    lender._params_dirty = True
    return [*after(made, *STATE), summary(made), summary(lender)]


def rebinding(mx, folder):
    made = trained(mx)
    made.bind([("data", (2, 9))], [("softmax_label", (2,))], force_rebind=True)
    made.forward(batch(mx, 2))
    return [*after(made, *STATE), made.get_outputs(), made.data_shapes]


def bound_twice(mx, folder):
    made = bound(mx)
    made.bind([("data", (7, 9))], None)
    return made.data_shapes


BINDING = {
    "bind": binding(),
    "bind_descriptions": lambda mx, _: binding(
        [mx.io.DataDesc("data", (4, 9), np.float32)]
    )(mx, _),
    "bind_no_data": binding([]),
    "bind_none": binding(None),
    "bind_other_name": binding([("dta", (4, 9))]),
    "bind_no_label": binding(label=None),
    "bind_other_label_name": binding(label=[("lab", (4,))]),
    "bind_label_not_asked_for": binding(label=None, first={"label_names": None}),
    "bind_other_count": binding(label=[("softmax_label", (3,))]),
    "bind_inference_with_gradients": binding(for_training=False, inputs_need_grad=True),
    "bind_requests_short": binding(grad_req=["write"]),
    "bind_requests_unknown": binding(grad_req="often"),
    "bind_requests_odd": binding(grad_req={"write"}),
    "bind_shared_odd": binding(shared_module=3),
    "bind_too_many_contexts": lambda mx, _: binding(first={"context": two(mx) * 3})(
        mx, _
    ),
    "bind_twice": bound_twice,
    "bind_again": rebinding,
    "bind_shared": lambda mx, _: sharing(mx),
    "bind_shared_two_contexts": lambda mx, _: sharing(mx, context=two(mx)),
    "bind_shared_unbound": lambda mx, _: binding(shared_module=module(mx))(mx, _),
    "init_symbol": lambda mx, _: mx.mod.Module(mlp(mx), data_names=["dta"]),
    "init_label": lambda mx, _: mx.mod.Module(mlp(mx), label_names=["lab"]),
    "init_state": lambda mx, _: mx.mod.Module(mlp(mx), state_names=["st"]),
    "init_fixed": lambda mx, _: mx.mod.Module(mlp(mx), fixed_param_names=["w"]),
    "init_workload": lambda mx, _: module(mx, context=two(mx), work_load_list=[1]),
}


# Parameters


def initializing(given=None, before=None, **options):
    def call(mx, folder):
        made = bound(mx)
        if before:
            before(mx, made)
        names = None if given is None else parameters(mx, given or ["fc1_bias"])
        if given == ():
            names = {}
        made.init_params(mx.init.One(), arg_params=names, aux_params={}, **options)
        return summary(made)

    return call


def setting(make, **options):
    def call(mx, folder):
        made = ready(mx)
        made.set_params(make(mx), {}, **options)
        made.forward(batch(mx), is_train=False)
        return [summary(made), made.get_outputs()]

    return call


def one_bias(mx):
    return {"fc2_bias": mx.nd.array([3, 2, 1, 0])}


def odd_shape(mx):
    return {"fc2_bias": mx.nd.array([3, 2, 1])}


def odd_name(mx):
    return {"fc3_bias": mx.nd.array([3, 2, 1])}


def params_file(mx, folder, arrays):
    path = str(folder / "given.params")
    mx.nd.save(path, arrays)
    made = ready(mx)
    made.load_params(path)
    return summary(made)


def saved_params(mx, folder):
    path = str(folder / "own.params")
    trained(mx).save_params(path)
    made = ready(mx)
    made.load_params(path)
    return [summary(made), sorted(mx.nd.load(path))]


def fixed(mx, folder):
    made = trained(mx, fixed_param_names=["fc2_bias"])
    group = made._exec_group
    grads = dict(zip(group.param_names, group.grad_arrays, strict=True))
    return [summary(made), [name for name, each in grads.items() if each[0] is None]]


PARAMETERS = {
    "init_params": initializing(),
    "init_params_given": initializing(
        ("fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias")
    ),
    "init_params_missing": initializing(("fc1_weight",)),
    "init_params_none_given": initializing(()),
    "init_params_some": initializing(("fc1_weight",), allow_missing=True),
    "init_params_again": initializing(before=lambda mx, m: m.init_params()),
    "init_params_forced": initializing(
        before=lambda mx, m: m.init_params(), force_init=True
    ),
    "set_params": setting(parameters),
    "set_params_missing": setting(one_bias),
    "set_params_some": setting(one_bias, allow_missing=True),
    "set_params_shape": setting(odd_shape, allow_missing=True),
    "set_params_extra": setting(odd_name, allow_missing=True),
    "set_params_extra_allowed": setting(odd_name, allow_missing=True, allow_extra=True),
    "set_params_extra_beside_all": setting(lambda mx: parameters(mx) | odd_name(mx)),
    "set_params_unforced": setting(one_bias, allow_missing=True, force_init=False),
    "set_all_params_unforced": setting(parameters, force_init=False),
    "params_saved": saved_params,
    "params_unnamed": lambda mx, f: params_file(mx, f, [mx.nd.ones(1)]),
    "params_no_kind": lambda mx, f: params_file(mx, f, {"x": mx.nd.ones(1)}),
    "params_odd_kind": lambda mx, f: params_file(mx, f, {"x:y": mx.nd.ones(1)}),
    "params_missing": lambda mx, f: params_file(
        mx, f, {"arg:fc1_bias": mx.nd.ones(12)}
    ),
    "fixed": fixed,
}


# One batch


def running(act, **options):
    def call(mx, folder):
        return act(mx, ready(mx, **options))

    return call


def outputs_of(mx, made, given, **options):
    made.forward(given, **options)
    shapes = [made.data_shapes, made.label_shapes, made.output_shapes]
    return [plain(made.get_outputs()), shapes]


def reshapes(mx, made):
    sizes = [outputs_of(mx, made, batch(mx, n))[0] for n in (2, 6, 4, 2)]
    made.reshape([("data", (3, 9))], [("softmax_label", (3,))])
    return [sizes, made.output_shapes]


def gradients(mx, made):
    made.forward_backward(batch(mx))
    return [made.get_input_grads(), made._exec_group.grad_arrays]


def given_gradients(mx, folder):
    made = mx.mod.Module(
        mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2, name="fc"),
        label_names=None,
        context=two(mx),
    )
    made.bind(SHAPE, inputs_need_grad=True, grad_req="add")
    made.init_params(mx.init.One())
    for _ in range(2):
        made.forward(batch(mx, label=False), is_train=True)
        made.backward([mx.nd.array([[1, 2], [3, 4], [5, 6], [7, 8]])])
    return [made.get_input_grads(), made._exec_group.grad_arrays]


def measured(mx, made, labels, pre_sliced=False):
    metric = mx.metric.create("ce")
    made.forward(batch(mx))
    made.update_metric(metric, labels, pre_sliced)
    return metric.get()


def stateful(mx):
    state = mx.sym.Variable("state", shape=(4, 2))
    data = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2, name="fc")
    total = data + state
    made = mx.mod.Module(
        mx.sym.Group([mx.sym.MakeLoss(total), mx.sym.BlockGrad(total)]),
        label_names=None,
        state_names=["state"],
    )
    made.bind(SHAPE)
    made.init_params(mx.init.One())
    return made


def states(mx, folder):
    made = stateful(mx)
    found = [plain(made.get_states(False))]
    made.set_states(value=2)
    found.append(plain(made.get_states(False)))
    made.forward(batch(mx, label=False))
    made.set_states(states=made.get_outputs(False)[1:])
    return [found, made.get_states(False), sorted(made.get_params()[0])]


RUNNING = {
    "forward": running(lambda mx, m: outputs_of(mx, m, batch(mx))),
    "forward_two": running(
        lambda mx, m: [
            outputs_of(mx, m, batch(mx, 5)),
            [[list(o.shape) for o in each] for each in m.get_outputs(False)],
        ]
    ),
    "forward_no_label": running(
        lambda mx, m: outputs_of(mx, m, batch(mx, label=False))
    ),
    "forward_empty": running(lambda mx, m: m.forward(mx.io.DataBatch([], []))),
    "forward_reshapes": running(reshapes),
    "forward_provided": running(
        lambda mx, m: outputs_of(
            mx,
            m,
            batch(
                mx,
                2,
                provide_data=[mx.io.DataDesc("data", (2, 9))],
                provide_label=[mx.io.DataDesc("softmax_label", (2,))],
            ),
        )
    ),
    "forward_list_of_other_shapes": running(
        lambda mx, m: m.forward([batch(mx, 2), batch(mx, 3)])
    ),
    "forward_uninitialized": lambda mx, _: bound(mx).forward(batch(mx)),
    "backward_of_inference": running(
        lambda mx, m: (m.forward(batch(mx)), m.backward()),
        binding={"for_training": False},
    ),
    "gradients": running(gradients, binding={"inputs_need_grad": True}),
    "gradients_not_asked_for": running(lambda mx, m: m.get_input_grads()),
    "gradients_given": given_gradients,
    "update_uninitialized": running(lambda mx, m: m.update()),
    "metric": running(lambda mx, m: measured(mx, m, [mx.nd.array([0, 1, 2, 3])])),
    "metric_sliced": running(
        lambda mx, m: measured(mx, m, [[mx.nd.array([0, 1, 2, 3])]], True)
    ),
    "states": states,
    "states_none": lambda mx, _: stateful(mx).set_states(),
    "states_both": lambda mx, _: stateful(mx).set_states([[mx.nd.ones((4, 2))]], 1),
    "predict_odd": running(lambda mx, m: m.predict([1])),
    "predict_array": running(lambda mx, m: m.predict(np.ones((4, 9)))),
    "score_values": running(
        lambda mx, m: m.score(mx.io.NDArrayIter(np.ones((8, 9)), np.ones(8), 4), "ce")
    ),
    "fit_without_epochs": running(lambda mx, m: m.fit(None)),
}


# Optimizers and files


def optimizing(optimizer="sgd", **options):
    def call(mx, folder):
        made = ready(mx)
        given = optimizer(mx) if callable(optimizer) else optimizer
        made.init_optimizer(optimizer=given, **options)
        found = made._optimizer
        return [found.rescale_grad, {str(k): v for k, v in found.idx2name.items()}]

    return call


def indices(mx, folder, **options):
    made = trained(mx, context=two(mx), **options)
    return [
        {str(k): v for k, v in made._optimizer.idx2name.items()},
        made._optimizer.rescale_grad,
        made._update_on_kvstore,
        getattr(made._kvstore, "type", None),
    ]


def twice(mx, folder):
    made = trained(mx)
    made.init_optimizer(optimizer="adam")
    first = type(made._optimizer).__name__
    made.init_optimizer(optimizer="adam", force_init=True)
    return [first, type(made._optimizer).__name__]


def checkpoint(mx, folder):
    prefix = str(folder / "kept")
    made = trained(mx)
    made.save_checkpoint(prefix, 7, save_optimizer_states=True)
    loaded = mx.mod.Module.load(prefix, 7, load_optimizer_states=True)
    before = after(loaded, *STATE)
    loaded.bind(SHAPE, LABEL)
    loaded.init_optimizer(optimizer_params={"learning_rate": 0.5, "momentum": 0.9})
    for each in (made, loaded):
        each.forward_backward(batch(mx))
        each.update()
    names = sorted(path.name for path in folder.glob("kept-0007.p*"))
    return [before, summary(made), summary(loaded), names]


def loading_nothing(mx, folder):
    return mx.mod.Module.load(str(folder / "nothing"), 1)


OPTIMIZING = {
    "optimizer": optimizing(),
    "optimizer_unknown": optimizing("sgdd"),
    "optimizer_odd": optimizing(3),
    "optimizer_own": optimizing(lambda mx: mx.optimizer.SGD(rescale_grad=0.25)),
    "optimizer_own_scale": optimizing(lambda mx: mx.optimizer.SGD()),
    "optimizer_given_scale": optimizing(optimizer_params={"rescale_grad": 2.0}),
    "optimizer_pairs": optimizing(optimizer_params=(("learning_rate", 0.3),)),
    "optimizer_twice": twice,
    "indices": indices,
    "indices_no_store": lambda mx, f: indices(mx, f, kvstore=None),
    "indices_device": lambda mx, f: indices(mx, f, kvstore="device"),
    "checkpoint": checkpoint,
    "loading_nothing": loading_nothing,
}


# Other modules


def buckets(mx, default=5):
    def generate(key):
        net = mx.sym.mean(mx.sym.Variable("data"), axis=1)
        net = mx.sym.FullyConnected(net, num_hidden=4, name="fc1")
        return mx.sym.SoftmaxOutput(net, name="softmax"), ["data"], ["softmax_label"]

    return mx.mod.BucketingModule(generate, default)


def bucket(mx, key, count=2):
    data = mx.nd.array(np.linspace(-1, 1, count * key * 3).reshape(count, key, 3))
    described = [mx.io.DataDesc("data", (count, key, 3))]
    labels = [mx.io.DataDesc("softmax_label", (count,))]
    return mx.io.DataBatch(
        [data],
        [mx.nd.array(np.arange(count))],
        bucket_key=key,
        provide_data=described,
        provide_label=labels,
    )


def bucketing(mx, folder=None):
    made = buckets(mx)
    made.bind([("data", (2, 5, 3))], [("softmax_label", (2,))])
    made.init_params(mx.init.One())
    return made


def switching(mx, folder):
    made = bucketing(mx)
    made.init_optimizer(optimizer_params={"learning_rate": 0.5, "momentum": 0.9})
    found = []
    for key in (5, 3, 9, 3, 5):
        made.prepare(bucket(mx, key))
        made.forward_backward(bucket(mx, key))
        made.update()
        shapes = [made.data_shapes, made.output_shapes]
        found.append([plain(made.get_outputs()), shapes])
    return [found, summary(made)]


def bucket_files(mx, folder):
    made = bucketing(mx)
    made.forward(bucket(mx, 3))
    prefix = str(folder / "many")
    made.save_checkpoint(prefix, 2)
    loaded = mx.mod.BucketingModule.load(
        prefix, 2, sym_gen=buckets(mx)._sym_gen, default_bucket_key=5
    )
    before = after(loaded, *STATE)
    loaded.bind([("data", (2, 5, 3))], [("softmax_label", (2,))])
    loaded.forward(bucket(mx, 3))
    names = sorted(path.name for path in folder.glob("many*"))
    keys = mx.nd.load(prefix + ".buckets")[0]
    return [before, loaded.get_outputs(), names, keys, str(keys.dtype)]


def chain(mx, wired=True, labels=True, same=False):
    first = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=6, name="fc1")
    name = "fc1" if same else "fc2"
    second = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=4, name=name)
    second = mx.sym.SoftmaxOutput(second, name="softmax")
    made = mx.mod.SequentialModule()
    made.add(mx.mod.Module(first, label_names=None))
    loss = mx.mod.Module(second, data_names=["x"])
    return made.add(loss, take_labels=labels, auto_wiring=wired)


def chained(mx, folder):
    made = chain(mx)
    made.bind(SHAPE, LABEL, inputs_need_grad=True)
    made.init_params(mx.init.Constant(0.2))
    made.init_optimizer(optimizer_params={"learning_rate": 0.5})
    metric = mx.metric.create("ce")
    for _ in range(2):
        made.forward_backward(batch(mx))
        made.update()
        made.update_metric(metric, [mx.nd.array([0, 1, 2, 3])])
    shapes = [made.data_shapes, made.label_shapes, made.output_shapes]
    grads = made._modules[0].get_input_grads()
    return [shapes, made.get_outputs(), grads, summary(made), metric.get()]


def chain_changed(mx, folder):
    made = chain(mx)
    made.bind(SHAPE, LABEL)
    made.init_params()
    made.add(mx.mod.PythonLossModule())
    return after(made, *STATE)


def chain_bound(mx, **options):
    made = chain(mx, **options)
    made.bind(SHAPE, LABEL)
    made.init_params()
    return made.label_shapes


def loss(mx, **options):
    made = mx.mod.PythonLossModule(**options)
    made.bind([("data", (2, 2))], [("softmax_label", (2,))])
    made.forward(mx.io.DataBatch([mx.nd.array([[1, 2], [3, 4]])], [mx.nd.ones(2)]))
    return made


def python_loss(mx, folder):
    made = loss(mx, grad_func=lambda scores, labels: scores.asnumpy() * 3)
    made.backward()
    metric = mx.metric.create("acc")
    made.update_metric(metric, [mx.nd.ones(2)])
    shapes = [made.data_shapes, made.output_shapes, made.output_names]
    return [shapes, made.get_outputs(), made.get_input_grads(), metric.get()]


def python_module(mx, data=None, label=None, **options):
    class Doubling(mx.mod.PythonModule):
        def _compute_output_shapes(self):
            return [("out", self._data_shapes[0][1])]

    made = Doubling(["a"], ["l"], ["out"])
    made.bind(data or [("a", (2, 3))], label, **options)
    made.init_params()
    made.init_optimizer()
    made.update()
    names = [made.data_names, made.output_names]
    return [names, made.data_shapes, made.output_shapes, made.get_params()]


OTHERS = {
    "buckets_no_default": lambda mx, _: buckets(mx, None),
    "buckets_odd": lambda mx, _: mx.mod.BucketingModule(lambda key: 3, 5),
    "buckets_shared": lambda mx, _: buckets(mx).bind([], [], shared_module=3),
    "buckets_save_early": lambda mx, f: buckets(mx).save_checkpoint(str(f / "x"), 0),
    "buckets_switch_early": lambda mx, _: buckets(mx).switch_bucket(3, []),
    "buckets_load_no_gen": lambda mx, _: mx.mod.BucketingModule.load("x", 0),
    "buckets_load_dict": lambda mx, _: mx.mod.BucketingModule.load_dict(),
    "buckets_again": lambda mx, _: bucketing(mx).init_params(),
    "buckets_set": lambda mx, _: bucketing(mx).set_params({}, {}),
    "buckets_set_unforced": lambda mx, _: bucketing(mx).set_params(
        {}, {}, force_init=False
    ),
    "buckets_set_odd": lambda mx, _: bucketing(mx).set_params(
        odd_name(mx), {}, allow_missing=True
    ),
    "buckets_switching": switching,
    "buckets_files": bucket_files,
    "chain_empty": lambda mx, _: mx.mod.SequentialModule().bind(SHAPE),
    "chain_odd": lambda mx, _: mx.mod.SequentialModule().add(module(mx), takes=True),
    "chain_shared": lambda mx, _: chain(mx).bind(SHAPE, LABEL, shared_module=3),
    "chain_gradients": lambda mx, _: chain(mx).bind(
        SHAPE, LABEL, for_training=False, inputs_need_grad=True
    ),
    "chain": chained,
    "chain_changed": chain_changed,
    "chain_same": lambda mx, _: chain_bound(mx, same=True),
    "chain_not_wired": lambda mx, _: chain_bound(mx, wired=False),
    "chain_names": lambda mx, _: [
        mx.mod.SequentialModule.META_TAKE_LABELS,
        mx.mod.SequentialModule.META_AUTO_WIRING,
        mx.mod.SequentialModule().data_names,
        chain(mx).output_names,
    ],
    "loss": python_loss,
    "loss_two_data": lambda mx, _: mx.mod.PythonLossModule(data_names=["a", "b"]),
    "loss_odd": lambda mx, _: mx.mod.PythonLossModule(grad_func=3),
    "loss_no_gradient": lambda mx, _: loss(mx).backward(),
    "loss_gradient_given": lambda mx, _: loss(mx).backward([mx.nd.ones(2)]),
    "loss_per_context": lambda mx, _: loss(mx).get_outputs(False),
    "loss_monitor": lambda mx, _: loss(mx).install_monitor(None),
    "python": lambda mx, _: python_module(mx),
    "python_label": lambda mx, _: python_module(mx, label=[("l", (2,))]),
    "python_other": lambda mx, _: python_module(mx, [("b", (2, 3))]),
    "python_other_label": lambda mx, _: python_module(mx, label=[("m", (2,))]),
    "python_requests": lambda mx, _: python_module(mx, grad_req="add"),
    "python_undefined": lambda mx, _: mx.mod.PythonModule(["a"], None, ["b"]).bind(
        [("a", (1,))]
    ),
}


def early(act, make):
    return lambda mx, _: act(make(mx))


CALLS = {
    **{f"early_{n}": early(act, module) for n, act in EARLY.items()},
    **{
        f"bare_{n}": early(act, lambda mx: mx.mod.BaseModule())
        for n, act in BARE.items()
    },
    **{f"early_buckets_{n}": early(act, buckets) for n, act in BARE.items()},
    **{f"early_chain_{n}": early(act, chain) for n, act in BARE.items()},
    **BINDING,
    **PARAMETERS,
    **RUNNING,
    **OPTIMIZING,
    **OTHERS,
}
