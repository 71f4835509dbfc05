"""A made-up domain from start to end: history, package, schema's sample events with the scores they must get.

Run: python -m trainer.make_domain user-reports --out test/fixtures/packages/user-reports
"""

import argparse
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from .domains import DOMAINS, Record
from .fitting import Fitted, fit
from .package import Release, write_package
from .rows import load_rows
from .spec import Spec, load_spec

ROWS = 4000
TRAINING_SHARE = 0.9
EVENTS = 200
"""Sample events: the newest of the history, which training hasn't seen."""
SEED = 7
RELEASE = Release("1.0.0", "2026-01-01T00:00:00Z")
SPECS = Path(__file__).parent / "specs"


def make_domain(name: str, out: Path) -> None:
    """Writes events.jsonl into `out`, and the package into its folder 1.0.0."""
    spec = load_spec(SPECS / f"{name}.toml")
    records = DOMAINS[name](ROWS, SEED)
    with TemporaryDirectory() as folder:
        data = Path(folder) / "history.jsonl"
        data.write_text("".join(f"{json.dumps(record)}\n" for record in records))
        history = load_rows(data, spec)
    training = history[: int(ROWS * TRAINING_SHARE)]
    fitted = fit(training, spec)
    write_package(out / RELEASE.version, fitted, training, history, RELEASE)
    write_events(out / "events.jsonl", records[-EVENTS:], fitted)
    print(f"{out}: {json.dumps(fitted.metrics)}")


def write_events(path: Path, records: list[Record], fitted: Fitted) -> None:
    """A line per event: {"event": as production would send it, "score": XGBoost's}."""
    events = [event_of(record, fitted.spec) for record in records]
    scored = zip(events, fitted.score(events), strict=True)
    lines = (
        json.dumps({"event": event, "score": float(score)}, separators=(",", ":")) for event, score in scored
    )
    path.write_text("".join(f"{line}\n" for line in lines))


def event_of(record: Record, spec: Spec) -> Record:
    return {key: value for key, value in record.items() if key != spec.label}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m trainer.make_domain")
    parser.add_argument("name", choices=DOMAINS)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    make_domain(options.name, options.out)


if __name__ == "__main__":
    main()
