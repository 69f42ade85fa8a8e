"""A dataset that the package does not know goes all the way, used as an operator uses one.

All that it is lies in `tests/datasets/toy/`: its records, its document, its mapping, its vocabulary, its reports.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexer.settings import Settings
from tests.forking import Program
from tests.integration.installation import Installation

pytestmark = pytest.mark.services

T = 1_709_542_800  # Monday, 4 March 2024, 09:00 UTC
DAY = 86_400
IN_W = ("--workspace", "w")
DAYS = (*IN_W, "--from", "2024-03-04", "--to", "2024-03-05")
OF_PARCELS = ("--dataset", "parcels")


class Toy(Installation):
    """The commands of the program that adds the toy dataset."""

    module = "tests.datasets.toy"

    def __init__(self, settings: Settings, directory: Path) -> None:
        super().__init__(settings)
        self.alias = f"{settings.index_prefix}-parcels"
        self._file = directory / "parcels.ndjson"

    def load(self, *parcels: dict[str, Any], code: int = 0) -> str:
        """What the import of these parcels says on standard error."""
        self._file.write_bytes(b"\n".join(map(orjson.dumps, parcels)))
        return self.said("import", str(self._file), *IN_W, *OF_PARCELS, code=code)

    def load_and_index(self, *parcels: dict[str, Any]) -> None:
        self.load(*parcels)
        self.wait_until(changes_left=0)
        self.search.indices.refresh(index=self.alias)

    def reconcile(self, *options: str, code: int = 0) -> Any:
        self.search.indices.refresh(index=self.alias)
        return orjson.loads(self.run("reconcile", *OF_PARCELS, "--deep", *options, "--format", "json", code=code))

    def differences(self) -> int:
        found = self.reconcile()
        return sum(found[kind] for kind in ("missing", "stale", "orphaned", "differing"))

    def total(self, report: str, *options: str) -> Any:
        return self.json("report", "run", report, *DAYS, *options)["total"]["value"]


@pytest.fixture
def toy(test_settings: Settings, tmp_path: Path) -> Iterator[Toy]:
    used = Toy(test_settings, tmp_path)
    used.index_everything()  # creates the index
    yield used
    used.close()


@pytest.fixture
def worker(toy: Toy) -> Iterator[Program]:
    started = toy.start_worker()
    yield started
    toy.kill(started)


def parcel(number: int, carrier: str = "ship", **other: Any) -> dict[str, Any]:
    stops = [{"at": T + 60, "place": "Cork"}, {"at": T + DAY, "place": "Dublin"}]
    return {"id": str(number), "sent_at": T, "updated_at": T + DAY, "carrier": carrier, "stops": stops, **other}


def test_it_goes_from_a_file_to_a_report_and_the_list_behind_it(toy: Toy, worker: Program, tmp_path: Path) -> None:
    said = toy.load(parcel(1), parcel(2, "train"), {"id": "3"}, code=1)
    assert "line 3: sent_at: is missing" in said
    toy.load_and_index(parcel(4, "train", sent_at=T + DAY))

    answer = toy.json("report", "run", "parcels_sent", *DAYS, "--group-by", "carrier", "--interval", "range")
    assert {row["group"]: row["value"] for row in answer["rows"]} == {"ship": 1, "train": 2}
    assert (answer["total"]["value"], answer["unit"]) == (3, "parcels")
    assert toy.total("parcels_sent", "--where", "carrier=train") == 2
    said = toy.said("report", "run", "parcels_sent", *DAYS, "--where", "carrier=tran", code=2)
    assert "no parcel of w has the carrier 'tran'; did you mean 'train'" in said

    behind = toy.json("report", "conversations", "parcels_sent", *DAYS, "--group-by", "carrier", "--group", "train")
    assert [(row["conversation_id"], row["value"], row["carrier"]) for row in behind] == [
        ("2", 1, "train"),
        ("4", 1, "train"),
    ]
    assert toy.total("parcel_stops") == 6
    assert toy.total("parcel_stops", "--where", "place=Cork") == 3
    behind = toy.json("report", "conversations", "parcel_stops", *DAYS, "--period", "2024-03-05")
    assert {row["conversation_id"]: row["value"] for row in behind} == {"1": 1, "2": 1, "4": 1}

    toy.run("record", "delete", "parcels", "2", *IN_W, "--yes")
    toy.wait_until(changes_left=0)
    assert toy.documents("w").keys() == {"w:1", "w:4"}
    plain = Installation(toy.settings)
    assert "no dataset 'parcels'" in plain.said("import", str(tmp_path / "parcels.ndjson"), *IN_W, *OF_PARCELS, code=2)
    plain.close()


def test_it_is_backfilled_reconciled_and_rebuilt(toy: Toy, worker: Program) -> None:
    toy.load_and_index(*map(parcel, range(10)))
    [done] = toy.json("backfill", *OF_PARCELS)
    assert (done["state"], done["indexed"] + done["superseded"]) == ("done", 10)

    assert toy.differences() == 0
    toy.search.delete(index=toy.alias, id="w:1", routing="w", refresh=True)
    assert toy.reconcile("--repair", code=1)["missing"] == 1
    toy.wait_until(changes_left=0)
    assert toy.differences() == 0

    [old] = toy.search.indices.get_alias(name=toy.alias)
    assert toy.json("index", "rebuild", "parcels", "--no-swap")["step"] == "ready"
    verified = toy.json("index", "verify", "parcels")
    assert (verified["compared"], verified["equal"], verified["fields"]) == (10, 10, [])
    toy.run("index", "swap", "parcels")
    [new] = toy.search.indices.get_alias(name=toy.alias)
    assert new != old
    assert f"{old} removed" in toy.run("index", "prune", "parcels", "--yes")
    assert toy.differences() == 0


def test_it_is_compared_with_the_store_and_with_a_file(toy: Toy, worker: Program, tmp_path: Path) -> None:
    toy.load_and_index(*map(parcel, range(10)))
    same = toy.json("diff", "index:parcels", "source", *OF_PARCELS, *DAYS)
    assert (same["compared"], same["equal"], same["uncomputable"]) == (10, True, 0)

    changed = list(toy.documents("w").values())
    changed[3]["sent_at"] += 60
    changed[5]["stops"] = changed[5]["stops"][:1]
    file = tmp_path / "documents.ndjson"
    file.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in changed))
    found = orjson.loads(toy.run("diff", f"file:{file}", "source", *OF_PARCELS, "--format", "json", code=1))
    assert (found["compared"], found["different"], found["explained"]) == (10, 2, 0)
    samples = {one["left"]: [sample["conversation_id"] for sample in one["samples"]] for one in found["fields"]}
    assert samples == {"sent_at": [changed[3]["parcel_id"]], "stops": [changed[5]["parcel_id"]]}
    toy.run("diff", f"file:{file}", "source", *OF_PARCELS, "--tolerance", "timestamp=1m", "--ignore", "stops")

    assert "add --dataset parcels" in toy.said("diff", "source", "index:parcels", code=2)
    assert "parcels have no side vendor" in toy.said("diff", "source", "vendor", *OF_PARCELS, code=2)


def test_what_cannot_be_indexed_of_it_goes_to_quarantine_and_the_doctor_sees_its_index(
    toy: Toy, worker: Program
) -> None:
    too_long = [{"at": T, "place": "x" * 40_000}]
    toy.load_and_index(parcel(1), parcel(2, stops=too_long))
    [entry] = toy.json("quarantine", "list", *OF_PARCELS)["entries"]
    assert entry["conversation_id"] == "2"
    assert toy.documents("w").keys() == {"w:1"}
    assert toy.json("quarantine", "show", "w", "2", "--payload", *OF_PARCELS)["payload"]["stops"] == too_long
    toy.load_and_index(parcel(2, updated_at=T + 2 * DAY))
    assert toy.json("quarantine", "list", *OF_PARCELS)["entries"] == []
    assert toy.differences() == 0

    rows = {row["check"]: row for row in toy.json("doctor")}
    assert "parcels" in rows["elasticsearch documents"]["detail"]
    assert {row["verdict"] for row in rows.values()} <= {"ok", "warning"}
