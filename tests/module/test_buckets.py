"""BucketingModule: buckets share parameters, memory, optimizer and files."""

from __future__ import annotations

import numpy as np
import pytest

import dataflow as mx
from tests.module.calls import bucket, bucketing, buckets
from tests.module.test_module import values

SETTINGS = {"learning_rate": 0.5, "momentum": 0.9}


class Buckets(mx.io.DataIter):
    """Batches of two samples, of one length each."""

    def __init__(self, keys, default=5):
        super().__init__(2)
        self.keys, self.place = keys, 0
        self.default_bucket_key = default
        self.provide_data = [mx.io.DataDesc("data", (2, default, 3))]
        self.provide_label = [mx.io.DataDesc("softmax_label", (2,))]

    def reset(self):
        self.place = 0

    def next(self):
        if self.place == len(self.keys):
            raise StopIteration
        self.place += 1
        return bucket(mx, self.keys[self.place - 1])


def step(module, key):
    module.forward_backward(bucket(mx, key))
    module.update()


def test_buckets_share_parameters_gradients_and_memory():
    module = bucketing(mx)
    module.init_optimizer()
    for key in (5, 3, 2):
        step(module, key)
    executors = [m._exec_group.execs[0] for m in module._buckets.values()]
    first = executors[0]
    for other in executors[1:]:
        assert other.arg_dict["fc1_weight"] is first.arg_dict["fc1_weight"]
        assert other.grad_dict["fc1_weight"] is first.grad_dict["fc1_weight"]
        assert other.arg_dict["data"].var is first.arg_dict["data"].var
        assert other._lowering.arenas == first._lowering.arenas
    optimizers = {id(m._updating) for m in module._buckets.values()}
    assert len(optimizers) == 1


def test_larger_buckets_than_the_default_one_work():
    module = bucketing(mx)
    for key in (5, 9, 5, 30):
        module.forward(bucket(mx, key))
        expected = bucketing(mx)
        expected.forward(bucket(mx, key))
        ours, theirs = (m.get_outputs()[0].asnumpy() for m in (module, expected))
        np.testing.assert_array_equal(ours, theirs)


def test_a_training_mixes_buckets():
    module = buckets(mx)
    seen = []
    module.fit(
        Buckets([5, 3, 5, 2]),
        eval_data=Buckets([7, 5]),
        optimizer_params=SETTINGS,
        num_epoch=2,
        batch_end_callback=lambda told: seen.append(module._curr_bucket_key),
    )
    assert seen == [5, 3, 5, 2] * 2
    assert set(module._buckets) == {5, 3, 2, 7}
    found = module.predict(Buckets([3, 5]))
    assert found.shape == (4, 4)


def renamed(order):
    """Return what makes symbols that use the same parameters in another order."""

    def generate(key):
        data = mx.sym.Variable("data")
        names = ("a", "b") if key in order else ("b", "a")
        parts = [mx.sym.FullyConnected(data, num_hidden=4, name=name) for name in names]
        net = parts[0] + parts[1] * 1 if key in order else parts[1] + parts[0] * 1
        return mx.sym.SoftmaxOutput(net, name="softmax"), ["data"], ["softmax_label"]

    return generate


def test_states_of_the_optimizer_follow_names_not_positions():
    found = []
    for order in ((1, 2), (1,)):
        module = mx.mod.BucketingModule(renamed(order), 1)
        module.bind([("data", (2, 3))], [("softmax_label", (2,))])
        module.init_params(mx.init.Constant(0.1))
        mixed = {"a_weight": mx.nd.array(np.linspace(-1, 1, 12).reshape(4, 3))}
        module.set_params(mixed, {}, allow_missing=True)
        module.init_optimizer(optimizer_params=SETTINGS)
        for key in (1, 2, 2, 1):
            given = bucket(mx, 1)
            given.data[0] = given.data[0].reshape((2, 3)) * key
            given.bucket_key, given.provide_data = key, module.data_shapes
            module.forward_backward(given)
            module.update()
        found.append(values(module))
    for name, value in found[0].items():
        np.testing.assert_allclose(found[1][name], value, rtol=1e-5, err_msg=name)


