"""Classes by name, and what makes instances of them."""

from __future__ import annotations

import pytest

from dataflow import registry
from dataflow.errors import ArgumentError


class Shape:
    def __init__(self, size: int = 1) -> None:
        self.size = size


class Circle(Shape):
    pass


@pytest.fixture
def shapes():
    register = registry.get_register_func(Shape, "shape")
    registry.get_alias_func(Shape, "shape")("round", "ring")(Circle)
    register(Circle)
    yield registry.get_create_func(Shape, "shape")
    del registry._REGISTRIES[Shape]


def test_every_way_to_say_what_to_create(shapes):
    assert registry.get_registry(Shape) == dict.fromkeys(
        ("round", "ring", "circle"), Circle
    )
    made = [
        shapes("Circle", 3),
        shapes("RING", size=3),
        shapes(shape="round", size=3),
        shapes({"shape": "circle", "size": 3}),
        shapes('["circle", {"size": 3}]'),
        shapes('{"shape": "circle", "size": 3}'),
    ]
    assert all(isinstance(each, Circle) and each.size == 3 for each in made)
    assert shapes(made[0]) is made[0]


def test_configurations_without_a_name(shapes):
    with pytest.raises(ArgumentError, match=r"needs the key 'shape'.* beside 'size'"):
        shapes({"size": 3})
    with pytest.raises(ArgumentError, match="needs the key 'shape'"):
        shapes("{}")


def test_names_that_are_taken(shapes):
    register = registry.get_register_func(Shape, "shape")
    register(Circle)  # once more, which changes nothing
    with pytest.warns(UserWarning, match=r"'circle' was .*Circle and is now .*Shape"):
        register(Shape, "circle")
