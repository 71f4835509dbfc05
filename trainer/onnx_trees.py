"""XGBoost's trees as one ONNX TreeEnsembleRegressor whose sum is the margin, to the last bit.

XGBoost starts from its base margin and adds leaf by leaf in float32; onnxruntime adds leaf by leaf and its
base value last. Rounding would differ, so the base margin goes into the leaves of the first tree.
"""

from typing import Any

import numpy as np
import onnx
import xgboost as xgb
from onnx import helper

from .boosting import base_margin, trees_of
from .onnx_graph import build_model

OUTPUT = "raw"
NODE_COLUMNS = (
    "treeids",
    "nodeids",
    "featureids",
    "values",
    "modes",
    "truenodeids",
    "falsenodeids",
    "missing_value_tracks_true",
)


def to_onnx(booster: xgb.Booster, width: int) -> onnx.ModelProto:
    """The booster as a model from `input` [rows, width] to `raw` [rows, 1]; NaN goes as XGBoost sends it."""
    nodes: dict[str, list[Any]] = {name: [] for name in NODE_COLUMNS}
    leaves: dict[str, list[Any]] = {"treeids": [], "nodeids": [], "weights": []}
    for number, tree in enumerate(trees_of(booster)):
        add_tree(nodes, leaves, number, tree, base_margin(booster) if number == 0 else np.float32(0))
    node = helper.make_node(
        "TreeEnsembleRegressor",
        ["input"],
        [OUTPUT],
        domain="ai.onnx.ml",
        n_targets=1,
        aggregate_function="SUM",
        post_transform="NONE",
        target_ids=[0] * len(leaves["weights"]),
        **{f"nodes_{name}": column for name, column in nodes.items()},
        **{f"target_{name}": column for name, column in leaves.items()},
    )
    return build_model([node], [], width, OUTPUT)


def add_tree(
    nodes: dict[str, list[Any]],
    leaves: dict[str, list[Any]],
    number: int,
    tree: dict[str, Any],
    offset: np.float32,
) -> None:
    for index, (left, right) in enumerate(zip(tree["left_children"], tree["right_children"], strict=True)):
        is_leaf = left == -1
        value = np.float32(tree["split_conditions"][index])
        row = (
            number,
            index,
            0 if is_leaf else tree["split_indices"][index],
            0.0 if is_leaf else float(value),
            "LEAF" if is_leaf else "BRANCH_LT",
            0 if is_leaf else left,
            0 if is_leaf else right,
            0 if is_leaf else tree["default_left"][index],
        )
        for name, entry in zip(NODE_COLUMNS, row, strict=True):
            nodes[name].append(entry)
        if is_leaf:
            leaves["treeids"].append(number)
            leaves["nodeids"].append(index)
            leaves["weights"].append(float(value + offset))
