"""The command line: python -m trainer --spec SPEC.toml --data ROWS.csv --version 1.0.0 --out FOLDER."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from .encode import keep_scorable
from .fitting import Fitted, fit
from .package import Release, write_package
from .rows import Row, load_rows
from .spec import load_spec


def main() -> None:
    options = read_options()
    spec = load_spec(options.spec)
    history = load_rows(options.data, spec)
    training = history[options.rows]
    fitted = fit(training, spec)
    release = Release(options.version, options.created_at)
    manifest = write_package(options.out, fitted, training, history, release)
    if options.scores is not None:
        options.scores.write_text("".join(f"{line}\n" for line in score_lines(fitted, history)))
    print(
        f"{options.out}: {spec.name}@{options.version}, {manifest['training']['rows']} of {len(history)} rows"
    )
    print(json.dumps(manifest["training"]["metrics"], indent=2))


def score_lines(fitted: Fitted, history: Sequence[Row]) -> list[str]:
    """XGBoost's score of each row in the file's order; 'rejected' where production would score none."""
    lines = ["rejected"] * len(history)
    scored = keep_scorable(history, fitted.spec.features, fitted.levels)
    for row, score in zip(scored, fitted.score([row.event for row in scored]), strict=True):
        lines[row.place] = repr(float(score))
    return lines


def read_options() -> argparse.Namespace:
    parser = make_parser("python -m trainer", "Makes a model package of past leads.")
    parser.add_argument(
        "--scores", type=Path, help="also write XGBoost's score of each row here, in --data's order"
    )
    return parser.parse_args()


def make_parser(program: str, description: str) -> argparse.ArgumentParser:
    """What every command needs that trains a package."""
    parser = argparse.ArgumentParser(prog=program, description=description)
    parser.add_argument("--spec", type=Path, required=True, help="the TOML spec")
    parser.add_argument(
        "--data", type=Path, required=True, help="CSV or JSON lines, .gz too, oldest row first"
    )
    parser.add_argument("--rows", type=read_slice, default=slice(None), help="rows to train on, e.g. 0:8000")
    parser.add_argument("--version", required=True, help="the package's version, e.g. 1.0.0")
    parser.add_argument("--created-at", required=True, help="ISO 8601; an argument, so that bytes repeat")
    parser.add_argument("--out", type=Path, required=True, help="the package's folder")
    return parser


def read_slice(text: str) -> slice:
    """'0:8000', ':8000' and '8000:' as Python slices them."""
    first, last = text.split(":")
    return slice(int(first) if first else None, int(last) if last else None)


if __name__ == "__main__":
    main()
