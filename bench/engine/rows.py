"""The engine's rows, with the targets of the design."""

from __future__ import annotations

from bench.rows import Column, Row, WorkloadSet, at_most, faster


def _columns(program: str, c_loop: float | None) -> tuple[Column, ...]:
    return (
        Column(
            "MXNet, C loop", "mxnet", f"c/{program}", faster(c_loop) if c_loop else None
        ),
        Column("MXNet, ctypes, C no-op", "mxnet", f"ctypes/{program}", faster(2.5)),
        Column("MXNet, ctypes, callback", "mxnet", f"callback/{program}", faster(5)),
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


ENGINE = WorkloadSet(
    name="engine",
    unit="us a task",
    scale=1.0,
    ours="bench.engine.ours",
    peers={"mxnet": "bench.engine.peer_mxnet"},
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
    ),
)
