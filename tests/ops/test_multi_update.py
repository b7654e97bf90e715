"""Steps for several weights: the steps of each, and everything fits."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import shapes_of

SHAPES = [(3, 2), (70000,), (0, 2)]
RATES, DECAYS = (0.1, 0.2, 0.3), (0, 0.1, 0.02)
ETAS, STEPS = (1, 0.5, 2), (1, 2, 5)
BETAS = {"beta1": 0.8, "beta2": 0.9}


def draw(states: int, narrow: str, mixed: bool) -> list[list[np.ndarray]]:
    """Return weight, gradient, states (and the precise weight) of each."""
    stream = np.random.RandomState(0)
    groups = []
    for shape in SHAPES:
        weight, grad = stream.normal(size=(2, *shape)).astype(narrow)
        wide = "float32" if mixed else narrow
        more = [stream.uniform(0.1, 1, shape).astype(wide) for _ in range(states)]
        master = [weight.astype("float32")] if mixed else []
        groups.append([weight, grad, *more, *master])
    return groups


def run(name, inputs, outputs, **settings):
    operator = find(name)
    parsed = operator.parse(settings)
    eager.bind_and_run(operator, parsed, inputs, outputs, Request.WRITE, True)


def copied(groups):
    return [[x.copy() for x in group] for group in groups]


def assert_same(groups, others):
    for group, other in zip(groups, others, strict=True):
        for i, (one, another) in enumerate(zip(group, other, strict=True)):
            np.testing.assert_array_equal(one, another, err_msg=str(i))


@pytest.mark.parametrize("preloaded", ["", "preloaded_"])
@pytest.mark.parametrize(
    ("prefix", "dtype"),
    [("", "float16"), ("", "float32"), ("mp_", "float16"), ("mp_", "float32")],
)
@pytest.mark.parametrize("kind", ["sgd", "sgd_mom"])
def test_descents_are_those_of_each_weight(preloaded, kind, prefix, dtype):
    states = 1 if kind == "sgd_mom" else 0
    settings = {"rescale_grad": 0.5, "clip_gradient": 0.4}
    settings |= {"momentum": 0.5} if states else {}
    groups = draw(states, dtype, bool(prefix))
    expected = copied(groups)
    for group, lr, wd in zip(expected, RATES, DECAYS, strict=True):
        run(f"{prefix}{kind}_update", group, group[:1], lr=lr, wd=wd, **settings)
    flat = [x for group in groups for x in group]
    if preloaded:
        flat += [np.array(RATES), np.array(DECAYS)]
    else:
        settings |= {"lrs": RATES, "wds": DECAYS}
    name = f"{preloaded}multi_{prefix}{kind}_update"
    run(name, flat, [x[0] for x in groups], num_weights=3, **settings)
    assert_same(groups, expected)


@pytest.mark.parametrize(
    ("prefix", "dtype"),
    [("", "float16"), ("", "float32"), ("mp_", "float16"), ("mp_", "float32")],
)
def test_adamw_steps_are_those_of_each_weight(prefix, dtype):
    groups = draw(2, dtype, bool(prefix))
    scale = np.array([0.5], "float32")
    expected = copied(groups)
    for group, lr, wd, eta in zip(expected, RATES, DECAYS, ETAS, strict=True):
        run(f"_{prefix}adamw_update", [*group, scale], group[:1], lr=lr, wd=wd, eta=eta)
    flat = [*(x for group in groups for x in group), scale]
    own = {"lrs": RATES, "wds": DECAYS, "etas": ETAS, "num_weights": 3}
    run(f"_multi_{prefix}adamw_update", flat, [x[0] for x in groups], **own)
    assert_same(groups, expected)


@pytest.mark.parametrize("prefix", ["", "mp_"])
def test_worthless_gradients_move_nothing(prefix):
    groups = draw(2, "float16", bool(prefix))
    expected = copied(groups)
    flat = [*(x for group in groups for x in group), np.array([np.nan], "f4")]
    own = {"lrs": RATES, "wds": DECAYS, "etas": ETAS, "num_weights": 3}
    outputs = [np.zeros_like(group[0]) for group in groups]
    run(f"_multi_{prefix}adamw_update", flat, outputs, **own)
    assert_same(groups, expected)
    assert_same([outputs], [[group[0] for group in expected]])


def norm(array):
    return np.array([np.sqrt((array.astype("f8") ** 2).sum())], "f4")


@pytest.mark.parametrize(
    ("prefix", "dtype"),
    [("", "float16"), ("", "float32"), ("mp_", "float16"), ("mp_", "float32")],
)
@pytest.mark.parametrize("bounds", [{}, {"lower_bound": 400, "upper_bound": 500}])
def test_lamb_steps_are_those_of_each_weight(prefix, dtype, bounds):
    groups = draw(2, dtype, bool(prefix))
    expected = copied(groups)
    for group, lr, wd, t in zip(expected, RATES, DECAYS, STEPS, strict=True):
        weight, _, *states = group
        wide = [x.astype("f4") for x in (states[-1:] or [weight])]
        weight = wide[0] if prefix else weight
        phase1 = [x.astype("f4") for x in (weight, *group[1:4])]
        direction = np.empty_like(phase1[0])
        run("lamb_update_phase1", phase1, [direction], wd=wd, t=t, **BETAS)
        phase2 = [phase1[0], direction, norm(weight), norm(direction)]
        stepped = np.empty_like(direction)
        run("lamb_update_phase2", phase2, [stepped], lr=lr, **bounds)
        group[0][...] = stepped
        group[2][...], group[3][...] = phase1[2:]
        if prefix:
            group[4][...] = stepped
    flat = [x for group in groups for x in group]
    own = {"learning_rates": RATES, "wds": DECAYS, "step_count": STEPS}
    run(
        f"_multi_{prefix}lamb_update",
        flat,
        [x[0] for x in groups],
        num_tensors=3,
        **own,
        **bounds,
        **BETAS,
    )
    for group, other in zip(groups, expected, strict=True):
        for one, another in zip(group, other, strict=True):
            tolerance = 2e-3 if one.dtype == "f2" else 2e-6
            np.testing.assert_allclose(one, another, rtol=tolerance, atol=tolerance)


def test_what_is_not_wanted_does_not_move():
    groups = draw(1, "float32", mixed=False)
    before = copied(groups)
    operator = find("multi_sgd_mom_update")
    parsed = operator.parse({"lrs": RATES, "wds": DECAYS, "num_weights": 3})
    flat = [x for group in groups for x in group]
    outputs = [groups[0][0], None, groups[2][0]]
    eager.bind_and_run(operator, parsed, flat, outputs, Request.WRITE, True)
    assert_same(groups[1:2], before[1:2])
    assert (groups[0][0] != before[0][0]).all()


def test_large_weights_cost_no_temporaries_of_their_size():
    weights = [np.ones((2000, 1000), "f4") for _ in range(4)]
    tracemalloc.start()
    try:
        own = {"lrs": (0.1, 0.2), "wds": (0, 0), "num_weights": 2}
        run("multi_sgd_update", weights, weights[::2], **own)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < weights[0].nbytes / 4


def test_names_count_the_weights():
    def names(name, **settings):
        operator = find(name)
        parsed = operator.parse(settings)
        return (
            *operator.input_names(parsed),
            *operator.auxiliary_names(parsed),
        ), operator.output_names(parsed)

    two = {"lrs": (1, 1), "wds": (0, 0), "num_weights": 2}
    assert names("multi_sgd_update", **two) == (
        ("weight_0", "grad_0", "weight_1", "grad_1"),
        ("output0", "output1"),
    )
    assert names("preloaded_multi_mp_sgd_mom_update", num_weights=1) == (
        ("weight_0", "grad_0", "mom_0", "weight32_0", "lrs", "wds"),
        ("output",),
    )
    assert names("_multi_mp_adamw_update", **two, etas=(1, 1))[0][5:] == (
        *("weight_1", "grad_1", "mean_1", "var_1", "weight32_1", "rescale_grad"),
    )


def test_shapes_go_both_ways_for_each_weight():
    two = {"lrs": (1, 1), "wds": (0, 0), "num_weights": 2}
    given = [(0, 3), (2, 0), None, None, None, None]
    told = shapes_of("multi_sgd_mom_update", *given, outputs=[None, (4,)], **two)
    assert told == ([*[(2, 3)] * 3, *[(4,)] * 3], [(2, 3), (4,)])
    told = shapes_of("preloaded_multi_sgd_update", *[None] * 6, num_weights=2)
    assert told == ([*[None] * 4, (2,), (2,)], [None, None])
    told = shapes_of("_multi_adamw_update", *[None] * 9, **two, etas=(1, 1))
    assert told[0][-1] == (1,)


def test_types_may_differ_from_weight_to_weight():
    operator = find("multi_mp_sgd_update")
    two = operator.parse({"lrs": (1, 1), "wds": (0, 0), "num_weights": 2})
    half, single = np.dtype("f2"), np.dtype("f4")
    given = [half, None, None, None, single, None]
    inputs, outputs = operator.dtypes(two, given, [None, None])
    assert inputs == [half, half, single, single, single, single]
    assert outputs == [half, single]
    with pytest.raises(DTypeError, match="float16 against float32"):
        operator.dtypes(two, [half, single, *[None] * 4], [None, None])


def test_what_does_not_fit_is_refused():
    with pytest.raises(AttributeValueError, match="'lrs' should have one number for"):
        shapes_of("multi_sgd_update", *[None] * 4, lrs=1, wds=(0, 0), num_weights=2)
    two = {"lrs": (1, 1), "wds": (0, 0, 0), "num_weights": 2}
    with pytest.raises(AttributeValueError, match="of 2 weights, not 3"):
        shapes_of("multi_sgd_update", *[None] * 4, **two)
    with pytest.raises(ShapeError, match=r"\(2,\) against \(3,\)"):
        shapes_of("multi_sgd_update", (2,), (3,), lrs=1, wds=0)
    with pytest.raises(ShapeError, match=r"\(3,\) against \(1,\)"):
        shapes_of("preloaded_multi_sgd_update", (2,), (2,), (3,), (1,))
    with pytest.raises(AttributeValueError, match="'step_count' cannot be"):
        find("_multi_lamb_update").parse(
            {"learning_rates": 1, "wds": 0, "step_count": (0,)}
        )


def test_numbers_are_read_from_their_string_form():
    parse = find("multi_sgd_update").parse
    assert parse({"lrs": "(0.1, 1)", "wds": "[0]"}).lrs == (0.1, 1.0)
    assert parse({"lrs": "0.1", "wds": 0}).lrs == (0.1,)
    assert parse({"lrs": np.ones(2), "wds": np.float32(0)}).lrs == (1, 1)
    with pytest.raises(AttributeValueError, match="'lrs' cannot be 'fast'"):
        parse({"lrs": "fast", "wds": 0})
