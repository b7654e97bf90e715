"""ResizeIter and PrefetchingIter: threads, failures, resets, errors."""

from __future__ import annotations

import subprocess
import sys
import threading
import traceback
import weakref

import pytest

import dataflow as mx
from dataflow.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from tests.io.cases import numbers


def readers():
    return [t for t in threading.enumerate() if t.name.startswith("dataflow-ahead")]


def arrays(count=7, size=3):
    return mx.io.NDArrayIter(numbers(count, 1), batch_size=size)


class Failing(mx.io.DataIter):
    """Fails once, before its second batch."""

    def __init__(self):
        super().__init__(1)
        self.provide_data = [mx.io.DataDesc("data", (1, 1))]
        self.provide_label = []
        self.place = 0
        self.broken = True

    def reset(self):
        self.place = 0

    def next(self):
        self.place += 1
        if self.place == 2 and self.broken:
            self.broken = False
            raise ZeroDivisionError("in the wrapped iterator")
        if self.place > 3:
            raise StopIteration
        return mx.io.DataBatch([mx.nd.zeros((1, 1))], [], 0)


def test_a_failure_reaches_the_caller_with_its_own_traceback():
    iterator = mx.io.PrefetchingIter(Failing())
    iterator.next()
    with pytest.raises(ZeroDivisionError) as caught:
        iterator.next()
    functions = [x.name for x in traceback.extract_tb(caught.tb)]
    assert functions[-1] == "next"
    assert "Failing" in repr(caught.traceback[-1].frame.f_locals["self"])
    assert list(iterator) == []  # the epoch is over
    iterator.reset()
    assert len(list(iterator)) == 3


def test_a_batch_is_read_before_it_is_asked_for():
    read = threading.Event()

    class Watched(Failing):
        def next(self):
            read.set()
            return super().next()

    iterator = mx.io.PrefetchingIter(Watched())
    assert read.wait(30)
    del iterator


def test_no_thread_is_left_after_deletion_not_even_after_a_failure():
    before = readers()
    iterator = mx.io.PrefetchingIter([arrays(), arrays()])
    list(iterator)
    gone = weakref.ref(iterator)
    del iterator
    assert gone() is None
    failed = mx.io.PrefetchingIter(Failing())
    failed.next()
    with pytest.raises(ZeroDivisionError):
        failed.next()
    gone = weakref.ref(failed)
    del failed
    assert gone() is None
    assert set(readers()) <= set(before)


def test_a_reset_starts_no_more_threads():
    iterator = mx.io.PrefetchingIter(arrays())
    iterator.next()
    before = readers()
    for _ in range(5):
        iterator.reset()
        assert iterator.next().data[0].asnumpy()[0, 0] == 0
    assert set(readers()) <= set(before)


def test_the_interpreter_ends_with_a_batch_waiting():
    program = (
        "import dataflow as mx; import numpy as np\n"
        "made = mx.io.PrefetchingIter(mx.io.NDArrayIter(np.zeros((9, 2)), None, 2))\n"
        "made.next()\n"
        "made.cycle = made\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_iterators_of_other_lengths():
    iterator = mx.io.PrefetchingIter([arrays(7), arrays(3)])
    iterator.next()
    with pytest.raises(ArgumentError, match="iterator 1 has ended"):
        iterator.next()
    pads = mx.io.PrefetchingIter([arrays(3), arrays(2)])
    with pytest.raises(ArgumentError, match="iterator 1 has pad 1"):
        pads.next()


def test_get_methods_look_at_the_current_batch():
    for iterator in (
        mx.io.PrefetchingIter(arrays(3)),
        mx.io.ResizeIter(arrays(3), 1),
    ):
        with pytest.raises(ArgumentError, match="no current batch"):
            iterator.getdata()
        assert iterator.iter_next()
        assert iterator.getdata()[0].shape == (3, 1)
        assert iterator.getlabel() == []
        assert (iterator.getpad(), iterator.getindex()) == (0, None)
        assert not iterator.iter_next()


def test_names_are_checked_at_once():
    with pytest.raises(UnknownNameError, match="no new name of 'data'"):
        mx.io.PrefetchingIter(arrays(), rename_data=[{"other": "x"}])
    with pytest.raises(ArgumentError, match="a dict for each of 1 iterators, not 2"):
        mx.io.PrefetchingIter(arrays(), rename_label=[{}, {}])
    with pytest.raises(ArgumentError, match="at least one"):
        mx.io.PrefetchingIter([])
    with pytest.raises(ArgumentTypeError, match="no data iterator"):
        mx.io.PrefetchingIter([5])


def test_descriptions_may_be_pairs():
    inner = arrays()
    plain = mx.io.DataIter(3)
    plain.provide_data, plain.provide_label = [("data", (3, 1))], []
    plain.next = inner.next
    iterator = mx.io.PrefetchingIter(plain, rename_data=[{}])
    assert iterator.provide_data == [("data", (3, 1))]
    assert iterator.batch_size == 3


def test_a_pair_gives_the_batch_size_too():
    plain = mx.io.DataIter(3)
    plain.provide_data, plain.provide_label = [("data", (3, 1))], []
    plain.next = arrays().next
    assert mx.io.PrefetchingIter(plain).batch_size == 3


def test_a_resized_iterator_has_the_bucket_key_of_its_own():
    inner = arrays()
    assert not hasattr(mx.io.ResizeIter(inner, 2), "default_bucket_key")
    inner.default_bucket_key = 7
    assert mx.io.ResizeIter(inner, 2).default_bucket_key == 7
    with pytest.raises(ArgumentError, match="size must be at least 1"):
        mx.io.ResizeIter(inner, 0)
