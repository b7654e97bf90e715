"""Files that are written while the program goes on."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from contextlib import suppress

import numpy as np
import pytest

import dataflow as mx
from dataflow.errors import FileError, MissingFileError, OperatorError
from dataflow.serialization import files
from dataflow.serialization.background import afterwards, in_background, settle
from tests.executor.running import Faulty, replace_kernel

TIMEOUT = 20.0


class Held:
    """What replaces files: it waits until it is let go."""

    def __init__(self, replace):
        self.replace = replace
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, target, pieces):
        self.entered.set()
        assert self.opened.wait(TIMEOUT), "nobody let it go"
        self.replace(target, pieces)


@pytest.fixture
def held(monkeypatch):
    hold = Held(files._replace)
    monkeypatch.setattr(files, "_replace", hold)
    engine = mx.engine.create("threaded", cpu_workers=1)
    with engine, mx.engine.use(engine):
        yield hold
        hold.opened.set()
        settle()


@pytest.fixture(params=["naive", "threaded"])
def any_engine(request):
    engine = mx.engine.create(request.param)
    with engine, mx.engine.use(engine):
        yield engine


def test_what_is_saved_is_what_was_there(held, tmp_path):
    path = tmp_path / "a.params"
    array = mx.nd.ones(3)
    with in_background():
        mx.nd.save(path, {"a": array})
    array += 1
    assert held.entered.wait(TIMEOUT)
    assert not path.exists()
    held.opened.set()
    assert mx.nd.load(path)["a"].asnumpy().tolist() == [1, 1, 1]


@pytest.mark.parametrize("name", ["a.params", "a.safetensors"])
def test_files_are_those_that_are_saved_at_once(any_engine, name, tmp_path):
    arrays = {"a": mx.nd.ones((2, 3)), "b": mx.nd.arange(4)}
    mx.nd.save(tmp_path / name, arrays)
    with in_background():
        mx.nd.save(tmp_path / f"later-{name}", arrays)
    settle()
    later = (tmp_path / f"later-{name}").read_bytes()
    assert later == (tmp_path / name).read_bytes()


def test_files_are_written_in_order(any_engine, tmp_path):
    path = tmp_path / "a.params"
    with in_background():
        for value in range(20):
            mx.nd.save(path, [mx.nd.full(2, value)])
    assert mx.nd.load(path)[0].asnumpy().tolist() == [19, 19]


def test_a_file_saved_at_once_comes_after_those_under_way(held, tmp_path):
    path = tmp_path / "a.params"
    with in_background():
        mx.nd.save(path, [mx.nd.zeros(1)])
    threading.Timer(0, held.opened.set).start()
    mx.nd.save(path, [mx.nd.ones(1)])
    settle()
    assert mx.nd.load(path)[0].asscalar() == 1


def test_a_relative_name_is_that_of_the_call(held, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    with in_background():
        mx.nd.save("a.params", [mx.nd.ones(1)])
    monkeypatch.chdir(tmp_path / "elsewhere")
    held.opened.set()
    assert mx.nd.load("../a.params")[0].asscalar() == 1


def test_another_thread_waits_for_a_file_too(held, tmp_path):
    path, found = tmp_path / "a.params", []
    with in_background():
        mx.nd.save(path, [mx.nd.ones(1)])
    reader = threading.Thread(target=lambda: found.append(mx.nd.load(path)[0]))
    reader.start()
    assert held.entered.wait(TIMEOUT)
    held.opened.set()
    reader.join(TIMEOUT)
    assert found[0].asscalar() == 1


def test_calls_come_after_the_files(any_engine, tmp_path):
    path, seen = tmp_path / "a.params", []
    afterwards(lambda: seen.append("at once"))
    with in_background():
        mx.nd.save(path, [mx.nd.ones(1)])
        afterwards(lambda: seen.append(path.exists()))
    settle()
    assert seen == ["at once", True]


def test_a_failure_is_raised_by_whoever_waits_and_once(any_engine, tmp_path):
    (tmp_path / "folder").mkdir()
    seen = []
    with in_background():
        mx.nd.save(tmp_path / "nowhere" / "a.params", [mx.nd.ones(1)])
        afterwards(lambda: seen.append("saved"))
    with (
        pytest.raises(FileError, match=r"nowhere.a\.params cannot be written"),
        in_background(),
    ):
        pytest.fail("entered")
    assert seen == []
    settle()
    with in_background():  # what comes later is not hurt
        mx.nd.save(tmp_path / "a.params", [mx.nd.ones(1)])
    assert mx.nd.load(tmp_path / "a.params")[0].asscalar() == 1
    with suppress(FileError):
        mx.engine.wait_all(TIMEOUT)


def test_what_could_not_be_computed_is_not_saved(monkeypatch, tmp_path):
    kernel = Faulty()
    replace_kernel(monkeypatch, "sin", kernel)
    with in_background():
        mx.nd.save(tmp_path / "a.params", [mx.nd.sin(mx.nd.ones(1))])
    with pytest.raises(OperatorError, match="broken on purpose"):
        settle()
    with suppress(OperatorError):
        mx.engine.wait_all(TIMEOUT)
    with pytest.raises(MissingFileError):
        mx.nd.load(tmp_path / "a.params")


PROGRAM = """
import sys, dataflow as mx
from dataflow.serialization.background import in_background
with in_background():
    mx.nd.save(sys.argv[1], [mx.nd.ones((1000, 1000))])
