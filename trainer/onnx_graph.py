"""The ONNX envelope that every model of ours has: one float32 input, one output."""

import onnx
from onnx import TensorProto, helper

INPUT = "input"
OPSET = 17
"""ai.onnx; old enough for every onnxruntime since 1.12."""
ML_OPSET = 3
"""ai.onnx.ml; the last with TreeEnsembleRegressor as XGBoost's trees need it."""
IR_VERSION = 8


def build_model(
    nodes: list[onnx.NodeProto],
    initializers: list[onnx.TensorProto],
    width: int,
    output: str,
    output_type: int = TensorProto.FLOAT,
) -> onnx.ModelProto:
    """A checked model from `input` [rows, width] to `output` [rows, 1]."""
    graph = helper.make_graph(
        nodes,
        "scoreline",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["rows", width])],
        [helper.make_tensor_value_info(output, output_type, ["rows", 1])],
        initializers,
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="scoreline")
    onnx.checker.check_model(model)
    return model
