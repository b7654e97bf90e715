"""Ctrl-C is held back while a batch is pushed."""

from __future__ import annotations

import signal
import threading

import pytest

from dataflow.module.interrupts import held_interrupts


def interrupt():
    signal.raise_signal(signal.SIGINT)


def hold(*actions):
    with held_interrupts():
        for action in actions:
            action()


def fail():
    raise ValueError("failed")


def test_it_comes_at_the_end_of_the_block():
    seen = []
    with pytest.raises(KeyboardInterrupt):
        hold(interrupt, lambda: seen.append("the rest"))
    assert seen == ["the rest"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_one_comes_at_once():
    seen = []
    with pytest.raises(KeyboardInterrupt):
        hold(interrupt, lambda: seen.append(1), interrupt, lambda: seen.append(2))
    assert seen == [1]


def test_it_follows_what_failed_meanwhile():
    with pytest.raises(KeyboardInterrupt) as raised:
        hold(interrupt, fail)
    assert isinstance(raised.value.__context__, ValueError)


def test_blocks_may_be_nested():
    seen = []
    with pytest.raises(KeyboardInterrupt):
        hold(lambda: hold(interrupt), lambda: seen.append("outer"))
    assert seen == ["outer"]


def test_a_program_that_handles_it_is_left_alone():
    seen = []
    before = signal.signal(signal.SIGINT, lambda *_: seen.append("handled"))
    try:
        with held_interrupts():
            interrupt()
            assert seen == ["handled"]
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_threads_hold_nothing_back():
    seen = []

    def run():
        with held_interrupts() as held:
            seen.append(held._holding)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert seen == [False]
