"""What a data scientist does: logs ONNX models with their packages, registers them, sets aliases.

log_model.py TRACKING_URL, then on standard input a line of JSON for each:
{"folder": ..., "name": ..., "alias": ..., "with_package": true}
"""

import json
import sys
from pathlib import Path

import mlflow
import onnx


def log_model(folder: Path, name: str, alias: str, with_package: bool) -> None:
    model = onnx.load(folder / "model.onnx")
    with mlflow.start_run():
        logged = mlflow.onnx.log_model(
            model, name="model", registered_model_name=name, save_as_external_data=False
        )
        if with_package:
            mlflow.log_artifacts(str(folder), "scoreline")
    version = str(logged.registered_model_version)
    mlflow.MlflowClient().set_registered_model_alias(name, alias, version)


if __name__ == "__main__":
    mlflow.set_tracking_uri(sys.argv[1])
    for line in sys.stdin:
        wanted = json.loads(line)
        log_model(Path(wanted["folder"]), wanted["name"], wanted["alias"], wanted["with_package"])
