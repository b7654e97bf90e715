"""Malformed graphs: one error each that is MXNet's and a ValueError, and says where."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any, NamedTuple

import pytest

import dataflow as mx
from dataflow.errors import FormatError
from dataflow.serialization import Limits
from dataflow.serialization.linking import COUNTS
from dataflow_ops import registry
from dataflow_ops.attributes import REQUIRED, Attributes
from dataflow_ops.registry import Operator
from tests.serialization.legacy import graph, operator, variable


def valid() -> dict[str, Any]:
    net = mx.sym.FullyConnected(mx.sym.Variable("x"), num_hidden=2, name="fc")
    net = mx.sym.BatchNorm(net, name="bn")
    return json.loads(mx.sym.SliceChannel(net, num_outputs=2, name="s").tojson())


def changed(*path: Any, to: Any = None) -> str:
    """Return the valid graph with one part replaced, or left out if `to` is None."""
    value = valid()
    part = value
    for key in path[:-1]:
        part = part[key]
    if to is None:
        del part[path[-1]]
    else:
        part[path[-1]] = to
    return json.dumps(value)


# In the valid graph: 0 x, 1 fc_weight, 2 fc_bias, 3 fc, 4-7 of bn, 8 bn, 9 s.


class Mistake(NamedTuple):
    text: str
    says: tuple[str, ...]


def attribute(op: str, **attributes: Any) -> str:
    return graph([variable("x"), operator(op, "y", [[0, 0, 0]], attrs=attributes)])


MISTAKES = {
    # text
    "empty": Mistake("", ("empty",)),
    "blank": Mistake(" \n", ("empty",)),
    "truncated": Mistake(json.dumps(valid())[:-40], ("not JSON, or truncated", "line")),
    "not JSON": Mistake("hello", ("not JSON", "line 1 column 1")),
    "more after its end": Mistake(
        json.dumps(valid()) + "x", ("not JSON", "Extra data")
    ),
    "half of a pair of surrogates": Mistake(
        changed("nodes", 3, "name", to="\ud800"), ("node 3", "not Unicode")
    ),
    "a key twice": Mistake('{"nodes": [], "nodes": []}', ("'nodes' stands twice",)),
    "NaN": Mistake('{"nodes": NaN}', ("NaN",)),
    "Infinity": Mistake('{"heads": [-Infinity]}', ("-Infinity",)),
    "an integer of 10000 digits": Mistake('{"heads": ' + "9" * 10000 + "}", ()),
    "millions of values": Mistake("[" + "[]," * (1 << 23) + "[]]", ("values", "limit")),
    "200000 nested lists": Mistake("[" * 200_000, ("nest", "limit")),
    "200000 nested objects": Mistake('{"a":' * 200_000, ("nest", "limit")),
    "nested behind quotes": Mistake('["\\"", ' + "[" * 200_000, ("nest", "limit")),
    # the whole
    "a list": Mistake("[]", ("must be an object", "list")),
    "a string": Mistake('"x"', ("must be an object", "'x'")),
    "null": Mistake("null", ("must be an object", "None")),
    "JSON of another kind": Mistake('{"layers": []}', ("'nodes' is missing",)),
    "no nodes": Mistake(changed("nodes"), ("'nodes' is missing",)),
    "no heads": Mistake(changed("heads"), ("'heads' is missing",)),
    "no arg_nodes": Mistake(changed("arg_nodes"), ("'arg_nodes' is missing",)),
    "nodes of a wrong kind": Mistake(changed("nodes", to={}), ("'nodes'", "list")),
    "empty nodes": Mistake(changed("nodes", to=[]), ("no nodes",)),
    "empty heads": Mistake(changed("heads", to=[]), ("no heads",)),
    "an unknown field": Mistake(changed("more", to=1), ("unknown field 'more'",)),
    "attrs of a wrong kind": Mistake(changed("attrs", to=[1]), ("'attrs'", "object")),
    "a version of a wrong kind": Mistake(
        changed("attrs", "mxnet_version", to=["str", "1"]), ("mxnet_version",)
    ),
    "a version that is no number": Mistake(
        changed("attrs", "mxnet_version", to=["int", "1"]), ("mxnet_version", "'1'")
    ),
    # nodes
    "a node of a wrong kind": Mistake(changed("nodes", 3, to=7), ("node 3", "7")),
    "a node without op": Mistake(changed("nodes", 3, "op"), ("node 3", "'op'")),
    "a node without name": Mistake(changed("nodes", 3, "name"), ("node 3", "'name'")),
    "a node without inputs": Mistake(
        changed("nodes", 3, "inputs"), ("node 3", "'inputs'")
    ),
    "an unknown field of a node": Mistake(
        changed("nodes", 3, "more", to=1), ("node 3", "unknown field 'more'")
    ),
    "a name that is a number": Mistake(
        changed("nodes", 3, "name", to=5), ("node 3", "'name'", "string", "5")
    ),
    "an operator that is a number": Mistake(
        changed("nodes", 3, "op", to=5), ("node 3 'fc'", "'op'", "string")
    ),
    "an unknown operator": Mistake(
        changed("nodes", 3, "op", to="FullyConected"),
        ("node 3 'fc'", "'FullyConected'", "did you mean 'FullyConnected'"),
    ),
    "a gradient": Mistake(
        changed("nodes", 3, "op", to="_backward_FullyConnected"), ("node 3", "binding")
    ),
    "a variable with inputs": Mistake(
        changed("nodes", 1, "inputs", to=[[0, 0, 0]]), ("node 1", "variable")
    ),
    "control dependencies": Mistake(
        changed("nodes", 3, "control_deps", to=[0]), ("node 3", "control_deps")
    ),
    "a subgraph": Mistake(
        changed("nodes", 3, "subgraphs", to=[{}]), ("node 3", "subgraphs")
    ),
    # attributes
    "attributes of a wrong kind": Mistake(
        changed("nodes", 3, "attrs", to=[]), ("node 3", "'attrs'", "object")
    ),
    "an attribute that is a number": Mistake(
        changed("nodes", 3, "attrs", "num_hidden", to=2),
        ("node 3 'fc'", "'num_hidden'", "string", "2"),
    ),
    "an unknown attribute": Mistake(
        changed("nodes", 3, "attrs", "num_hiden", to="2"),
        ("node 3 'fc' (FullyConnected)", "'num_hiden'", "did you mean 'num_hidden'"),
    ),
    "a required attribute left out": Mistake(
        changed("nodes", 3, "attrs", "num_hidden"),
        ("node 3", "'num_hidden' is missing"),
    ),
    "an attribute badly typed": Mistake(
        changed("nodes", 3, "attrs", "num_hidden", to="many"),
        ("node 3 'fc'", "'num_hidden'", "'many'"),
    ),
    "an annotation without underscores": Mistake(
        changed("nodes", 3, "attrs", "ctx_group", to="a"), ("node 3", "'ctx_group'")
    ),
    "an annotation of no argument": Mistake(
        graph([variable("x"), operator("exp", "y", [[0, 0]], attr={"z_lr_mult": "1"})]),
        ("node 1 'y'", "'z_lr_mult'"),
    ),
    "a very long value": Mistake(
        attribute("Reshape", shape="(" + "1," * 10_000 + ")"), ("node 1", "limit")
    ),
    "a deeply nested value": Mistake(
        attribute("Reshape", shape="(" * 2000 + ")" * 2000), ("node 1", "'shape'")
    ),
    "a chain of signs": Mistake(
        attribute("Reshape", shape="-" * 4000 + "1"), ("node 1", "'shape'")
    ),
    "a chain of sums": Mistake(
        attribute("Reshape", shape="1+" * 2000 + "1"), ("node 1", "'shape'")
    ),
    "a program for a value": Mistake(
        attribute("Reshape", shape="__import__('os').getcwd()"), ("node 1", "'shape'")
    ),
    "a string for a sequence": Mistake(
        attribute("Reshape", shape="'\\d'"), ("node 1", "'shape'")
    ),
    "a structure for a type": Mistake(
        attribute("Cast", dtype="f4,(1000000000,)f8"), ("node 1", "'dtype'", "word")
    ),
    "an unknown type": Mistake(
        attribute("Cast", dtype="float31"), ("node 1", "'dtype'")
    ),
    # variables
    "a shape for what is left out": Mistake(
        graph([operator("exp", "y", [], attr={"__shape__": "two"})]), ("'y'", "'two'")
    ),
    "a shape that is no shape": Mistake(
        graph([variable("x", attrs={"__shape__": "two"})]), ("node 0 'x'", "'two'")
    ),
    "a shape of words": Mistake(
        graph([variable("x", attrs={"__shape__": "(a, b)"})]), ("node 0 'x'", "'a'")
    ),
    "a negative shape": Mistake(
        graph([variable("x", attrs={"__shape__": "(2, -3)"})]), ("node 0", "'-3'")
    ),
    "a shape too long": Mistake(
        graph([variable("x", attrs={"__shape__": f"({'1,' * 99})"})]), ("99", "limit")
    ),
    "a length too large": Mistake(
        graph([variable("x", attrs={"__shape__": "(9223372036854775808,)"})]),
        ("node 0",),
    ),
    "an unknown type code": Mistake(
        graph([variable("x", attrs={"__dtype__": "99"})]),
        ("node 0 'x'", "'99'", "int32"),
    ),
    "a type's name for its code": Mistake(
        graph([variable("x", attrs={"__dtype__": "float32"})]), ("node 0", "__dtype__")
    ),
    # numbers
    "a head out of range": Mistake(
        changed("heads", 0, to=[10, 0, 0]), ("head 0", "10", "from 0 to 9")
    ),
    "a negative head": Mistake(changed("heads", 0, to=[-1, 0, 0]), ("head 0", "-1")),
    "a head of an output out of range": Mistake(
        changed("heads", 0, to=[9, 2, 0]), ("head 0", "output 2", "node 9 's'", "has 2")
    ),
    "a head of a wrong kind": Mistake(changed("heads", 0, to=9), ("head 0", "list")),
    "a head of one number": Mistake(changed("heads", 0, to=[9]), ("head 0", "[node")),
    "a head of four numbers": Mistake(
        changed("heads", 0, to=[9, 0, 0, 0]), ("head 0", "[node")
    ),
    "a head that is a fraction": Mistake(
        changed("heads", 0, to=[9.0, 0, 0]), ("head 0", "integer", "9.0")
    ),
    "a head that is a truth": Mistake(
        changed("heads", 0, to=[True, 0, 0]), ("head 0",)
    ),
    "a head that is text": Mistake(
        changed("heads", 0, to=["9", 0, 0]), ("head 0", "integer", "'9'")
    ),
    "an input of an output out of range": Mistake(
        changed("nodes", 9, "inputs", 0, to=[8, 3, 0]),
        ("node 9 's'", "input 0", "output 3", "node 8 'bn'"),
    ),
    "an input of a second output of a variable": Mistake(
        changed("nodes", 3, "inputs", 0, to=[0, 1, 0]), ("node 3", "output 1", "'x'")
    ),
    "an input that points forward": Mistake(
        changed("nodes", 3, "inputs", 0, to=[5, 0, 0]), ("node 3 'fc'", "before", "5")
    ),
    "a node that is its own input": Mistake(
        changed("nodes", 3, "inputs", 0, to=[3, 0, 0]), ("node 3 'fc'", "before", "3")
    ),
    "a cycle of two": Mistake(
        graph(
            [
                operator("exp", "a", [[1, 0, 0]]),
                operator("exp", "b", [[0, 0, 0]]),
            ]
        ),
        ("node 0 'a'", "before"),
    ),
    "a negative input": Mistake(
        changed("nodes", 3, "inputs", 0, to=[-1, 0, 0]), ("node 3", "input 0", "-1")
    ),
    "an input far out of range": Mistake(
        changed("nodes", 3, "inputs", 0, to=[10**400, 0, 0]), ("node 3", "bits")
    ),
    "a negative version": Mistake(
        changed("nodes", 3, "inputs", 0, to=[0, 0, -1]), ("node 3", "version", "-1")
    ),
    "too few inputs": Mistake(
        changed("nodes", 3, "inputs", to=[[0, 0, 0]]),
        ("node 3 'fc'", "3 inputs (data, weight, bias)", "not 1"),
    ),
    "too many inputs": Mistake(
        changed("nodes", 9, "inputs", to=[[8, 0, 0], [8, 0, 0]]),
        ("node 9 's'", "1 inputs (data)", "not 2"),
    ),
    "states left out of a new file": Mistake(
        changed("nodes", 8, "inputs", to=[[3, 0, 0], [4, 0, 0], [5, 0, 0]]),
        ("node 8 'bn'", "5 inputs", "not 3"),
    ),
    "a state that is no variable": Mistake(
        changed("nodes", 8, "inputs", 3, to=[3, 0, 0]),
        ("node 8 'bn'", "'moving_mean'", "variable", "'fc'"),
    ),
    "an argument out of range": Mistake(
        changed("arg_nodes", 0, to=10), ("argument 0", "10")
    ),
    "a negative argument": Mistake(
        changed("arg_nodes", 0, to=-1), ("argument 0", "-1")
    ),
    "an argument that is no variable": Mistake(
        changed("arg_nodes", 0, to=3), ("argument 0", "node 3 'fc'", "no variable")
    ),
    "an argument of a wrong kind": Mistake(
        changed("arg_nodes", 0, to="x"), ("argument 0", "'x'")
    ),
    "node_row_ptr that is too short": Mistake(
        changed("node_row_ptr", -1), ("node_row_ptr", "11 numbers", "it has 10")
    ),
    "node_row_ptr that begins late": Mistake(
        changed("node_row_ptr", 0, to=1), ("node_row_ptr", "begin with 0")
    ),
    "node_row_ptr that disagrees": Mistake(
        changed("node_row_ptr", 4, to=5), ("node 3 'fc'", "1 outputs", "says 2")
    ),
    "node_row_ptr that goes back": Mistake(
        changed("node_row_ptr", 4, to=1), ("node 3 'fc'", "says -2")
    ),
    "node_row_ptr of a wrong kind": Mistake(
        changed("node_row_ptr", 1, to=None) and changed("node_row_ptr", to=3),
        ("node_row_ptr", "list"),
    ),
    # what would be made without end
    "a billion outputs": Mistake(
        attribute("SliceChannel", num_outputs="1000000000"), ("node 1", "limit")
    ),
    "a billion inputs": Mistake(
        attribute("Concat", num_args="1000000000"), ("node 1", "limit")
    ),
    "more inputs than there are": Mistake(
        attribute("Concat", num_args="100000"), ("100000 inputs", "not 1")
    ),
    "an integer of thousands of digits": Mistake(
        attribute("SliceChannel", num_outputs="9" * 4000), ("node 1",)
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named(name):
    text, says = MISTAKES[name]
    with pytest.raises(FormatError) as caught:
        mx.sym.load_json(text)
    assert isinstance(caught.value, mx.MXNetError)
    assert isinstance(caught.value, ValueError)
    message = str(caught.value)
    assert message.startswith("the JSON text")
    assert len(message) < 1000
    for part in says:
        assert part in message


def test_a_mistake_in_a_file_names_the_file(tmp_path):
    name = tmp_path / "broken-symbol.json"
    name.write_text(changed("nodes", 3, "op", to="Nothing"))
    with pytest.raises(FormatError, match=r"broken-symbol\.json: node 3 'fc'"):
        mx.sym.load(name)
    name.write_bytes(b"\xff\xfe{")
    with pytest.raises(FormatError, match=r"broken-symbol\.json is not UTF-8"):
        mx.sym.load(name)


def test_the_graph_that_is_changed_is_valid():
    assert mx.sym.load_json(json.dumps(valid())).list_outputs() == [
        "s_output0",
        "s_output1",
    ]


def chain(length: int) -> str:
    nodes = [variable("x")]
    nodes += [operator("exp", "e", [[i, 0, 0]]) for i in range(length)]
    return graph(nodes, [[length, 0, 0]], version=10901)


def test_a_million_nodes_are_refused_soon():
    text = chain(1_000_000)
    start = time.monotonic()
    with pytest.raises(FormatError, match=r"1000001 is beyond the limit.*'nodes'"):
        mx.sym.load_json(text)
    assert time.monotonic() - start < 60


def test_limits_can_be_raised_and_lowered():
    text = chain(100)
    with Limits(nodes=100), pytest.raises(FormatError, match=r"Limits\(nodes=\.\.\.\)"):
        mx.sym.load_json(text)
    with Limits(nodes=100), Limits(nodes=101):
        assert mx.sym.load_json(text).list_arguments() == ["x"]
    with Limits(text=100), pytest.raises(FormatError, match="'text'"):
        mx.sym.load_json(text)
    with Limits(outputs=100), pytest.raises(FormatError, match="'outputs'"):
        mx.sym.load_json(text)
    long = attribute("Reshape", shape="(" + "1," * 3000 + ")")
    with Limits(value=10_000):
        assert len(mx.sym.load_json(long).attr("shape")) > 6000


def test_a_long_chain_loads():
    net = mx.sym.load_json(chain(20_000))
    assert net.tojson() == mx.sym.load_json(net.tojson()).tojson()


def test_many_nodes_of_many_outputs_are_refused_soon():
    nodes = [variable("x")]
    nodes += [
        operator("SliceChannel", "s", [[0, 0, 0]], attrs={"num_outputs": "100000"})
        for _ in range(1000)
    ]
    start = time.monotonic()
    with pytest.raises(FormatError, match="'outputs'"):
        mx.sym.load_json(graph(nodes, [[1, 0, 0]], version=10901))
    assert time.monotonic() - start < 30


def name_count(operator_: Operator, attributes: dict[str, Any], key: str, to: int):
    many = Attributes({**attributes, key: to})
    rules = (operator_.input_names, operator_.auxiliary_names, operator_.output_names)
    return sum(len(rule(many)) for rule in rules)


@pytest.mark.parametrize(
    "name", [n for n in registry.names() if not n.startswith("_backward")]
)
def test_what_counts_inputs_or_outputs_is_known(name):
    """Any other integer that made names would make them without limit."""
    operator_ = registry.find(name)
    plain = {
        a.name: 1 if a.default is REQUIRED else a.default for a in operator_.attributes
    }
    for key in plain.keys() - COUNTS:
        try:
            counts = [name_count(operator_, plain, key, to) for to in (50, 70)]
        except (TypeError, ValueError, AttributeError):
            continue
        assert key == operator_.variadic or counts[0] == counts[1]


def test_nothing_runs_or_is_opened_while_loading(tmp_path):
    victim = tmp_path / "victim"
    texts = [
        attribute("Reshape", shape=f"open({str(victim)!r}, 'w')"),
        attribute("Cast", dtype=f"__import__('pathlib').Path({str(victim)!r}).touch()"),
        graph([variable("x", attrs={"__shape__": f"open({str(victim)!r}, 'w')"})]),
        graph([variable("x", attrs={"__init__": f"open({str(victim)!r}, 'w')"})]),
    ]
    for text in texts:
        with suppress(mx.MXNetError):
            mx.sym.load_json(text).infer_shape_partial()
    assert not victim.exists()
