"""Calls and statuses of teammates all the way: from a file through the queue into the index and to a report."""

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from indexer.answers.catalogue import find_report, load_reports
from indexer.answers.drill_down import list_conversations
from indexer.answers.run_report import run_report
from indexer.connections import Connections
from indexer.datasets.calls import CALLS
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset
from indexer.datasets.registry import datasets
from indexer.datasets.teammate_statuses import TEAMMATE_STATUSES
from indexer.errors import Refused
from indexer.indexing.backfiller import Backfiller
from indexer.indexing.drain import Drain
from indexer.indexing.rebuild_site import RebuildSite
from indexer.indexing.rebuild_steps import RebuildOptions, Watch
from indexer.indexing.rebuilder import Rebuilder
from indexer.indexing.reconciler import ReconcileOptions, Reconciler
from indexer.intake.importer import Imported, import_records
from indexer.reports import Answer, Definition, Question, Row, read_question
from indexer.reports.drill_down_search import Listed
from indexer.search import ensure_dataset
from indexer.settings import Settings
from indexer.store.entities.records import delete_records
from indexer.store.entities.workspaces import Workspace, save_workspace
from indexer.store.jobs.backfills import open_backfills
from indexer.store.queue.quarantine import Selection, list_entries
from tests.records.histories import Period, Raw, call, change, many_changes, periods
from tests.reports.plain.figures import percentile

pytestmark = pytest.mark.services

