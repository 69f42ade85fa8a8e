"""A record that cannot be stored is refused by its place, and the others are saved."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError

from indexer.datasets.calls import CALLS
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset, Incoming
from indexer.datasets.teammate_statuses import TEAMMATE_STATUSES
from indexer.errors import Refused
from indexer.intake.importer import Imported, import_records
from tests.builders import conversation, part

pytestmark = pytest.mark.services

START = 1_772_442_000


def stored(store: Engine, table: str = "conversations") -> list[str]:
    column = "conversation_id" if table == "conversations" else "record_id"
    with store.connect() as connection:
        return list(connection.exec_driver_sql(f"SELECT {column} FROM {table} ORDER BY 1").scalars())  # noqa: S608


def taken(store: Engine, path: Path, raws: list[Any], intake: Dataset = CONVERSATIONS) -> tuple[Imported, list[str]]:
    path.write_bytes(b"\n".join(map(orjson.dumps, raws)))
    said: list[str] = []

    def on_refused(place: str, refused: Refused) -> None:
        said.append(f"{place.removeprefix(f'{path}, ')}: {refused}")

    return import_records(store, intake, [str(path)], "w", on_refused), said


def raw(id_: str, **more: Any) -> dict[str, Any]:
    return conversation(part("A", "comment", START + 60), at=START, id=id_, **more)


def long_id(length: int) -> str:
    """An id that PostgreSQL cannot make shorter."""
    return "".join(random.Random(3).choices("0123456789abcdefghijklmnopqrstuvwxyz", k=length))


@pytest.mark.parametrize("length", [511, 5_300, 40_000])
def test_a_record_with_a_long_id_is_refused_by_its_path_and_the_others_are_saved(
    store: Engine, tmp_path: Path, length: int
) -> None:
    ids = [*"abcde", long_id(length), *"fghijk"]
    imported, said = taken(store, tmp_path / "some.ndjson", [raw(id_) for id_ in ids])
    assert (imported.created, imported.refused) == (11, 1)
    assert stored(store) == list("abcdefghijk")
    assert len(said) == 1
    assert said[0].startswith("line 6: id: ")
    assert "longer than 512 bytes" in said[0]


def test_the_longest_id_of_a_workspace_is_taken(store: Engine, tmp_path: Path) -> None:
    imported, said = taken(store, tmp_path / "some.ndjson", [raw(long_id(510))])
    assert (imported.created, said) == (1, [])


def test_a_long_id_of_a_contact_company_or_tag_is_left_out_with_a_flag(store: Engine, tmp_path: Path) -> None:
    long = long_id(5_300)
    contact = {"id": long, "companies": {"data": [{"id": long}, {"id": "c1"}]}}
    odd = raw(
        "odd", contacts={"contacts": [contact, {"id": "u1"}]}, company={"id": long}, tags={"tags": [{"id": long}]}
    )
    imported, said = taken(store, tmp_path / "some.ndjson", [raw("a"), odd, raw("b")])
    assert (imported.created, said) == (3, [])
    with store.connect() as connection:
        found = connection.exec_driver_sql("SELECT contact_ids FROM conversations WHERE conversation_id = 'odd'")
        assert found.scalar_one() == ["u1"]


@pytest.mark.parametrize(
    ("intake", "record", "path"),
    [
        (CALLS, {"initiated_at": START}, "id"),
        (TEAMMATE_STATUSES, {"admin_id": "1", "status": "away", "at": START}, "id"),
        (TEAMMATE_STATUSES, {"admin_id": long_id(5_300), "status": "away", "at": START}, "admin_id"),
    ],
    ids=["a call", "a status", "the teammate of a status"],
)
def test_records_of_the_smaller_datasets_are_refused_alone_too(
    store: Engine, tmp_path: Path, intake: Dataset, record: dict[str, Any], path: str
) -> None:
    odd = {"id": long_id(5_300) if path == "id" else "odd", **record}
    fine = {**record, "id": "1"} | ({"admin_id": "1"} if "admin_id" in record else {})
    imported, said = taken(store, tmp_path / "some.ndjson", [odd, fine], intake)
    assert (imported.created, imported.refused) == (1, 1)
    assert said[0].startswith(f"line 1: {path}: ")
    assert stored(store, "records") == ["1"]


def spoiled(payload: bytes) -> Incoming:
    """The record as the store takes it, with a time that no column holds if its id says so."""
    found = CONVERSATIONS.incoming(payload)
    return found._replace(created_at=1 << 63) if "spoilt" in found.entity_id else found


def test_a_record_that_postgresql_refuses_is_refused_alone_with_its_reason(store: Engine, tmp_path: Path) -> None:
    ids = [f"{number:02}{'spoilt' if number in (0, 7, 11) else ''}" for number in range(12)]
    intake = replace(CONVERSATIONS, incoming=spoiled)
    imported, said = taken(store, tmp_path / "some.ndjson", [raw(id_) for id_ in ids], intake)
    assert (imported.created, imported.refused) == (9, 3)
    assert stored(store) == [id_ for id_ in ids if "spoilt" not in id_]
    assert [line.partition(":")[0] for line in said] == ["line 1", "line 8", "line 12"]
    assert all("PostgreSQL does not accept it" in line and "bigint" in line for line in said)
    assert imported.shards


def test_a_defect_of_the_program_is_not_blamed_on_the_records(store: Engine, tmp_path: Path) -> None:
    with store.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE conversations RENAME COLUMN partial TO whole")
    with pytest.raises(ProgrammingError):
        taken(store, tmp_path / "some.ndjson", [raw("a"), raw("b")])
