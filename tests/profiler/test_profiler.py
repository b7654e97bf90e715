"""What is recorded when, and where it is written."""

import json
import os
import subprocess
import sys
import threading
import warnings

import pytest

import dataflow as mx
from dataflow.profiler import session as session_module
from dataflow.profiler.periodic import Periodic
from dataflow.profiler.session import session
from tests.profiler.observations import rows

PATIENCE = 20.0


def written(tmp_path):
    return json.loads((tmp_path / "profile.json").read_text())


def names(tmp_path):
    return [e["name"] for e in written(tmp_path)["traceEvents"] if e["ph"] == "X"]


def call(name):
    getattr(mx.nd, name)(mx.nd.array([1.0])).wait_to_read()


def bound():
    net = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=3, name="fc")
    net = mx.sym.MakeLoss(mx.sym.tanh(net, name="act"), name="loss")
    return net.simple_bind(mx.cpu(), data=(2, 4))


def test_what_is_pushed_in_between_is_recorded(profiler, tmp_path):
    mx.nd.sin(mx.nd.array([1.0]))
    profiler.set_state("run")
    mx.nd.exp(mx.nd.array([1.0]))
    profiler.set_state("stop")
    mx.nd.cos(mx.nd.array([1.0]))
    profiler.dump()
    assert "exp" in names(tmp_path)
    assert not {"sin", "cos"} & set(names(tmp_path))


def test_nothing_is_traced_once_it_has_stopped(profiler):
    profiler.set_state("run")
    assert mx.engine.get().tracer is session.tracer
    profiler.pause()
    assert mx.engine.get().tracer is None
    profiler.resume()
    assert mx.engine.get().tracer is session.tracer
    profiler.set_state("stop")
    assert mx.engine.get().tracer is None


def test_a_profile_can_begin_paused(profiler):
    profiler.pause()
    profiler.set_state("run")
    call("sin")
    profiler.resume()
    call("exp")
    profiler.set_state("stop")
    assert [n for n, _ in rows(profiler, "operator") if n in ("sin", "exp")] == ["exp"]


def test_backward_nodes_are_named(profiler, tmp_path):
    executor = bound()
    profiler.set_state("run")
    executor.forward(is_train=True)
    executor.backward()
    profiler.dump()
    found = names(tmp_path)
    assert {"fc", "act", "fc_backward", "act_backward"} <= set(found)
    assert sum("backward segment" in name for name in found) == 1


def test_stretches_add_up_until_they_are_dumped(profiler, tmp_path):
    for name in ("sin", "exp"):
        profiler.set_state("run")
        call(name)
        profiler.set_state("stop")
    profiler.dump()
    assert {"sin", "exp"} <= set(names(tmp_path))
    profiler.set_state("run")
    call("cos")
    profiler.dump()
    assert {"sin", "exp", "cos"} & set(names(tmp_path)) == {"cos"}


def test_a_dump_that_is_not_the_last_goes_on(profiler, tmp_path):
    profiler.set_state("run")
    call("sin")
    profiler.dump(False)
    assert "sin" in names(tmp_path)
    call("exp")
    profiler.dump(finished=True)
    assert {"sin", "exp"} <= set(names(tmp_path))
    assert mx.engine.get().tracer is None


def test_nothing_to_dump(profiler):
    with pytest.raises(mx.MXNetError, match=r"set_state\('run'\)"):
        profiler.dump()
    profiler.set_state("run")
    profiler.dump()
    with pytest.raises(mx.MXNetError, match="no profile"):
        profiler.dump()


def test_old_slices_drop_and_are_counted(profiler, tmp_path):
    path = tmp_path / "profile.json"
    profiler.set_config(capacity=20, aggregate_stats=True, filename=path)
    profiler.set_state("run")
    for _ in range(50):
        call("exp")
    profiler.set_state("stop")
    assert dict(rows(profiler, "operator"))["exp"][0] == 50
    profiler.dump()
    assert len(names(tmp_path)) <= 21
    assert written(tmp_path)["otherData"]["dropped"] >= 30


def test_a_full_timeline_can_be_paused(profiler):
    profiler.set_config(capacity=1, aggregate_stats=True)
    profiler.set_state("run")
    for _ in range(5):
        call("exp")
        profiler.pause()
        profiler.resume()
    profiler.set_state("stop")
    assert dict(rows(profiler, "operator"))["exp"][0] == 5


def test_without_aggregate_stats_only_the_timeline_is_summed(profiler):
    profiler.set_config(capacity=20)
    profiler.set_state("run")
    for _ in range(50):
        call("exp")
    profiler.set_state("stop")
    assert 1 <= dict(rows(profiler, "operator"))["exp"][0] <= 21


KINDS = {
    "profile_symbolic": {"fc", "FullyConnected", "forward segment 0 on cpu(0)"},
    "profile_imperative": {"exp"},
}


@pytest.mark.parametrize("left_out", KINDS)
def test_kinds_can_be_left_out(profiler, tmp_path, left_out):
    executor = bound()
    profiler.set_config(filename=tmp_path / "profile.json", **{left_out: False})
    profiler.set_state("run")
    executor.forward(is_train=True)
    executor.backward()
    call("exp")
    profiler.set_state("stop")
    told = {name for name, _ in rows(profiler, "operator")}
    profiler.dump()
    found = set(names(tmp_path))
    for kind, belongs in KINDS.items():
        assert bool(belongs & found) == (kind != left_out)
        assert bool(belongs & told) == (kind != left_out)


