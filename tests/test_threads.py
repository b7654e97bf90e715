"""How many threads BLAS may use while contexts share the cores."""

import gc

import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from dataflow.threads import share_cores


class Owner:
    """Something that computes on several contexts."""


def blas():
    """How many threads each BLAS library may use."""
    pools = ThreadpoolController().select(user_api="blas").lib_controllers
    return [pool.get_num_threads() for pool in pools]


@pytest.fixture
def before():
    """What BLAS may use outside, which is more than one thread."""
    with threadpool_limits(2, "blas"):
        before = blas()
        yield before
        assert blas() == before


def test_kernels_have_one_thread_while_an_owner_lives(before):
    owner = Owner()
    share_cores(owner)
    assert set(blas()) == {1}
    del owner
    gc.collect()
    assert blas() == before


def test_the_last_owner_gives_the_cores_back(before):
    first, second = Owner(), Owner()
    share_cores(first)
    share_cores(second)
    del first
    gc.collect()
    assert set(blas()) == {1}
    del second
    gc.collect()
    assert blas() == before


def test_what_somebody_else_sets_meanwhile_is_held_down_again(before):
    """As a library does that is loaded late: its own default is all cores."""
    first, second = Owner(), Owner()
    share_cores(first)
    with threadpool_limits(2, "blas"):
        share_cores(second)
        assert set(blas()) == {1}
    del first, second
    gc.collect()
    assert blas() == before
