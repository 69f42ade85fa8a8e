"""What benchmarks found, kept with where it was found: a file for each run in `benchmarks/results/`."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks._harness import Result, as_json

RESULTS = Path(__file__).parent / "results"


def keep(name: str, result: Result) -> Path:
    """Write what a run found beside that of earlier runs: the printed object, its time, and the series."""
    now = datetime.now(UTC)
    found = as_json(name, result)
    found |= {"measured_at": now.isoformat(timespec="seconds"), "series": dict(result.series)}
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{name}-{now:%Y%m%dt%H%M%S}.json"
    file.write_text(json.dumps(found, indent=1) + "\n")
    return file


def newest() -> dict[str, dict[str, Any]]:
    """The last kept run of each benchmark, by its name."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(RESULTS.glob("*.json")):
        run = json.loads(file.read_text())
        found[run["benchmark"]] = run
    return dict(sorted(found.items()))
