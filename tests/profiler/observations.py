"""A profiled program, for this framework and for MXNet when golden facts are recorded.

Only what does not depend on time or on the framework's inside is told.
"""

from __future__ import annotations

import json

TIMES = ("Time (ms)", "Min Time (ms)", "Max Time (ms)", "Avg Time (ms)")


def observe(mx, folder):
    """Return facts by name, all of them JSON."""
    profiler = mx.profiler
    path = str(folder / "profile.json")
    profiler.set_config(profile_all=True, aggregate_stats=True, filename=path)
    facts = {}
    x = mx.nd.ones((3, 3))
    mx.nd.waitall()
    profiler.set_state("run")
    for _ in range(2):
        mx.nd.dot(x, x).wait_to_read()
    profiler.pause()
    mx.nd.sin(x).wait_to_read()
    profiler.resume()
    mx.nd.exp(x).wait_to_read()
    mx.nd.waitall()
    profiler.set_state("stop")
    mx.nd.cos(x).wait_to_read()
    facts["one stretch"] = counts(profiler)
    profiler.set_state("run")
    mx.nd.exp(x).wait_to_read()
    record_by_hand(profiler)
    mx.nd.waitall()
    facts["two stretches"] = counts(profiler)
    for sort_by in ("count", "total", "avg", "min", "max"):
        facts[f"by {sort_by}"] = is_sorted(profiler, sort_by)
    facts["heads"] = heads(profiler.dumps())
    facts["keys"] = keys(profiler.dumps(format="json"))
    profiler.set_state("stop")
    profiler.dump()
    facts["events"] = events(path)
    facts["after a dump"] = counts(profiler)
    profiler.dumps(reset=True)
    facts["after a reset"] = counts(profiler)
    return facts


def record_by_hand(profiler):
    domain = profiler.Domain("dom")
    task, frame = domain.new_task("task"), domain.new_frame("frame")
    event = profiler.Event("event")
    for thing in (task, task, frame, event):
        thing.start()
        thing.stop()
    counter = domain.new_counter("counter", 5)
    counter += 3
    counter -= 1
    counter.increment()
    counter.decrement(4)
    domain.new_marker("mark").mark()


def tables(text):
    """The lines below each section's title."""
    lines = text.splitlines()
    found = {}
    for number, line in enumerate(lines):
        if line.startswith("===="):
            end = next(n for n in range(number, len(lines)) if not lines[n].strip())
            found[lines[number - 1]] = lines[number + 1 : end]
    return found


def rows(profiler, section, **options):
    """Names and numbers of a section's lines."""
    lines = tables(profiler.dumps(**options)).get(section, ["", ""])[2:]
    return [(line.split()[0], [*map(float, line.split()[1:])]) for line in lines]


KNOWN = ("dot", "exp", "sin", "cos", "task", "frame", "event")


def counts(profiler):
    """How often everything ran."""
    sections = ("operator", "dom", "dom,frame", "event")
    found = {s: {n: v[0] for n, v in rows(profiler, s) if n in KNOWN} for s in sections}
    return {section: names for section, names in found.items() if names}


def is_sorted(profiler, sort_by):
    """Whether the lines are in order, as the values shown say."""
    column = ("count", "total", "min", "max", "avg").index(sort_by)
    down = [v[column] for _, v in rows(profiler, "operator", sort_by=sort_by)]
    options = {"sort_by": sort_by, "ascending": True}
    up = [v[column] for _, v in rows(profiler, "operator", **options)]
    return [down == sorted(down, reverse=True), up == sorted(up), len(up) > 1]


def heads(text):
    """What the table begins with, and the heads of times."""
    return [text.splitlines()[:3], tables(text)["operator"][:2]]


def keys(text):
    """The keys of the JSON form, of what both frameworks have."""
    told = json.loads(text)
    assert {"Time", "Memory", "Unit"} <= told.keys()
    return [sorted(told["Time"]["operator"]["dot"]), told["Unit"]]


def events(path):
    """Values of the counter, and the categories of what was recorded by hand."""
    with open(path, encoding="utf-8") as file:
        found = json.load(file)["traceEvents"]
    values = [e["args"]["counter"] for e in found if e["name"] == "counter"]
    names = {"task", "frame", "event", "mark"}
    return [
        values,
        sorted({(e["name"], e["cat"]) for e in found if e["name"] in names}),
    ]
