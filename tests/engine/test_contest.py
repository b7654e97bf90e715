from dataflow_engine import Contest, ParallelProgram
from dataflow_engine.contest import AGAIN, ROUNDS


class Clock:
    """Each run takes what the test says, with help and without."""

    def __init__(self, program, helped, alone):
        self.program = program
        self.takes = {True: helped, False: alone}
        self.now = 0.0
        self.asked = 0

    def __call__(self):
        self.asked += 1
        if self.asked % 2 == 0:
            self.now += self.takes[self.program.helped]
        return self.now


def contest(helped, alone):
    runs = []
    program = ParallelProgram([lambda: runs.append(program.helped)], "a", [[0]])
    clock = Clock(program, helped, alone)
    return Contest(program, clock), clock, runs


def decide(found):
    for _ in range(2 * ROUNDS):
        found()


def test_both_ways_take_turns_and_the_faster_one_stays():
    for helped, alone in ((1.0, 2.0), (2.0, 1.0), (1.0, 1.0)):
        found, clock, runs = contest(helped, alone)
        decide(found)
        assert runs == [True, False] * ROUNDS
        assert found.helped is (helped < alone)
        assert (found.helped_us, found.alone_us) == (helped * 1e6, alone * 1e6)
        asked = clock.asked
        for _ in range(AGAIN):
            found()
        assert runs[2 * ROUNDS :] == [helped < alone] * AGAIN
        assert clock.asked == asked


def test_it_is_asked_again():
    found, clock, _ = contest(1.0, 2.0)
    decide(found)
    clock.takes = {True: 3.0, False: 2.0}
    for _ in range(AGAIN):
        found()
    assert found.helped
    decide(found)
    assert not found.helped
    clock.takes = {True: 1.0, False: 2.0}
    for _ in range(AGAIN):
        found()
    decide(found)
    assert found.helped


def test_a_single_slow_run_decides_nothing():
    found, clock, _ = contest(1.0, 2.0)
    clock.takes[True] = 100.0
    found()
    clock.takes[True] = 1.0
    for _ in range(2 * ROUNDS - 1):
        found()
    assert found.helped