def test_a_failure_is_marked_and_raised_when_all_is_written(profiler, tmp_path):
    class Bad(mx.operator.CustomOp):
        def forward(self, is_train, req, in_data, out_data, aux):
            raise ValueError("on purpose")

    @mx.operator.register("profiled_bad")
    class BadProp(mx.operator.CustomOpProp):
        def create_operator(self, ctx, shapes, dtypes):
            return Bad()

    profiler.set_state("run")
    spoiled = mx.nd.Custom(mx.nd.ones(2), op_type="profiled_bad")
    with pytest.raises(mx.MXNetError, match="on purpose"):
        profiler.dump()
    assert mx.engine.get().tracer is None
    events = written(tmp_path)["traceEvents"]
    errors = [e["args"]["error"] for e in events if "error" in e.get("args", {})]
    assert any("on purpose" in error for error in errors)
    with pytest.raises(mx.MXNetError):
        spoiled.wait_to_read()


def test_another_engine_is_left_alone(profiler):
    profiler.set_state("run")
    with mx.engine.use(mx.engine.create("naive")) as naive:
        assert naive.tracer is None
        profiler.set_state("stop")
    assert mx.engine.get().tracer is None


def test_the_naive_engine_is_profiled_too(profiler, tmp_path):
    with mx.engine.use(mx.engine.create("naive")):
        profiler.set_state("run")
        call("exp")
        profiler.dump()
    assert "exp" in names(tmp_path)


def test_a_file_that_cannot_be_written_is_named(profiler, tmp_path):
    profiler.set_config(filename=tmp_path / "missing" / "profile.json")
    profiler.set_state("run")
    with pytest.raises(OSError, match="cannot write the profile to") as info:
        profiler.dump()
    assert isinstance(info.value, mx.MXNetError)
    assert "missing" in str(info.value)
    profiler.set_config(filename=tmp_path / "profile.json")
    profiler.dump()  # nothing was lost
    assert os.listdir(tmp_path) == ["profile.json"]


def test_the_file_is_written_again_and_again(profiler, tmp_path, monkeypatch):
    calls, enough = [], threading.Event()

    def write():
        calls.append(threading.current_thread().name)
        if len(calls) == 3:
            enough.set()

    monkeypatch.setattr(session, "write", write)
    path = tmp_path / "profile.json"
    profiler.set_config(continuous_dump=True, dump_period=0.001, filename=path)
    profiler.set_state("run")
    assert enough.wait(PATIENCE)
    profiler.set_state("stop")
    assert set(calls) == {"profiler"}


def test_periodic_writing_ends_when_it_cannot_write(caplog):
    ended = threading.Event()

    class Failing(list):
        def append(self, item):
            super().append(item)
            ended.set()

    calls = Failing()

    def write():
        calls.append(1)
        raise mx.errors.FileError("no room")

    periodic = Periodic(0.001, write)
    assert ended.wait(PATIENCE)
    periodic.thread.join(PATIENCE)
    assert not periodic.thread.is_alive()
    assert (len(calls), "no room" in caplog.text) == (1, True)


def run_python(code, tmp_path, **environment):
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command,
        cwd=tmp_path,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


PROGRAM = "import dataflow as mx; mx.nd.exp(mx.nd.ones(2)); mx.nd.waitall()"


def test_autostart_profiles_all_and_writes_at_exit(tmp_path):
    done = run_python(PROGRAM, tmp_path, MXNET_PROFILER_AUTOSTART="1")
    assert done.returncode == 0, done.stderr
    assert "exp" in names(tmp_path)


def test_nothing_is_written_without_it(tmp_path):
    run_python(PROGRAM, tmp_path, MXNET_PROFILER_AUTOSTART="0")
    assert os.listdir(tmp_path) == []


def test_autostart_has_to_be_understood(tmp_path):
    done = run_python(PROGRAM, tmp_path, MXNET_PROFILER_AUTOSTART="maybe")
    assert "MXNET_PROFILER_AUTOSTART is 0 or 1, not 'maybe'" in done.stderr


def test_a_forked_child_writes_nothing(profiler, tmp_path):
    profiler.set_state("run")
    session_module._at_exit(os.getpid() + 1)
    assert os.listdir(tmp_path) == []
    session_module._at_exit(os.getpid())
    assert os.listdir(tmp_path) == ["profile.json"]


def test_older_names_work_and_say_so(profiler, tmp_path):
    path = tmp_path / "profile.json"
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        profiler.profiler_set_config("all", path)
        profiler.profiler_set_state("run")
        call("exp")
        profiler.dump_profile()
    assert "exp" in names(tmp_path)
    assert [str(w.message).split(" is called ")[0] for w in told] == [
        "profiler.profiler_set_config",
        "profiler.profiler_set_state",
        "profiler.dump_profile",
    ]
    assert {w.filename for w in told} == {__file__}
    assert {w.category for w in told} == {DeprecationWarning}
