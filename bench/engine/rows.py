"""The engine's rows, with the targets of the design."""

from __future__ import annotations

from bench.rows import OURS, Column, Row, WorkloadSet, at_most, faster


def _columns(program: str, c_loop: float | None) -> tuple[Column, ...]:
    return (
        Column(
            "MXNet, C loop", "mxnet", f"c/{program}", faster(c_loop) if c_loop else None
        ),
        Column("MXNet, ctypes, C no-op", "mxnet", f"ctypes/{program}", faster(2.5)),
        Column("MXNet, ctypes, callback", "mxnet", f"callback/{program}", faster(5)),
        *_threads(program),
    )


def _threads(workload: str) -> tuple[Column, ...]:
    return (
        Column("dask.threaded", "dask", f"dask/{workload}"),
        Column("ThreadPoolExecutor", "dask", f"futures/{workload}"),
        Column("trio.to_thread", "dask", f"trio/{workload}"),
    )


def _queued(program: str, us: float, c_loop: float | None = 1.3) -> Row:
    return Row(
        f"{program}, queued",
        f"queued/{program}",
        _columns(program, c_loop),
        at_most(us),
    )


def _plain(words: str, prefix: str, program: str, us: float | None = None) -> Row:
    beside = (Column("MXNet, C loop", "mxnet", f"c/{program}"),)
    return Row(
        f"{program}, {words}",
        f"{prefix}/{program}",
        beside,
        at_most(us) if us else None,
    )


def _dearer(words: str, prefix: str) -> Row:
    queued = Column("ours, queued", OURS, "queued/independent")
    return Row(f"independent, {words}", f"{prefix}/independent", (queued,))


ENGINE = WorkloadSet(
    name="engine",
    unit="us a task",
    scale=1.0,
    ours="bench.engine.ours",
    peers={"mxnet": "bench.engine.peer_mxnet", "dask": "bench.engine.peer_threads"},
    rows=(
        _queued("independent", 1.1),
        _queued("chain", 1.1),
        _queued("read-write", 1.1),
        _queued("random-dag", 2.3, c_loop=None),
        _plain("inline", "inline", "random-dag", 1.2),
        _plain("inline", "inline", "independent"),
        _plain("inline", "inline", "chain"),
        _plain("inline", "inline", "read-write"),
        _plain("one plan, replayed", "replay", "random-dag"),
        _plain("made anew", "anew", "random-dag"),
        _plain("queued, wait with a deadline", "deadline", "independent"),
        Row("two pushing threads", "queued/two-threads", (), at_most(2.5)),
        Row("independent, asynchronous", "io/independent", (), at_most(8)),
        Row("random-dag, asynchronous", "io/random-dag", (), at_most(8)),
        Row(
            "pushed and awaited in trio, one by one", "awaited/chain", (), at_most(170)
        ),
        _dearer("queued, over the bound on what is pending", "held-back"),
        _dearer("queued, traced", "traced"),
        Row(
            "pushed and waited for, one by one",
            "one-by-one/queued",
            (
                Column("MXNet, ctypes, C no-op", "mxnet", "one-by-one"),
                *_threads("one-by-one"),
            ),
        ),
        Row(
            "pushed and waited for, one by one, inline",
            "one-by-one/inline",
            (Column("MXNet, ctypes, C no-op", "mxnet", "one-by-one"),),
        ),
        Row(
            "from a push to the start",
            "start",
            (
                Column("MXNet, ctypes, callback", "mxnet", "start"),
                *_threads("start"),
            ),
            at_most(50),
        ),
        Row(
            "from the end to its waiter",
            "wake",
            (
                Column("MXNet, ctypes, callback", "mxnet", "wake"),
                *_threads("wake")[:2],
            ),
            at_most(40),
        ),
        Row(
            "from the end to who awaits it in trio",
            "await",
            _threads("wake")[2:],
            at_most(120),
        ),
    ),
    notes=(
        "No-op operations are pushed one by one and waited for together.",
        "Ours pushes operations prepared before, except where 'made anew'; MXNet's C "
        "interface has none and makes one at each push.",
        "Queued: inline_below_us=0, cost unknown. Inline: the defaults, with the cost "
        "known as 0.",
        "MXNet has no column for two pushing threads on crossing variables: its "
        "registration is not atomic over variables there, and can deadlock.",
        "Asynchronous: an `async def` that does nothing, run by trio on the io lane. "
        "MXNet has nothing like it.",
        "dask, ThreadPoolExecutor and trio run programs of 1,000 tasks, ours and MXNet "
        "10,000. They know no Vars: their programs name the tasks to wait for, found "
        "out beforehand. Their pools have as many threads as there are cores.",
        "Over the bound: at most 1,000 operations may be pending, so that who pushes "
        "has to help.",
        "From a push to the start: all threads are idle, and who pushes does not help. "
        "From the end: of an operation of 1 ms, until its waiter goes on. Medians.",
    ),
)
