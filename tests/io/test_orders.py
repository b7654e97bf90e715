"""Orders and rounds: positions alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dataflow.io.orders import Rounds, Shuffler, part_of


def test_an_order_by_seed_is_that_of_gnu_cpp():
    # std::mt19937 g(seed); std::shuffle(...) compiled by GCC 4.8
    orders = {0: [0, 2, 3, 5, 9, 1, 10, 8, 4, 7, 6], 3: [6, 5, 3, 0, 10, 8, 2, 4]}
    for seed, expected in orders.items():
        shuffled = Shuffler(seed).shuffled(np.arange(11)).tolist()
        assert shuffled[: len(expected)] == expected


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(0, 2**32 - 1))
def test_an_order_has_every_item_once(count, seed):
    shuffled = Shuffler(seed).shuffled(np.arange(count))
    assert sorted(shuffled.tolist()) == list(range(count))


@settings(deadline=None)
@given(st.integers(1, 20), st.integers(1, 20))
def test_rounds_follow_one_another_without_a_gap(count, size):
    rounds = Rounds(lambda: np.arange(count), size, round_batch=True)
    taken = []
    for _ in range(4):
        batches = rounds.epoch(go_on=True)
        assert batches
        assert [len(positions) for positions, _ in batches] == [size] * len(batches)
        assert all(pad == 0 for _, pad in batches[:-1])
        assert 0 <= batches[-1][1] < size
        taken += [i for positions, _ in batches for i in positions.tolist()]
    assert taken == [i % count for i in range(len(taken))]


@settings(deadline=None)
@given(st.integers(1, 20), st.integers(1, 20))
def test_without_rounds_every_epoch_is_the_same(count, size):
    rounds = Rounds(lambda: np.arange(count), size, round_batch=False)
    for _ in range(3):
        batches = rounds.epoch(go_on=True)
        seen = [i for p, pad in batches for i in p[: size - pad].tolist()]
        assert seen == list(range(count))


def test_an_epoch_that_was_broken_off_begins_anew():
    rounds = Rounds(lambda: np.arange(5), 3, round_batch=True)
    rounds.epoch(go_on=True)
    assert rounds.epoch(go_on=False)[0][0].tolist() == [0, 1, 2]


@settings(deadline=None)
@given(st.integers(0, 100), st.integers(1, 12))
def test_parts_are_all_and_apart(count, parts):
    borders = [part_of(count, parts, i) for i in range(parts)]
    covered = [i for start, stop in borders for i in range(start, stop)]
    assert covered == list(range(count))
