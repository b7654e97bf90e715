"""Typed attributes: equal by value, immutable, and the same where nothing is new."""

from __future__ import annotations

import numpy as np
import pytest

from dataflow_ops.attributes import Attributes
from dataflow_ops.registry import find


def test_equal_values_make_equal_attributes():
    one, other = (Attributes({"axis": (0, 1), "keepdims": True}) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other) == hash(one)
    assert one != Attributes({"axis": (0, 1), "keepdims": False})
    assert one != Attributes({"axis": (0, 1)})
    assert one == {"axis": (0, 1), "keepdims": True}
    assert one != "axis"


def test_attributes_cannot_change():
    attributes = find("Activation").parse({"act_type": "relu"})
    with pytest.raises(AttributeError, match="immutable"):
        attributes.act_type = "tanh"
    assert attributes.act_type == "relu"


def test_operators_without_attributes_share_theirs():
    assert find("tanh").parse({}) is find("sigmoid").parse({})


def test_a_backward_operator_has_its_forward_ones_attributes():
    attributes = find("Convolution").parse({"kernel": (3, 3), "num_filter": 4})
    assert attributes.hold(dict(attributes))
    assert not attributes.hold({**attributes, "num_filter": 5})
    assert not attributes.hold({"kernel": (3, 3)})


def test_zero_is_not_held_where_minus_zero_is_meant():
    attributes = Attributes({"scalar": 0.0})
    assert not attributes.hold({"scalar": -0.0})
    assert np.signbit(find("_mul_scalar").parse({"scalar": -0.0}).scalar)
