"""Sampling of images: shapes both ways, places without pixels, requests."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.errors import AttributeValueError, DTypeError, ShapeError
from dataflow_ops.kernels.table import Request
from dataflow_ops.registry import find
from tests.ops import eager
from tests.ops.eager import apply, shapes_of

AFFINE = {"transform_type": "affine", "target_shape": (6, 7)}
TRANSFORMER = {**AFFINE, "sampler_type": "bilinear"}
ROWS = np.arange(1.0, 13).reshape(1, 1, 3, 4)


def places(*pairs):
    """Make a grid of one row."""
    return np.array(pairs, "float64").T.reshape(1, 2, 1, -1)


# Shapes and types


@pytest.mark.parametrize(
    ("data", "grid", "output"),
    [
        ((2, 3, 4, 5), (2, 2, 6, 7), None),
        ((0, 3, 4, 5), (2, 0, 6, 7), None),
        ((0, 0, 4, 5), (0, 2, 6, 7), (2, 3, 0, 0)),
        ((2, 3, 4, 5), None, (0, 0, 6, 7)),
    ],
)
def test_shapes_of_the_sampler_go_both_ways(data, grid, output):
    told = shapes_of("BilinearSampler", data, grid, outputs=[output])
    assert told == ([(2, 3, 4, 5), (2, 2, 6, 7)], [(2, 3, 6, 7)])


def test_the_size_of_the_images_does_not_follow():
    told = shapes_of("BilinearSampler", None, None, outputs=[(2, 3, 6, 7)])
    assert told == ([(2, 3, 0, 0), (2, 2, 6, 7)], [(2, 3, 6, 7)])


@pytest.mark.parametrize(
    ("data", "output"), [((2, 6), None), ((0, 6), (2, 2, 6, 7)), (None, (2, 0, 0, 0))]
)
def test_shapes_of_an_affine_grid_go_both_ways(data, output):
    told = shapes_of("GridGenerator", data, outputs=[output], **AFFINE)
    assert told == ([(2, 6)], [(2, 2, 6, 7)])


def test_a_flow_has_the_shape_of_its_grid():
    for data, output in [((2, 2, 3, 0), None), (None, (2, 0, 3, 4))]:
        told = shapes_of("GridGenerator", data, outputs=[output], transform_type="warp")
        assert told[0] == told[1] == [(2, 2, 3, (data or output)[3])]


@pytest.mark.parametrize(
    ("data", "loc", "output"),
    [
        ((2, 3, 4, 5), None, None),
        ((0, 3, 4, 5), (2, 6), None),
        ((0, 0, 4, 5), None, (2, 3, 6, 7)),
    ],
)
def test_shapes_of_the_transformer_go_both_ways(data, loc, output):
    told = shapes_of(
        "SpatialTransformer", data, loc, outputs=[output, None], **TRANSFORMER
    )
    assert told == ([(2, 3, 4, 5), (2, 6)], [(2, 3, 6, 7), (2, 2, 6, 7)])
    operator = find("SpatialTransformer")
    assert operator.visible_outputs(operator.parse(TRANSFORMER)) == 1


def test_what_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match="grid should have 2 channels, x and y, not 3"):
        shapes_of("BilinearSampler", (2, 3, 4, 5), (2, 3, 6, 7))
    with pytest.raises(ShapeError, match=r"data should have 4 dimensions .* \(2, 3\)"):
        shapes_of("BilinearSampler", (2, 3), None)
    with pytest.raises(ShapeError, match=r"\(1, 2, 6, 7\) against \(2, 2, 6, 7\)"):
        shapes_of("BilinearSampler", (2, 3, 4, 5), (1, 2, 6, 7))
    with pytest.raises(ShapeError, match=r"data should have the shape \(0, 6\)"):
        shapes_of("GridGenerator", (2, 5), **AFFINE)
    with pytest.raises(ShapeError, match=r"loc .* \(2, 6\), .* not \(1, 6\)"):
        shapes_of("SpatialTransformer", (2, 3, 4, 5), (1, 6), **TRANSFORMER)
    with pytest.raises(
        AttributeValueError, match="'target_shape' should have a height"
    ):
        shapes_of("GridGenerator", (2, 6), transform_type="affine")
    with pytest.raises(AttributeValueError, match="'target_shape' cannot be 3"):
        find("GridGenerator").parse({"transform_type": "warp", "target_shape": 3})
    with pytest.raises(AttributeValueError, match="'transform_type' cannot be 'bend'"):
        find("GridGenerator").parse({"transform_type": "bend"})
    operator = find("BilinearSampler")
    with pytest.raises(DTypeError, match="floating-point"):
        operator.dtypes(operator.parse({}), [np.dtype("int32"), None], [None])


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_the_type_stays_and_places_are_kept_exactly(dtype):
    data = ROWS.astype(dtype)
    matrix = np.array([[0.5, 0.1, 0.3, -0.2, 0.7, 0.1]], dtype)
    output, grid = apply("SpatialTransformer", data, matrix, **TRANSFORMER)
    assert output.dtype == dtype
    assert grid.dtype == np.promote_types(dtype, "float32")
    exact, _ = apply(
        "SpatialTransformer",
        *(x.astype("float64") for x in (data, matrix)),
        **TRANSFORMER,
    )
    np.testing.assert_allclose(output, exact, rtol=1e-3 if dtype == "float16" else 1e-6)


# Values


def test_places_are_counted_from_the_centres_of_the_outer_pixels():
    grid = places((-1, -1), (1, 1), (0, 0), (1 / 3, -1), (-1, 0.5))
    result = apply("BilinearSampler", ROWS, grid)
    np.testing.assert_allclose(result.ravel(), [1, 12, 6.5, 3, 7])


def test_there_is_nothing_around_the_images():
    grid = places((-4 / 3, 0), (-5 / 3, 0), (1e30, 0), (0, -1e30), (1, 1.5), (9, 9))
    result = apply("BilinearSampler", ROWS, grid)
    np.testing.assert_allclose(result.ravel(), [2.5, 0, 0, 0, 6, 0], atol=1e-12)


def test_what_is_outside_does_not_count():
    data = ROWS.copy()
    data[0, 0, 0, 0] = np.inf
    grid = places((3, 3), (1, 1))
    np.testing.assert_array_equal(apply("BilinearSampler", data, grid).ravel(), [0, 12])


def test_nan_is_passed_on():
    grid = places((np.nan, 0), (np.inf, 0), (1, 1))
    result = apply("BilinearSampler", ROWS, grid).ravel()
    np.testing.assert_array_equal(result, [np.nan, np.nan, 12])


def test_a_single_place_lies_in_the_middle():
    matrix = np.array([[2.0, 3, 0.25, 5, 7, -0.5]])
    settings = {"transform_type": "affine", "target_shape": (1, 1)}
    grid = apply("GridGenerator", matrix, **settings)
    np.testing.assert_array_equal(grid.ravel(), [0.25, -0.5])
    flow = np.ones((1, 2, 1, 3))
    grid = apply("GridGenerator", flow, transform_type="warp")
    np.testing.assert_array_equal(grid[0], [[[0, 1, 2]], [[0, 0, 0]]])


def test_a_flow_counts_pixels():
    flow = np.zeros((1, 2, 3, 4))
    flow[0, 0] = 1  # to the right
    grid = apply("GridGenerator", flow, transform_type="warp")
    expected = np.zeros((3, 4))
    expected[:, :3] = ROWS[0, 0, :, 1:]
    result = apply("BilinearSampler", ROWS, grid)
    np.testing.assert_allclose(result[0, 0], expected, atol=1e-12)


@pytest.mark.parametrize("shape", [(0, 3, 4, 5), (2, 0, 4, 5), (2, 3, 0, 5)])
def test_images_may_be_empty(shape):
    grid = np.zeros((shape[0], 2, 2, 2))
    output = apply("BilinearSampler", np.ones(shape), grid)
    assert output.shape == (*shape[:2], 2, 2)
    assert not output.any()
    backward = find("_backward_BilinearSampler")
    outputs = [np.ones(shape), np.ones_like(grid)]
    inputs = [np.ones_like(output), np.ones(shape), grid]
    eager.bind_and_run(
        backward, backward.parse({}), inputs, outputs, Request.WRITE, True
    )
    assert not any(x.any() for x in outputs)


@pytest.mark.parametrize("name", ["BilinearSampler", "SpatialTransformer"])
@pytest.mark.parametrize("position", [0, 1])
def test_each_gradient_can_be_had_alone_and_added(name, position):
    stream = np.random.RandomState(0)
    backward = find(f"_backward_{name}")
    attributes = backward.parse(TRANSFORMER if name[0] == "S" else {})
    inputs = [stream.normal(size=s) for s in ((2, 3, 6, 7), (2, 3, 4, 5), (2, 2, 6, 7))]
    shapes = [(2, 3, 4, 5), (2, 6) if name[0] == "S" else (2, 2, 6, 7)]

    def run(wanted, request):
        outputs = [np.ones(s) if i in wanted else None for i, s in enumerate(shapes)]
        eager.bind_and_run(backward, attributes, inputs, outputs, request, True)
        return outputs[position]

    expected = run((0, 1), Request.WRITE)
    np.testing.assert_array_equal(run((position,), Request.WRITE), expected)
    np.testing.assert_allclose(run((position,), Request.ADD), expected + 1)


def test_many_places_may_read_one_pixel():
    head, grid = np.ones((1, 2, 10, 10)), np.zeros((1, 2, 10, 10))
    backward = find("_backward_BilinearSampler")
    outputs = [np.empty((1, 2, 3, 3)), None]
    inputs = [head, np.ones((1, 2, 3, 3)), grid]
    eager.bind_and_run(
        backward, backward.parse({}), inputs, outputs, Request.WRITE, True
    )
    expected = np.zeros((1, 2, 3, 3))
    expected[:, :, 1, 1] = 100
    np.testing.assert_array_equal(outputs[0], expected)
