"""What a data scientist does: logs an ONNX model with its package, registers it, sets an alias.

log_model.py TRACKING_URL PACKAGE_FOLDER MODEL_NAME ALIAS [--without-package]
"""

import sys
from pathlib import Path

import mlflow
import onnx


def main(tracking_url: str, folder: Path, name: str, alias: str, *flags: str) -> None:
    mlflow.set_tracking_uri(tracking_url)
    model = onnx.load(folder / "model.onnx")
    with mlflow.start_run():
        logged = mlflow.onnx.log_model(
            model, name="model", registered_model_name=name, save_as_external_data=False
        )
        if "--without-package" not in flags:
            mlflow.log_artifacts(str(folder), "scoreline")
    client = mlflow.MlflowClient()
    client.set_registered_model_alias(name, alias, str(logged.registered_model_version))
    print(logged.registered_model_version)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
