"""How many threads BLAS may use while contexts share the cores."""

import gc

import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

import dataflow as mx
from dataflow_ops.kernels.backends import missing
from dataflow_ops.kernels.blas import cores, set_blas_aside, share_cores


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


def test_blas_set_aside_leaves_the_cores_to_other_kernels(before):
    owner = Owner()
    set_blas_aside(owner)
    assert set(blas()) == {1}
    assert cores() == 2
    del owner
    gc.collect()
    assert blas() == before


def test_contexts_that_share_cores_count_more_than_blas_set_aside(before):
    aside, sharing = Owner(), Owner()
    set_blas_aside(aside)
    share_cores(sharing)
    assert cores() == 1
    del aside
    gc.collect()
    assert set(blas()) == {1}
    assert cores() == 1
    del sharing
    gc.collect()
    assert cores() == 2


@pytest.mark.skipif(missing("onednn") is not None, reason="oneDNN is not here")
def test_an_executor_of_kernels_with_threads_sets_blas_aside(before):
    layer = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=256)
    executor = layer.simple_bind(mx.cpu(), x=(256, 256))
    assert set(blas()) == {1}
    del executor
    gc.collect()
    assert blas() == before
