"""The encoding rules of manifest.schema.json, one case each; core/features follows the same."""

import numpy as np
import pytest

from trainer.encode import column_owners, encode, learn_levels
from trainer.spec import read_feature

LEVELS = {"color": ["blue", "red"]}
NAN = np.nan


def encode_one(value: object, **entry: object) -> list[float]:
    feature = read_feature({"name": "color", "kind": "categorical", **entry}, 0)
    return encode([{"color": value}], [feature], LEVELS)[0].tolist()


@pytest.mark.parametrize(
    ("value", "entry", "expected"),
    [
        ("red", {"missing": "zero", "unseen": "zero"}, [0, 1]),
        ("red", {"missing": "level", "unseen": "level"}, [0, 1, 0, 0]),
        (None, {"missing": "level", "unseen": "level"}, [0, 0, 1, 0]),
        ("green", {"missing": "level", "unseen": "level"}, [0, 0, 0, 1]),
        ("green", {"missing": "nan", "unseen": "level"}, [0, 0, 1]),
        ("green", {"missing": "level", "unseen": "missing"}, [0, 0, 1]),
        ("green", {"missing": "level", "unseen": "zero"}, [0, 0, 0]),
        (None, {"missing": "nan", "unseen": "zero"}, [NAN, NAN]),
        (None, {"missing": "zero", "unseen": "zero"}, [0, 0]),
        ("?", {"missing": "level", "placeholders": ["?"]}, [0, 0, 1]),
        ("red", {"encoding": "ordinal", "missing": "level", "unseen": "level"}, [1]),
        (None, {"encoding": "ordinal", "missing": "level", "unseen": "level"}, [2]),
        ("green", {"encoding": "ordinal", "missing": "level", "unseen": "level"}, [3]),
        ("green", {"encoding": "ordinal", "missing": "nan", "unseen": "missing"}, [NAN]),
        (7, {"kind": "numeric"}, [7]),
        (999, {"kind": "numeric", "placeholders": [999]}, [NAN]),
        (NAN, {"kind": "numeric"}, [NAN]),
        (True, {"kind": "boolean"}, [1]),
        (True, {"kind": "boolean", "placeholders": [1]}, [1]),
        (None, {"kind": "boolean"}, [NAN]),
    ],
)
def test_encodes_as_the_manifest_says(value: object, entry: dict[str, object], expected: list[float]) -> None:
    np.testing.assert_array_equal(encode_one(value, **entry), expected)


def test_reads_a_path_into_a_map() -> None:
    feature = read_feature({"name": "f1", "field": "features.f1", "kind": "numeric"}, 0)
    matrix = encode([{"features": {"f1": 2.5}}, {"features": {}}, {}], [feature], {})
    np.testing.assert_array_equal(matrix, np.array([[2.5], [NAN], [NAN]], dtype=np.float32))


def test_a_boolean_is_a_level_too() -> None:
    feature = read_feature({"name": "new", "kind": "categorical", "missing": "zero"}, 0)
    levels = learn_levels([{"new": True}, {"new": False}], [feature], min_rows=1)
    assert levels == {"new": ["false", "true"]}
    assert encode([{"new": True}], [feature], levels).tolist() == [[0, 1]]


def test_rare_levels_count_as_unseen() -> None:
    feature = read_feature({"name": "color", "kind": "categorical"}, 0)
    events = [{"color": color} for color in ("red", "red", "blue", "blue", "green", None)]
    assert learn_levels(events, [feature], min_rows=2) == LEVELS


def test_every_column_has_an_owner() -> None:
    color = read_feature({"name": "color", "kind": "categorical", "missing": "level"}, 0)
    size = read_feature({"name": "size", "kind": "numeric"}, 0)
    assert column_owners([color, size], LEVELS) == ["color", "color", "color", "size"]