W = "w"
NOW = 1_900_000_000
T = 1_709_542_800  # Monday, 4 March 2024, 09:00 UTC
ZONES = ["UTC", "Europe/Dublin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
# Around changes of clocks to both sides, the end of a month, and a day and midnights that were skipped or came twice.
WINDOWS = [("2024-03-08", "2024-04-08"), ("2023-10-20", "2023-11-10")]
HARD = [("Pacific/Apia", "2011-12-27", "2012-01-03"), ("America/Sao_Paulo", "2018-11-01", "2018-11-07")]
HARD += [("America/Sao_Paulo", "2018-02-14", "2018-02-21"), ("America/St_Johns", "2010-11-10", "2010-11-16")]
QUARTER = 900

REPORTS = load_reports()


class Installation:
    """An empty store and empty indices, and short words for what the tests do with them."""

    def __init__(self, here: Connections, directory: Path) -> None:
        self.here = here
        self._file = directory / "records.ndjson"
        self.refused: list[str] = []

    def load(self, dataset: Dataset, *raws: Raw | bytes, workspace: str = W) -> Imported:
        lines = [raw if isinstance(raw, bytes) else orjson.dumps(raw) for raw in raws]
        self._file.write_bytes(b"\n".join(lines))

        def note(place: str, refused: Refused) -> None:
            self.refused.append(f"{place.partition(', ')[2]}: {refused}")

        return import_records(self.here.store, dataset, [str(self._file)], workspace, note)

    def drain(self) -> Counter[str]:
        counts = sum((Drain.from_connections(self.here, dataset).run() for dataset in datasets()), Counter[str]())
        self.here.search.indices.refresh(index=[self.here.alias_of(dataset) for dataset in datasets()])
        return counts

    def documents(self, dataset: Dataset) -> dict[str, dict[str, Any]]:
        hits = self.here.search.search(index=self.here.alias_of(dataset), size=10_000)["hits"]["hits"]
        return {hit["_id"]: hit["_source"] for hit in hits}

    def differences(self, dataset: Dataset) -> int:
        found = Reconciler.from_connections(self.here, dataset).run(options=ReconcileOptions(deep_share=1))
        assert not found.queued
        return found.differences

    def asked(self, name: str, **parameters: Any) -> tuple[Definition, Question]:
        definition = find_report(REPORTS, name)
        return definition, read_question(definition, {"workspace": W, "as_of": NOW, **parameters})

    def listed(self, name: str, cell: Row, **parameters: Any) -> list[Listed]:
        definition, question = self.asked(name, **parameters)
        client, prefix = self.here.search, self.here.settings.index_prefix
        place = {"period": cell.period, "group": cell.group}
        return list_conversations(client, prefix, definition, question, **place, size=1_000).rows

    def run(self, name: str, **parameters: Any) -> Answer:
        definition, question = self.asked(name, **parameters)
        return run_report(self.here.search, self.here.settings.index_prefix, definition, question)


@pytest.fixture
def installation(test_settings: Settings, tmp_path: Path) -> Iterator[Installation]:
    here = Connections(test_settings)
    for dataset in datasets():
        ensure_dataset(here.search, test_settings.index_prefix, dataset.name)
    yield Installation(here, tmp_path)
    here.search.close()
    here.store.dispose()


def stretches(documents: Mapping[str, Mapping[str, Any]]) -> list[Period]:
    found = [
        (one["teammate_id"], one["status"], one["started_at"], one.get("ended_at"))
        for one in documents.values()
        if "during" in one
    ]
    return sorted(found)


class TestTheWay:
    def test_records_arrive_in_their_indices_and_nothing_is_left_to_do(self, installation: Installation) -> None:
        assert installation.load(CALLS, call("1", T, ended_at=T + 60)).created == 1
        changes = [change("1", "9", "active", T), change("2", "9", "away", T + 60)]
        assert installation.load(TEAMMATE_STATUSES, *changes).created == 2
        assert installation.drain() == {"indexed": 3}
        assert installation.documents(CALLS)["w:1"]["duration"] == 60
        assert stretches(installation.documents(TEAMMATE_STATUSES)) == [
            ("9", "active", T, T + 60),
            ("9", "away", T + 60, None),
        ]
        assert not any(installation.differences(dataset) for dataset in datasets())

    def test_an_unusable_record_is_refused_by_its_place_and_the_others_are_saved(
        self, installation: Installation
    ) -> None:
        imported = installation.load(CALLS, call("1", T), b"{", {"id": "2"}, call("3", T))
        assert (imported.created, imported.refused) == (2, 2)
        assert [said.partition(" is")[0] for said in installation.refused] == ["line 2:", "line 3: created_at:"]

    def test_pages_of_the_api_are_taken_apart(self, installation: Installation) -> None:
        page = {"type": "list", "data": [call("1", T), call("2", T)], "total_count": 2, "pages": {}}
        assert installation.load(CALLS, page).created == 2
        logs = {
            "type": "activity_log.list",
            "activity_logs": [
                {
                    "id": "a",
                    "performed_by": {"type": "admin", "id": "9"},
                    "metadata": {"away_mode": True, "reassign_conversations": True},
                    "created_at": T,
                    "activity_type": "admin_away_mode_change",
                }
            ],
        }
        assert installation.load(TEAMMATE_STATUSES, logs).created == 1
        installation.drain()
        assert stretches(installation.documents(TEAMMATE_STATUSES)) == [("9", "away_reassign", T, None)]

    def test_a_deleted_record_is_gone_and_the_one_before_it_lasts_longer(self, installation: Installation) -> None:
        installation.load(TEAMMATE_STATUSES, *(change(str(n), "9", "active", T + 60 * n) for n in range(3)))
        installation.load(CALLS, call("1", T))
        installation.drain()
        with installation.here.store.begin() as connection:
            delete_records(connection, TEAMMATE_STATUSES, W, ["1"], NOW)
            delete_records(connection, CALLS, W, ["1"], NOW)
        assert installation.drain() == {"deleted": 2, "indexed": 1}
        assert installation.documents(CALLS) == {}
        assert stretches(installation.documents(TEAMMATE_STATUSES)) == [
            ("9", "active", T, T + 120),
            ("9", "active", T + 120, None),
        ]
        assert installation.load(CALLS, call("1", T)).older == 1
        assert not any(installation.differences(dataset) for dataset in datasets())

    def test_other_office_hours_reach_the_calls(self, installation: Installation) -> None:
        installation.load(CALLS, call("1", T), call("2", T + 12 * 3600))
        installation.drain()
        hours = {"time_zone_name": "UTC", "time_intervals": [{"start_minute": 540, "end_minute": 1020}]}
        with installation.here.store.begin() as connection:
            save_workspace(connection, Workspace(W, office_hours=hours))
        assert installation.drain() == {"indexed": 2}
        found = {one["call_id"]: one["in_office_hours"] for one in installation.documents(CALLS).values()}
        assert found == {"1": True, "2": False}
        assert installation.differences(CALLS) == 0

    def test_a_record_that_cannot_be_computed_goes_to_the_quarantine_of_its_dataset(
        self, installation: Installation
    ) -> None:
        installation.load(CALLS, call("1", T), call("2", T))
        with installation.here.store.begin() as connection:
            connection.exec_driver_sql("UPDATE records SET payload = '{' WHERE record_id = '1'")
        assert installation.drain() == {"indexed": 1, "quarantined": 1}
        with installation.here.store.connect() as connection:
            assert [one.entity_id for one in list_entries(connection, Selection(CALLS))] == ["1"]
            assert list_entries(connection, Selection(CONVERSATIONS)) == []

    @pytest.mark.parametrize("dataset", [CALLS, TEAMMATE_STATUSES], ids=str)
    def test_an_index_is_rebuilt_beside_the_old_one(self, installation: Installation, dataset: Dataset) -> None:
        raws = many_changes(T, T + 86_400, 40, 1) if dataset is TEAMMATE_STATUSES else [call("1", T), call("2", T)]
        installation.load(dataset, *raws)
        installation.drain()
        before = installation.documents(dataset)
        late = change("99", "t0", "active", T + 7) if dataset is TEAMMATE_STATUSES else call("99", T)

        def work() -> None:
            with installation.here.store.connect() as connection:
                free = open_backfills(connection)
            for backfill_id in free:
                installation.load(dataset, late)
                Backfiller.from_connections(installation.here).run(backfill_id)
            installation.drain()

        here = installation.here
        site = RebuildSite.from_connections(here, dataset)
        rebuilder = Rebuilder(site, Watch(on_wait=work))
        rebuild = rebuilder.run(rebuilder.start(), "grace", RebuildOptions(deep_share=1))
        assert here.search.indices.exists(index=rebuild.from_index)
        after = installation.documents(dataset)
        assert after.keys() == before.keys() | {"w:99"}
        assert installation.differences(dataset) == 0
        rebuilder.run(rebuild, "pruned")
        assert not here.search.indices.exists(index=rebuild.from_index)


@pytest.mark.parametrize("seed", range(4))
def test_changes_of_status_come_in_any_order_and_twice(installation: Installation, seed: int) -> None:
    changes = many_changes(T, T + 3 * 86_400, 60, seed)
    arriving = changes + random.Random(seed).sample(changes, 20)
    random.Random(seed).shuffle(arriving)
    for some in _batched(arriving, 7):
        installation.load(TEAMMATE_STATUSES, *some)
        if random.Random(len(some)).random() < 0.5:
            installation.drain()
    installation.drain()
    assert stretches(installation.documents(TEAMMATE_STATUSES)) == sorted(periods(changes))
    assert installation.differences(TEAMMATE_STATUSES) == 0


def _batched(items: list[Raw], size: int) -> Iterator[list[Raw]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def seconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def days(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]


def period_of(day: date, interval: str) -> date:
    match interval:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case _:
            return day


def time_by_day(one: Period, zone: ZoneInfo, now: int) -> dict[date, int]:
    """How much of a stretch lies on which local date, by looking at every quarter of an hour."""
    _, _, start, end = one
    end = now if end is None else min(end, now)
    found: dict[date, int] = defaultdict(int)
    for at in range(start - start % QUARTER, end, QUARTER):
        length = min(end, at + QUARTER) - max(start, at)
        if length > 0:
            found[datetime.fromtimestamp(max(start, at), zone).date()] += length
    return found


@pytest.mark.parametrize(("zone", "first", "last"), [*((zone, *window) for zone in ZONES for window in WINDOWS), *HARD])
def test_time_in_a_status_counts_in_each_period_of_the_zone(
    installation: Installation, zone: str, first: str, last: str
) -> None:
    start, end = seconds(first), seconds(last)
    changes = many_changes(start - 5 * 86_400, end + 5 * 86_400, 150, len(zone))
    installation.load(TEAMMATE_STATUSES, *changes)
    installation.load(TEAMMATE_STATUSES, change("1", "t0", "active", start), workspace="other")
    installation.drain()
    for as_of, interval in itertools.product((NOW, (start + end) // 2 + 77), ("day", "week", "month", "range")):
        expected: dict[tuple[date, str], int] = defaultdict(int)
        behind: dict[tuple[date, str], int] = defaultdict(int)
        total, counted = 0, 0
        wanted = set(days(first, last))
        for one in periods(changes):
            if one[1] != "away":
                continue
            inside = {day: time for day, time in time_by_day(one, ZoneInfo(zone), as_of).items() if day in wanted}
            for day, time in inside.items():
                expected[wanted_period(day, interval, first), one[0]] += time
            for period in {wanted_period(day, interval, first) for day in inside}:
                behind[period, one[0]] += 1
            total, counted = total + sum(inside.values()), counted + bool(inside)
        common = {"from": first, "to": last, "time_zone": zone, "interval": interval, "as_of": as_of}
        grouped = installation.run("teammate_time_away", group_by="teammate", **common)
        assert (grouped.total.value, grouped.total.count) == (total, counted)
        assert {(row.period, row.group): row.value for row in grouped.rows if row.count} == expected
        assert {(row.period, row.group): row.count for row in grouped.rows if row.count} == behind
        assert all(row.value == 0 for row in grouped.rows if not row.count)
        some = random.Random(1).sample(grouped.rows, min(4, len(grouped.rows)))
        for row in some:
            listed = installation.listed("teammate_time_away", row, group_by="teammate", **common)
            assert (sum(one.value or 0 for one in listed), len(listed)) == (row.value, row.count)
        whole = installation.run("teammate_time_away", compare=True, group_by="none", **common)
        assert (whole.total.value, whole.total.count) == (total, counted)
        by_period: dict[date, int] = defaultdict(int)
        for (period, _), time in expected.items():
            by_period[period] += time
        assert {row.period: row.value for row in whole.rows if row.value} == by_period
        assert [row.period for row in whole.rows] == sorted({wanted_period(day, interval, first) for day in wanted})


def wanted_period(day: date, interval: str, first: str) -> date:
    return date.fromisoformat(first) if interval == "range" else period_of(day, interval)


def test_days_to_come_have_no_time_yet(installation: Installation) -> None:
    installation.load(TEAMMATE_STATUSES, change("1", "9", "away", T))
    installation.drain()
    for interval in ("day", "range"):
        answer = installation.run(
            "teammate_time_away",
            **{"from": "2024-03-06", "to": "2024-03-07", "as_of": T + 60, "interval": interval, "group_by": "teammate"},
        )
        assert (answer.total.value, answer.total.count) == (0, 0)
        assert {row.value for row in answer.rows} == {0}


def many_calls(start: int, end: int, count: int, seed: int) -> list[Raw]:
    dice = random.Random(seed)
    states = ["completed", "answered", "abandoned_routing", "abandoned_in_queue", "abandoned_on_hold"]
    states += ["abandoned_in_voicemail", "voicemail_left", "ringing"]
    found = []
    for number in range(count):
        at = dice.randrange(start, end) if dice.random() < 0.5 else dice.randrange(start, end, 3600)
        other: Raw = {"state": dice.choice(states), "direction": dice.choice(["inbound", "outbound"])}
        if dice.random() < 0.8:
            other["ended_at"] = at + dice.randrange(2_000)
        if other["state"] in ("completed", "answered"):
            other["answered_at"] = at + 5
        if dice.random() < 0.8:
            other["admin_id"] = dice.choice(["7", "8"])
        found.append(call(str(number), at, **other))
    return found


@pytest.mark.parametrize(("zone", "first", "last"), [(zone, *WINDOWS[0]) for zone in ZONES[:3]])
def test_reports_of_calls_are_what_a_plain_count_says(
    installation: Installation, zone: str, first: str, last: str
) -> None:
    calls = many_calls(seconds(first) - 86_400, seconds(last) + 2 * 86_400, 300, 5)
    hours = {"time_zone_name": "UTC", "time_intervals": [{"start_minute": 540, "end_minute": 1020}]}
    with installation.here.store.begin() as connection:
        save_workspace(connection, Workspace(W, office_hours=hours))
    installation.load(CALLS, *calls)
    installation.load(CALLS, call("1", seconds(first)), workspace="other")
    installation.drain()
    wanted = set(days(first, last))

    def day_of(one: Raw) -> date:
        return datetime.fromtimestamp(one["initiated_at"], ZoneInfo(zone)).date()

    def is_open(one: Raw) -> bool:
        moment = datetime.fromtimestamp(one["initiated_at"], UTC)
        return moment.weekday() == 0 and 9 <= moment.hour < 17

    def duration(of: list[Raw], statistic: Any) -> Any:
        lengths = [one["ended_at"] - one["initiated_at"] for one in of if "ended_at" in one]
        return statistic(lengths) if lengths else None

    plain = {
        "new_calls": len,
        "inbound_calls": lambda of: sum(one["direction"] == "inbound" for one in of),
        "answered_calls": lambda of: sum("answered_at" in one for one in of),
        "abandoned_calls": lambda of: sum(one["state"].startswith("abandoned") for one in of),
        "voicemail_calls": lambda of: sum(one["state"] == "voicemail_left" for one in of),
        "out_of_hours_calls": lambda of: sum(not is_open(one) for one in of),
        "median_call_duration": lambda of: duration(of, lambda found: percentile(found, 50).value),
        "call_duration_percentile": lambda of: duration(of, lambda found: percentile(found, 95).value),
        "call_duration_range": lambda of: duration(of, lambda found: max(found) - min(found)),
        "shortest_call": lambda of: duration(of, min),
        "mean_call_duration": lambda of: duration(of, lambda found: sum(found) / len(found)),
        "total_call_duration": lambda of: duration(of, sum) or 0,
        "longest_call": lambda of: duration(of, max),
    }
    assert set(plain) == {name for name, report in REPORTS.items() if report.dataset == "calls"}
    inside = [one for one in calls if day_of(one) in wanted]
    for name, count in plain.items():
        answer = installation.run(
            name, **{"from": first, "to": last, "time_zone": zone, "exact": True, "group_by": "teammate"}
        )
        assert answer.total.value == pytest.approx(count(inside))
        for row in answer.rows:
            of = [one for one in inside if day_of(one) == row.period and one.get("admin_id") == row.group]
            assert row.value == pytest.approx(count(of)), (name, row)
    inbound = installation.run(
        "new_calls", **{"from": first, "to": last, "time_zone": zone, "where": ["direction=inbound"]}
    )
    assert inbound.total.value == plain["inbound_calls"](inside)
