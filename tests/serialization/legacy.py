"""Graphs in the forms of older versions, written by hand."""

from __future__ import annotations

import json
from typing import Any


def variable(name: str, **fields: Any) -> dict[str, Any]:
    return {"op": "null", "name": name, "inputs": [], **fields}


def operator(
    op: str, name: str, inputs: list[list[int]], **fields: Any
) -> dict[str, Any]:
    return {"op": op, "name": name, "inputs": inputs, **fields}


def graph(
    nodes: list[dict[str, Any]],
    heads: list[list[int]] | None = None,
    version: int | None = None,
    **fields: Any,
) -> str:
    value: dict[str, Any] = {
        "nodes": nodes,
        "arg_nodes": [i for i, node in enumerate(nodes) if node["op"] == "null"],
        "heads": [[len(nodes) - 1, 0]] if heads is None else heads,
        **fields,
    }
    if version is not None:
        value["attrs"] = {"mxnet_version": ["int", version]}
    return json.dumps(value)


OLD = {"param": {}, "backward_source_id": -1}

NORMAL = {
    "eps": "0.001",
    "fix_gamma": "True",
    "momentum": "0.9",
    "use_global_stats": "False",
}

# Every one loads in MXNet 1.9.1; the golden files are what it writes then.
TEXTS: dict[str, str] = {
    "fully_connected": graph(
        [
            variable("data", **OLD),
            variable("fc_weight", **OLD, attr={"lr_mult": "2", "note": "kept"}),
            variable("fc_bias", **OLD),
            operator(
                "FullyConnected",
                "fc",
                [[0, 0], [1, 0], [2, 0]],
                param={"num_hidden": "3", "no_bias": "False"},
                backward_source_id=-1,
                attr={"ctx_group": "stage1", "force_mirroring": "True"},
            ),
        ]
    ),
    "arguments_annotated": graph(
        [
            variable("data", **OLD),
            variable("w", **OLD),
            variable("b", **OLD),
            operator(
                "FullyConnected",
                "fc",
                [[0, 0], [1, 0], [2, 0]],
                param={"num_hidden": "3", "no_bias": "False"},
                attr={"weight_lr_mult": "2", "bias_wd_mult": "0", "lr_mult": "3"},
            ),
        ]
    ),
    "odd_keys_of_a_variable": graph(
        [variable("v", attr={"x_lr_mult": "1", "lr_mult_y": "2", "wd_mult": "3"})]
    ),
    "states_left_out": graph(
        [
            variable("data", **OLD),
            variable("bn_gamma", **OLD),
            variable("bn_beta", **OLD),
            operator(
                "BatchNorm",
                "bn",
                [[0, 0], [1, 0], [2, 0]],
                param=NORMAL,
                attr={"ctx_group": "g"},
            ),
            operator("Activation", "act", [[3, 0]], param={"act_type": "relu"}),
        ]
    ),
    "states_without_initializers": graph(
        [
            *(variable(name) for name in ("data", "g", "b", "mean", "var")),
            operator(
                "BatchNorm",
                "bn",
                [[0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 1], [4, 0, 1]],
                attr=NORMAL,
            ),
        ],
        [[5, 0, 0]],
        version=903,
        node_row_ptr=[0, 1, 2, 3, 4, 5, 8],
    ),
    "arguments_left_out": graph(
        [
            variable("x"),
            operator("FullyConnected", "f", [[0, 0]], param={"num_hidden": "3"}),
        ]
    ),
    "axis_of_none": graph(
        [
            variable("x"),
            operator(
                "argmax", "a", [[0, 0, 0]], attr={"axis": "-1", "keepdims": "True"}
            ),
            operator("argmin", "b", [[0, 0, 0]], attr={"axis": "1"}),
        ],
        [[1, 0, 0], [2, 0, 0]],
        version=904,
    ),
    "renamed": graph(
        [
            variable("x"),
            variable("label"),
            operator("_PlusScalar", "plus", [[0, 0]], param={"scalar": "1"}),
            operator("ElementWiseSum", "s", [[2, 0], [0, 0]], param={"num_args": "2"}),
            operator("_Mul", "times", [[3, 0], [2, 0]]),
            operator("Softmax", "softmax", [[4, 0], [1, 0]], param={"grad_scale": "1"}),
        ]
    ),
    "python_2": graph(
        [
            variable("x"),
            variable("w"),
            operator(
                "Convolution",
                "c",
                [[0, 0], [1, 0]],
                param={"kernel": "(3L, 3L)", "num_filter": "4", "no_bias": "True"},
            ),
        ]
    ),
    "attr_of_version_1": graph(
        [
            variable("x", attr={"__shape__": "(2, 3)", "__lr_mult__": "2"}),
            operator("exp", "e", [[0, 0, 0]], attr={"__ctx_group__": "g"}),
        ],
        [[1, 0, 0]],
        version=10000,
        node_row_ptr=[0, 1, 2],
    ),
    "annotations_of_version_1": graph(
        [
            variable("x", attrs={"ctx_group": "a"}),
            operator("exp", "e", [[0, 0, 0]], attrs={"ctx_group": "g"}),
        ],
        [[1, 0, 0]],
        version=10900,
    ),
    "a_newer_version": graph(
        [variable("x"), operator("exp", "e", [[0, 0, 0]])], [[1, 0, 0]], version=20000
    ),
    "not_reached": graph(
        [
            variable("x"),
            operator("exp", "e", [[0, 0, 0]]),
            operator("tanh", "t", [[1, 0, 0]]),
        ],
        [[1, 0, 0]],
        version=10901,
    ),
}