"""


def exited(path):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, path],
        env=env,
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )


def test_the_end_of_the_process_waits(tmp_path):
    assert exited(tmp_path / "a.params").stderr == ""
    assert mx.nd.load(tmp_path / "a.params")[0].asnumpy().all()


def test_the_end_of_the_process_tells_of_failures(tmp_path):
    told = exited(tmp_path / "nowhere" / "a.params").stderr
    assert "a.params failed" in told
    assert "cannot be written" in told


# Checkpoints of trainings


def trained(callbacks, module=None, epochs=3):
    data = mx.io.NDArrayIter(np.ones((8, 4), "float32"), np.zeros(8), 4)
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2, name="fc")
    module = module or mx.mod.Module(mx.sym.SoftmaxOutput(net, name="softmax"))
    module.fit(
        data,
        num_epoch=epochs,
        optimizer_params={"momentum": 0.9},
        epoch_end_callback=callbacks(module),
    )
    return module


def test_a_training_goes_on_while_its_checkpoint_is_written(held, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    prefix, path = str(tmp_path / "net"), tmp_path / "net-0002.params"
    epochs = []

    def let_go(epoch, *_):
        epochs.append(epoch)
        assert not path.exists()
        if epoch == 2:  # the checkpoint before is still held
            assert held.entered.wait(TIMEOUT)
            held.opened.set()

    trained(lambda _: [let_go, mx.callback.do_checkpoint(prefix, period=2)])
    assert epochs == [0, 1, 2]
    assert path.exists()
    assert f'Saved checkpoint to "{path}"' in caplog.text


@pytest.mark.parametrize("contexts", [1, 2])
def test_checkpoints_hold_each_epoch(any_engine, contexts, tmp_path):
    """They are those that calls which wait would have saved."""
    later, at_once = str(tmp_path / "later"), str(tmp_path / "at_once")

    def callbacks(module):
        def save(epoch, *_):
            module.save_checkpoint(at_once, epoch + 1, save_optimizer_states=True)

        return [
            mx.callback.module_checkpoint(module, later, save_optimizer_states=True),
            save,
        ]

    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2, name="fc")
    module = mx.mod.Module(
        mx.sym.SoftmaxOutput(net, name="softmax"),
        context=[mx.cpu(i) for i in range(contexts)],
    )
    trained(callbacks, module)
    names = ["-symbol.json"]
    for epoch in (1, 2, 3):
        names += [f"-000{epoch}.params", f"-000{epoch}.states"]
    for name in names:
        with open(later + name, "rb") as ours, open(at_once + name, "rb") as theirs:
            assert ours.read() == theirs.read()


def test_a_checkpoint_that_fails_reaches_who_trains(any_engine, tmp_path):
    prefix, epochs = str(tmp_path / "nowhere" / "net"), []

    def callbacks(_):
        return [
            lambda epoch, *_: epochs.append(epoch),
            mx.callback.do_checkpoint(prefix),
        ]

    with pytest.raises(FileError, match="cannot be written: its folder does"):
        trained(callbacks)
    assert epochs == [0, 1]  # the next checkpoint raised
    with pytest.raises(FileError, match="cannot be written: its folder does"):
        trained(callbacks, epochs=1)  # the end did
    with suppress(FileError):
        mx.engine.wait_all(TIMEOUT)


@pytest.mark.filterwarnings("ignore:FeedForward is deprecated")
def test_feed_forward_waits_for_its_checkpoints(tmp_path):
    prefix = str(tmp_path / "net")
    net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2, name="fc")
    model = mx.model.FeedForward(
        mx.sym.SoftmaxOutput(net, name="softmax"), num_epoch=2, numpy_batch_size=4
    )
    model.fit(
        np.ones((8, 4), "float32"),
        np.zeros(8),
        epoch_end_callback=mx.callback.do_checkpoint(prefix),
    )
    assert (tmp_path / "net-0002.params").exists()
