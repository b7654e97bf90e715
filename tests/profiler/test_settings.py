import pytest

import dataflow as mx
from dataflow.profiler.session import session
from dataflow.profiler.settings import Settings

GOOD = {
    "text of a truth": ({"profile_all": "True"}, "profile_all", True),
    "number of a truth": ({"profile_api": 0}, "profile_api", False),
    "text of a number": ({"dump_period": "0.5"}, "dump_period", 0.5),
    "file": ({"filename": "a.json"}, "filename", "a.json"),
    "capacity": ({"capacity": 5}, "capacity", 5),
    "worker": ({"profile_process": "worker"}, "profile_process", "worker"),
}


@pytest.mark.parametrize("name", GOOD)
def test_settings_are_taken(name):
    given, field, expected = GOOD[name]
    assert getattr(Settings.parse(given), field) == expected


def test_what_is_not_given_gets_its_default(profiler):
    profiler.set_config(profile_memory=False, capacity=7)
    assert not session.settings.profile_memory
    profiler.set_config(aggregate_stats=True)
    assert session.settings == Settings(aggregate_stats=True)
    assert session.tracer.capacity == Settings().capacity


P = mx.profiler
BAD = {
    "unknown setting": (
        lambda: P.set_config(profile_al=True),
        KeyError,
        "did you mean 'profile_all'",
    ),
    "hopeless setting": (
        lambda: P.set_config(x=1),
        ValueError,
        "there are profile_all",
    ),
    "no truth": (
        lambda: P.set_config(profile_api="maybe"),
        ValueError,
        "profile_api is True or False, not 'maybe'",
    ),
    "no period": (lambda: P.set_config(dump_period=0), ValueError, "above 0, not 0"),
    "no number": (lambda: P.set_config(dump_period="x"), ValueError, "not 'x'"),
    "endless": (lambda: P.set_config(dump_period="inf"), ValueError, "not 'inf'"),
    "no capacity": (lambda: P.set_config(capacity=0), ValueError, "not 0"),
    "no count": (lambda: P.set_config(capacity=None), ValueError, "not None"),
    "no file": (lambda: P.set_config(filename=""), ValueError, "name of a file"),
    "no name": (lambda: P.set_config(filename=3), ValueError, "not 3"),
    "server": (
        lambda: P.set_config(profile_process="server"),
        mx.MXNetError,
        "no server process",
    ),
    "state": (lambda: P.set_state("go"), KeyError, "'run' or 'stop', not 'go'"),
    "state of a server": (
        lambda: P.set_state("run", "server"),
        mx.MXNetError,
        "no server process",
    ),
    "process": (lambda: P.pause("other"), KeyError, "not 'other'"),
    "resumed process": (lambda: P.resume("other"), KeyError, "not 'other'"),
    "dumped process": (lambda: P.dump(True, "other"), KeyError, "not 'other'"),
    "format": (lambda: P.dumps(format="xml"), ValueError, "'table' or 'json'"),
    "order": (lambda: P.dumps(sort_by="size"), ValueError, "one of total, avg"),
    "mode": (
        lambda: P.profiler_set_config("everything"),
        KeyError,
        "'profile_everything'",
    ),
    "domain's name": (lambda: P.Domain(3), TypeError, "name of a Domain"),
    "task's name": (lambda: P.Task(P.Domain("d"), 3), TypeError, "name of a Task"),
    "no domain": (lambda: P.Frame(None, "f"), TypeError, "Frame belongs to a Domain"),
    "counter's value": (
        lambda: P.Counter(P.Domain("d"), "c", "many"),
        ValueError,
        "whole numbers, not 'many'",
    ),
    "mark's scope": (
        lambda: P.Marker(P.Domain("d"), "m").mark("here"),
        KeyError,
        "global, process, thread",
    ),
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", BAD)
def test_mistakes_are_named(profiler, name):
    action, kind, says = BAD[name]
    before = session.settings
    with pytest.raises(mx.MXNetError) as caught:
        action()
    assert isinstance(caught.value, kind)
    assert says in str(caught.value)
    assert session.settings is before
