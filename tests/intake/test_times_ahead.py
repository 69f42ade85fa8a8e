"""A time in the future does not decide which of two records is newer, and an import can be forced."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations

from indexer.answers.carried_names import teammates_names
from indexer.conversation.ahead import AHEAD
from indexer.datasets.calls import CALLS
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset
from indexer.datasets.teammate_statuses import TEAMMATE_STATUSES
from indexer.indexing.drain import Drain
from indexer.intake.delete_conversations import delete
from indexer.intake.importer import Imported, import_records
from indexer.settings import Settings
from indexer.store.entities.records import delete_records
from indexer.store.migrations.versions import r0014_times_ahead
from tests.builders import conversation, part
from tests.indexing.store_and_index import installed

pytestmark = pytest.mark.services

W = "w"
START = 1_772_442_000
YEAR_2099 = 4_102_444_799


@pytest.fixture
def drain(test_settings: Settings) -> Iterator[Drain]:
    with installed(test_settings) as drain:
        yield drain


Taking = Callable[..., Imported]


@pytest.fixture
def take(drain: Drain, tmp_path: Path) -> Taking:
    def take(*records: Any, dataset: Dataset = CONVERSATIONS, **options: bool) -> Imported:
        file = tmp_path / "records.ndjson"
        file.write_text("".join(json.dumps(one) + "\n" for one in records))
        refused: list[str] = []
        imported = import_records(
            drain.store,
            dataset,
            [str(file)],
            W,
            lambda place, reason: refused.append(f"{place}: {reason}"),
            **options,
        )
        assert refused == []
        return imported

    return take


def raw(title: str, updated_at: int | None, at: int = START, **more: Any) -> dict[str, Any]:
    reply = part("A", "comment", START + 60)
    return conversation(reply, id="1", at=at, title=title, updated_at=updated_at, **more)


def document(drain: Drain) -> dict[str, Any] | None:
    drain.run()
    drain.search.indices.refresh(index=drain.alias)
    hits = drain.search.search(index=drain.alias)["hits"]["hits"]
    return hits[0]["_source"] if hits else None


def title(drain: Drain) -> str | None:
    found = document(drain)
    return None if found is None else found["title"]


def said(imported: Imported) -> tuple[int, int, int, int]:
    return imported.created, imported.updated, imported.unchanged, imported.older


def test_a_record_of_the_year_2099_is_flagged_and_its_correction_is_taken(drain: Drain, take: Taking) -> None:
    imported = take(raw("wrong", YEAR_2099))
    assert (imported.count_ahead, [at for _, at in imported.ahead]) == (1, [YEAR_2099])
    found = document(drain)
    assert found is not None
    assert found["data_quality"] == [AHEAD]
    assert found["updated_at"] == YEAR_2099
    assert said(take(raw("right", START + 90))) == (0, 1, 0, 0)
    found = document(drain)
    assert found is not None
    assert (found["title"], found.get("data_quality")) == ("right", None)


def test_a_record_that_is_ahead_does_not_replace_a_later_one(drain: Drain, take: Taking) -> None:
    take(raw("stored", START + 90))
    assert said(take(raw("ahead", YEAR_2099))) == (0, 0, 0, 1)  # its last part is of START + 60
    assert title(drain) == "stored"


def test_a_clock_that_is_ahead_by_less_than_a_day_still_decides(drain: Drain, take: Taking) -> None:
    soon = int(time.time()) + 80_000
    assert take(raw("soon", soon)).count_ahead == 0
    assert said(take(raw("earlier", soon - 1))) == (0, 0, 0, 1)
    found = document(drain)
    assert found is not None
    assert (found["title"], found.get("data_quality")) == ("soon", None)


def test_if_all_times_of_a_record_are_ahead_any_other_is_newer(drain: Drain, take: Taking) -> None:
    late = conversation(id="1", at=YEAR_2099 - 5, title="wrong", updated_at=YEAR_2099)
    take(late)
    assert said(take(raw("right", START))) == (0, 1, 0, 0)
    assert title(drain) == "right"


def test_a_part_in_the_future_decides_as_little_as_updated_at(drain: Drain, take: Taking) -> None:
    wrong = raw("wrong", None)
    wrong["conversation_parts"]["conversation_parts"].append(part("C", "comment", YEAR_2099, id="99"))
    assert take(wrong).count_ahead == 1
    assert said(take(raw("right", START + 90))) == (0, 1, 0, 0)
    assert title(drain) == "right"


def test_the_same_record_again_is_unchanged(take: Taking) -> None:
    take(raw("one", YEAR_2099))
    assert said(take(raw("one", YEAR_2099))) == (0, 0, 1, 0)


def test_a_conversation_ahead_of_its_deletion_comes_back_with_a_later_change(drain: Drain, take: Taking) -> None:
    take(raw("wrong", YEAR_2099))
    delete(drain.store, W, ["1"], START + 100, retain_metrics=False)
    assert document(drain) is None
    assert said(take(raw("before", START + 90))) == (0, 0, 0, 1)
    assert said(take(raw("after", START + 110))) == (0, 1, 0, 0)
    assert title(drain) == "after"


def test_a_conversation_that_is_ahead_does_not_say_what_a_teammate_is_called(drain: Drain, take: Taking) -> None:
    for id_, name, at in (("1", "Mistaken", YEAR_2099), ("2", "Aoife", START + 90)):
        reply = part("A", "comment", START + 60, author={"type": "admin", "id": "5", "name": name})
        take(conversation(reply, id=id_, at=START, updated_at=at))
    document(drain)
    with drain.store.connect() as connection:
        assert teammates_names(drain.search, drain.alias, connection, W, ["5"]) == {"5": "Aoife"}


@pytest.mark.parametrize(
    ("dataset", "record"),
    [
        (CALLS, {"id": "1", "initiated_at": START, "ended_at": START + 50, "state": "completed"}),
        (TEAMMATE_STATUSES, {"id": "1", "admin_id": "5", "status": "away", "at": START}),
    ],
)
def test_records_of_the_smaller_datasets_that_are_ahead_can_be_corrected(
    drain: Drain, take: Taking, dataset: Dataset, record: dict[str, Any]
) -> None:
    assert take(record | {"updated_at": YEAR_2099}, dataset=dataset).count_ahead == 1
    assert said(take(record | {"updated_at": START + 60}, dataset=dataset)) == (0, 1, 0, 0)
    assert said(take(record | {"updated_at": START + 50}, dataset=dataset)) == (0, 0, 0, 1)
    assert said(take(record | {"updated_at": START + 50}, dataset=dataset, force=True)) == (0, 1, 0, 0)
    with drain.store.begin() as connection:
        delete_records(connection, dataset, W, ["1"], START + 100)
    assert said(take(record, dataset=dataset)) == (0, 0, 0, 1)
    assert said(take(record, dataset=dataset, force=True)) == (0, 1, 0, 0)


def test_force_replaces_a_newer_record(drain: Drain, take: Taking) -> None:
    take(raw("newer", START + 90))
    assert said(take(raw("older", START + 70))) == (0, 0, 0, 1)
    assert said(take(raw("older", START + 70), force=True, dry_run=True)) == (0, 1, 0, 0)
    assert title(drain) == "newer"
    assert said(take(raw("older", START + 70), force=True)) == (0, 1, 0, 0)
    assert title(drain) == "older"
    assert said(take(raw("older", START + 70), force=True)) == (0, 0, 1, 0)


@pytest.mark.parametrize("retain_metrics", [True, False])
def test_force_brings_back_a_deleted_conversation(drain: Drain, take: Taking, retain_metrics: bool) -> None:
    take(raw("one", START + 90))
    delete(drain.store, W, ["1"], START + 100, retain_metrics=retain_metrics)
    drain.run()
    assert said(take(raw("one", START + 90))) == (0, 0, 0, 1)
    assert said(take(raw("one", START + 90), force=True)) == (0, 1, 0, 0)
    assert title(drain) == "one"


def test_forced_the_last_of_several_records_counts_whatever_their_times_are(drain: Drain, take: Taking) -> None:
    page = {"id": "1", "created_at": START, "updated_at": START + 80, "title": "page"}
    records = [raw("first", START + 95), page, raw("last", START + 70)]
    assert said(take(*records, force=True)) == (1, 0, 0, 2)
    assert title(drain) == "last"


def test_forced_a_record_without_parts_keeps_the_stored_history(drain: Drain, take: Taking) -> None:
    take(raw("whole", START + 90))
    page = {"id": "1", "created_at": START, "updated_at": START + 5, "title": "page"}
    assert said(take(page)) == (0, 0, 0, 1)
    assert said(take(page, force=True)) == (0, 1, 0, 0)
    found = document(drain)
    assert found is not None
    assert (found["title"], found["teammate_replies_count"]) == ("page", 1)


def test_an_upgrade_lets_in_records_that_were_kept_out_before(drain: Drain, take: Taking) -> None:
    take(raw("wrong", YEAR_2099), conversation(id="2", at=START), conversation(id="3", at=START))
    delete(drain.store, W, ["2"], START, retain_metrics=False)
    delete(drain.store, W, ["3"], START, retain_metrics=True)
    with drain.store.begin() as connection:
        connection.exec_driver_sql("UPDATE conversations SET updated_at = %(at)s", {"at": YEAR_2099})
        with Operations.context(MigrationContext.configure(connection)):
            r0014_times_ahead.upgrade()
        rows = connection.exec_driver_sql(
            "SELECT conversation_id, updated_at, extract(epoch FROM saved_at)::bigint AS saved_at FROM conversations"
        ).all()
    found = {row.conversation_id: row for row in rows}
    assert found["1"].updated_at == START
    assert all(found[id_].updated_at == found[id_].saved_at for id_ in "23")
