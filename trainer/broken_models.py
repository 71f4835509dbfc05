"""Tiny ONNX models for the package loader's tests: one sound, three that a package is refused for.

Run: python -m trainer.broken_models test/fixtures/onnx
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .onnx_graph import build_model

WIDTH = 3
WEIGHTS = np.array([[1.0], [2.0], [3.0]], dtype=np.float32)
EXTERNAL_WEIGHTS = "external-data.weights"


def write_all(folder: Path) -> None:
    """Writes the four models (and the weights file of one of them) into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "linear.onnx", linear_model())
    write(folder / "nan-output.onnx", nan_model())
    write(folder / "int-output.onnx", int_model())
    write_external(folder)


def linear_model() -> onnx.ModelProto:
    """score = x1 + 2 x2 + 3 x3: input [rows, 3], output `score` [rows, 1], float32."""
    return build_model([weighted_sum("score")], [weights()], WIDTH, "score")


def nan_model() -> onnx.ModelProto:
    """The square root of the weighted sum: NaN wherever that is negative."""
    nodes = [weighted_sum("sum"), helper.make_node("Sqrt", ["sum"], ["score"])]
    return build_model(nodes, [weights()], WIDTH, "score")


def int_model() -> onnx.ModelProto:
    """The weighted sum as int64, where the contract asks for float32."""
    nodes = [weighted_sum("sum"), helper.make_node("Cast", ["sum"], ["score"], to=TensorProto.INT64)]
    return build_model(nodes, [weights()], WIDTH, "score", output_type=TensorProto.INT64)


def write_external(folder: Path) -> None:
    """The linear model with its weights in a file beside it, which no hash of model.onnx covers."""
    (folder / EXTERNAL_WEIGHTS).unlink(missing_ok=True)
    onnx.save(
        linear_model(),
        folder / "external-data.onnx",
        save_as_external_data=True,
        location=EXTERNAL_WEIGHTS,
        size_threshold=0,
    )


def weighted_sum(output: str) -> onnx.NodeProto:
    return helper.make_node("MatMul", ["input", "weights"], [output])


def weights() -> onnx.TensorProto:
    return numpy_helper.from_array(WEIGHTS, "weights")


def write(path: Path, model: onnx.ModelProto) -> None:
    path.write_bytes(model.SerializeToString(deterministic=True))


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
