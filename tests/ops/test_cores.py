"""Two halves of a kernel on two cores."""

import threading

import pytest

from dataflow_ops.kernels import cores
from dataflow_ops.kernels.cores import Halves


class Fault(Exception):
    """What a half raises."""


def failing():
    raise Fault("second")


class Recorded:
    """Seats that note who leaves which core."""

    def __init__(self):
        self.left = []

    def current_core(self):
        return 7

    def leave(self, core):
        self.left.append((threading.current_thread(), core))


@pytest.fixture
def seats(monkeypatch):
    recorded = Recorded()
    monkeypatch.setattr(cores, "_seats", recorded)
    return recorded


def test_both_halves_run():
    ran = []
    Halves(lambda: ran.append(1), lambda: ran.append(2))()
    assert sorted(ran) == [1, 2]


def test_a_helper_leaves_the_core_of_whom_it_helps(seats):
    begun = threading.Event()
    threads = []

    def second():
        threads.append(threading.current_thread())
        begun.set()

    def first():
        assert begun.wait(10)  # so that a helper takes the second half

    Halves(first, second)()
    assert seats.left == [(threads[0], 7)]
    assert threads[0] is not threading.current_thread()


def test_who_takes_the_second_half_back_stays(seats):
    offer = cores._Offer(lambda: None)
    offer.finish()
    assert seats.left == []


def test_a_failure_of_either_half_is_raised():
    with pytest.raises(Fault):
        Halves(lambda: None, failing)()
    with pytest.raises(ZeroDivisionError):
        Halves(lambda: 1 / 0, failing)()
