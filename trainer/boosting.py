"""XGBoost: trained on one thread, so that the same rows and seed make the same trees."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import xgboost as xgb

OBJECTIVES = {
    "classification": "binary:logistic",
    "regression": "reg:squarederror",
    "ranking": "rank:ndcg",
}


@dataclass(frozen=True)
class Table:
    """Encoded rows: matrix float32 [rows, width], labels float64 [rows], for rankers a query number a row.

    `signs` holds per column 1 or -1 where the score must rise or fall with it, else 0.
    """

    matrix: np.ndarray
    labels: np.ndarray
    groups: np.ndarray | None
    signs: tuple[int, ...]

    def take(self, rows: np.ndarray) -> "Table":
        groups = None if self.groups is None else self.groups[rows]
        return Table(self.matrix[rows], self.labels[rows], groups, self.signs)


def train(table: Table, task: str, model: dict[str, Any], seed: int) -> xgb.Booster:
    """A booster of `model['rounds']` trees; the rest of `model` are XGBoost's own parameters."""
    parameters = {
        **{key: value for key, value in model.items() if key != "rounds"},
        "objective": OBJECTIVES[task],
        "monotone_constraints": table.signs,
        "base_score": base_score(table.labels, task),
        "tree_method": "hist",
        "nthread": 1,
        "seed": seed,
    }
    data = xgb.DMatrix(table.matrix, label=table.labels, qid=table.groups, nthread=1)
    return xgb.train(parameters, data, num_boost_round=model["rounds"])


def base_score(labels: np.ndarray, task: str) -> float:
    """Where boosting starts: the mean for a regression, else the margin 0."""
    return float(np.float32(labels.mean())) if task == "regression" else 0.5


def predict_margin(booster: xgb.Booster, matrix: np.ndarray) -> np.ndarray:
    """The sum of the leaves per row, float32: log-odds, or the label's own unit for a regression."""
    return booster.predict(xgb.DMatrix(matrix, nthread=1), output_margin=True)


def base_margin(booster: xgb.Booster) -> np.float32:
    """What XGBoost adds before the first leaf."""
    learner = json.loads(booster.save_raw("json"))["learner"]
    base = float(learner["learner_model_param"]["base_score"].strip("[]"))
    if learner["objective"]["name"] == "binary:logistic":
        return np.float32(np.log(base / (1 - base)))
    return np.float32(base)


def trees_of(booster: xgb.Booster) -> list[dict[str, Any]]:
    """XGBoost's own JSON of each tree."""
    return json.loads(booster.save_raw("json"))["learner"]["gradient_booster"]["model"]["trees"]


def gain_shares(booster: xgb.Booster, owners: list[str]) -> dict[str, float]:
    """Feature name to its share of the total gain of all splits; unused features have 0."""
    gains = booster.get_score(importance_type="total_gain")
    shares = dict.fromkeys(owners, 0.0)
    for column, gain in gains.items():
        shares[owners[int(column.removeprefix("f"))]] += float(gain)
    total = sum(shares.values()) or 1.0
    return {name: share / total for name, share in shares.items()}