def test_preparing_leaves_the_current_bucket():
    module = bucketing(mx)
    module.forward(bucket(mx, 3))
    before = module.get_outputs()[0]
    module.prepare(bucket(mx, 2))
    assert module._curr_bucket_key == 3
    assert set(module._buckets) == {5, 3, 2}
    assert module.get_outputs()[0] is before
    assert module.data_shapes == [mx.io.DataDesc("data", (2, 3, 3))]


def test_a_batch_of_no_bucket_goes_to_the_default_one():
    module = bucketing(mx)
    module.forward(bucket(mx, 3))
    found = module.predict(np.ones((4, 5, 3)))
    assert found.shape == (4, 4)
    assert module._curr_bucket_key == 5


def test_rebinding_keeps_parameters_and_optimizer():
    module = bucketing(mx)
    module.init_optimizer(optimizer_params=SETTINGS)
    step(module, 3)
    before = values(module)
    shapes = [("data", (2, 6, 3))], [("softmax_label", (2,))]
    module.bind(*shapes, force_rebind=True)
    after = values(module)
    assert all((after[name] == value).all() for name, value in before.items())
    step(module, 3)
    assert (values(module)["fc1_weight"] != before["fc1_weight"]).any()


def test_later_buckets_are_watched_too():
    seen = []
    module = bucketing(mx)
    monitor = mx.mon.Monitor(1, lambda x: seen.append(x.shape) or x, "fc1_output")
    module.install_monitor(monitor)
    module.install_monitor(monitor)
    monitor.tic()
    module.forward(bucket(mx, 3))
    assert seen == [(2, 4)]
    monitor.toc()


def test_a_checkpoint_continues_exactly(tmp_path):
    prefix = tmp_path / "net"
    module = bucketing(mx)
    module.init_optimizer(optimizer="adam")
    for key in (5, 3):
        step(module, key)
    module.save_checkpoint(prefix, 1, save_optimizer_states=True)
    loaded = mx.mod.BucketingModule.load(
        prefix,
        1,
        sym_gen=module._sym_gen,
        default_bucket_key=5,
        load_optimizer_states=True,
    )
    loaded.bind([("data", (2, 5, 3))], [("softmax_label", (2,))])
    loaded.init_optimizer(optimizer="adam")
    for key in (2, 3, 5):
        step(module, key)
        step(loaded, key)
    ours, theirs = values(module), values(loaded)
    assert all((ours[name] == theirs[name]).all() for name in ours)


def test_keys_may_be_tuples_of_integers(tmp_path):
    def generate(key):
        return buckets(mx)._sym_gen(key[0])

    module = mx.mod.BucketingModule(generate, (5, 1))
    module.bind([("data", (2, 5, 3))], [("softmax_label", (2,))])
    module.init_params()
    module.save_checkpoint(tmp_path / "net", 0)
    loaded = mx.mod.BucketingModule.load(tmp_path / "net", 0, generate, (5, 1))
    assert list(loaded._symbols) == [(5, 1)]


@pytest.mark.parametrize("key", ["five", (1, "two")])
def test_keys_that_no_file_can_hold_are_refused(key, tmp_path):
    module = mx.mod.BucketingModule(lambda key: buckets(mx)._sym_gen(5), key)
    module.bind([("data", (2, 5, 3))], [("softmax_label", (2,))])
    module.init_params()
    with pytest.raises(TypeError, match="integers"):
        module.save_checkpoint(tmp_path / "net", 0)
    assert not list(tmp_path.iterdir())


def test_what_makes_symbols_is_checked():
    for made in (3, (1, 2)):
        with pytest.raises(TypeError, match=r"sym_gen\(5\) must return a symbol"):
            mx.mod.BucketingModule(lambda key, made=made: made, 5)
