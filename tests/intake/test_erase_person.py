"""An erasure in an installation with every kind of trace of a person: afterwards no name of the person is anywhere."""

import gzip
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import orjson
import pytest
from redis import Redis

from indexer.calendar.due_times import Every, Schedule
from indexer.connections import Connections
from indexer.datasets.calls import CALLS
from indexer.datasets.companies import COMPANIES
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset, Incoming
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.datasets.people import PEOPLE, incoming_person
from indexer.datasets.registry import datasets
from indexer.datasets.series_checkpoints import SERIES_CHECKPOINTS as CHECKPOINTS
from indexer.errors import Refused
from indexer.exports.export_writer import ExportWriter
from indexer.exports.message_request import MessageExportRequest
from indexer.exports.orders import order_export
from indexer.exports.request import ExportRequest
from indexer.indexing.drain import Drain
from indexer.intake.erase_person import erase_person, export_person
from indexer.search import IndexName, alias_name, create_for_bulk, ensure_dataset, restore_settings, versions
from indexer.settings import Settings
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.person_events import save_person_events
from indexer.store.entities.person_merges import merge_people
from indexer.store.entities.records import delete_records, save_records
from indexer.store.entities.saved_views import save_view
from indexer.store.entities.segments import freeze_audience, read_audiences
from indexer.store.erasure.ledger import list_erasures
from indexer.store.jobs.alerts import NewAlert, create_alert, read_alerts
from indexer.store.jobs.subscriptions import NewSubscription, create_subscription, read_subscriptions
from tests.builders import conversation, part
from tests.store.entities.people import T, event, person

pytestmark = pytest.mark.services

ID, FORMER, EXTERNAL, EMAIL, NAME = "5f-ann-id", "5f-lead-id", "ext-ann-77", "ann.unique@example.org", "Annabel Unique"
NAMES = (ID, FORMER, EXTERNAL, EMAIL, NAME)


@pytest.fixture
def here(test_settings: Settings, tmp_path: Path) -> Iterator[Connections]:
    here = Connections(test_settings.model_copy(update={"exports_dir": tmp_path}))
    for dataset in datasets():
        ensure_dataset(here.search, test_settings.index_prefix, dataset.name)
    yield here
    here.search.close()
    here.store.dispose()


def _author(id_: str, **more: Any) -> dict[str, Any]:
    return {"type": "user", "id": id_, "name": NAME, "email": EMAIL, **more}


def _conversation(id_: str, contact: str, **more: Any) -> dict[str, Any]:
    said = conversation(
        part("C", "comment", T + 60, author=_author(contact), body=f"{NAME} here, write to {EMAIL.upper()}"),
        part("A", "comment", T + 120),
        id=id_,
        at=T,
        updated_at=T + 200,
        custom_attributes={"Mail": EMAIL, "Plan": "pro"},
        contacts={"type": "contact.list", "contacts": [{"type": "contact", "id": contact, "external_id": EXTERNAL}]},
        **more,
    )
    said["source"]["author"] = _author(contact)
    return said


OTHERS = conversation(part("A", "comment", T + 60), id="other", at=T, updated_at=T)
OTHERS["source"]["body"] = f"Please ask {EMAIL}"

RAW: dict[Dataset, list[dict[str, Any]]] = {
    CONVERSATIONS: [_conversation("c1", ID), _conversation("c2", FORMER), OTHERS],
    MESSAGE_RECEIPTS: [
        {"type": "receipt", "receipt_id": f"r{number}", "received_at": T, "user_id": id_, "email": EMAIL, "name": NAME}
        | {"user_external_id": EXTERNAL, "content_type": "email", "content_id": "9"}
        for number, id_ in enumerate((ID, FORMER, "else"))
    ],
    CHECKPOINTS: [
        {"type": "checkpoint", "user_id": ID, "ruleset_id": "7", "created_at": T + number} for number in range(2)
    ],
    CALLS: [{"type": "call", "id": "call1", "initiated_at": T, "contact_id": ID, "phone": f"+1 {ID}"}],
}
RAW[MESSAGE_RECEIPTS][2] |= {"email": "else@example.org", "user_external_id": "else", "name": "Else"}


def _import(here: Connections) -> None:
    """Everything that a source delivers, again and again the same."""
    with here.store.begin() as connection:
        save_records(
            connection, COMPANIES, "w", [Incoming("acme", b'{"id":"acme","created_at":1,"updated_at":1}', T, T)]
        )
        ann = person(ID, EXTERNAL, EMAIL, ["acme"])
        ann.standard["name"] = NAME
        people = [ann, person(FORMER, email=EMAIL), person("else", "else", "else@example.org")]
        save_records(connection, PEOPLE, "w", [incoming_person(one) for one in people])
        events = [event("export", 1, id=ID), event("export", 2, external_id=EXTERNAL), event("export", 3, id=FORMER)]
        save_person_events(connection, "w", [*events, event("export", 1, id="else")])
        for dataset, raws in RAW.items():
            incoming = [dataset.incoming(orjson.dumps(raw)) for raw in raws]
            if dataset is CONVERSATIONS:
                save_conversations(connection, "w", incoming)
            else:
                save_records(connection, dataset, "w", incoming)


def _mail_to(here: Connections, *addresses: str) -> None:
    """Mail a view, a number and the exports to each address; of the exports, to the first one."""
    with here.store.begin() as connection:
        save_view(connection, "w", "All", "/pages/overview", replace=True)
        for address in addresses:
            schedule = Schedule(Every.DAILY, time(8))
            new = NewSubscription("w", address[:4], "All", address, schedule, None, datetime.now(UTC))
            assert create_subscription(connection, new)
            assert create_alert(connection, NewAlert("w", address[:4], "new_conversations", {}, "above", 1, address))
        connection.exec_driver_sql("UPDATE exports SET mail_to = %(to)s", {"to": addresses[0]})


def _drain(here: Connections) -> None:
    for dataset in datasets():
        Drain.from_connections(here, dataset).run()


def _traces(here: Connections) -> set[str]:
    """Where a name of the person stands: every column of every table, every document of every index, every key."""
    found = set()
    with here.store.connect() as connection:
        tables = connection.exec_driver_sql(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        ).scalars()
        for table in list(tables):
            rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').all()  # noqa: S608
            found |= {table for row in rows if _named(" ".join(_text(value) for value in row))}
    here.search.indices.refresh(index=f"{here.settings.index_prefix}-*")
    for name in here.search.indices.get(index=f"{here.settings.index_prefix}-*"):
        hits = here.search.search(index=name, size=1000)["hits"]["hits"]
        found |= {name for hit in hits if _named(json.dumps(hit["_source"], ensure_ascii=False) + hit["_id"])}
    for key in here.redis.scan_iter():
        found |= {f"Redis {key!r}"} if _named(_text(key) + _text(_value_in(here.redis, key))) else set()
    for path in here.settings.exports_directory.iterdir():
        found |= {f"file {path.name}"} if _named(path.name + _text(_content(path))) else set()
    return found


def _value_in(redis: Redis, key: bytes) -> object:
    """The value of a key of any type."""
    reading: dict[bytes, Callable[[bytes], object]] = {
        b"string": redis.get,
        b"hash": redis.hgetall,
        b"list": lambda name: redis.lrange(name, 0, -1),
        b"set": redis.smembers,
        b"zset": lambda name: redis.zrange(name, 0, -1),
        b"stream": redis.xrange,
    }
    return reading[redis.type(key)](key)


def _content(path: Path) -> bytes:
    """The bytes of a file, unpacked."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return b"".join(map(archive.read, archive.namelist()))
    content = path.read_bytes()
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def _text(value: object) -> str:
    return bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)


def _named(text: str) -> bool:
    return any(name.lower() in text.lower() for name in NAMES)


def _counts(here: Connections) -> dict[str, Any]:
    """Numbers that must stay: documents by dataset, and different contacts of conversations and receipts."""
    prefix = here.settings.index_prefix
    here.search.indices.refresh(index=f"{prefix}-*")
    counts: dict[str, Any] = {}
    for dataset in datasets():
        if dataset is not PEOPLE:
            counts[dataset.name] = here.search.count(index=alias_name(prefix, dataset.name))["count"]
    for dataset, field in (
        (CONVERSATIONS, "contact_ids"),
        (MESSAGE_RECEIPTS, "user_id"),
        (CHECKPOINTS, "user_id"),
    ):
        answer = here.search.search(
            index=alias_name(prefix, dataset.name), size=0, aggs={"people": {"cardinality": {"field": field}}}
        )
        counts[f"{dataset} {field}"] = answer["aggregations"]["people"]["value"]
    return counts


def _erase(here: Connections, who: str = ID, **more: Any) -> Any:
    return erase_person(here, "w", who, requested_by="dpo", because="asked on 3 May", **more)


def test_an_erased_person_is_found_nowhere_and_does_not_come_back(here: Connections) -> None:
    prefix = here.settings.index_prefix
    _import(here)
    with here.store.begin() as connection:
        merge_people(connection, "w", FORMER, ID)
        save_person_events(connection, "w", [event("late", 1, email="nobody@example.org")])
        freeze_audience(connection, "w", "May", "plan is known", [ID, "else"])
        month = {"workspace": "w", "from": "2023-11-01", "to": "2023-11-30", "time_zone": "UTC"}
        orders = MessageExportRequest.model_validate(month), ExportRequest.model_validate(month)
        ordered = [order_export(connection, order, None, here.settings)[0].export_id for order in orders]
    _drain(here)
    assert ExportWriter.from_connections(here).run() == 2
    with here.store.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO quarantine SELECT 'conversations', 'w', 'c1', 1, 'mapping', 'x', %(payload)b, 1, now(), now()",
            {"payload": NAME.encode()},
        )
    _mail_to(here, EMAIL.upper(), "else@example.org")
    before = _counts(here)
    for dataset in (PEOPLE, CONVERSATIONS):  # what a rebuild has left behind
        old = str(IndexName(prefix, dataset.name, max(versions(dataset.name)), "20200101t000000"))
        create_for_bulk(here.search, old)
        restore_settings(here.search, old)
        for hit in here.search.search(index=alias_name(prefix, dataset.name), size=100)["hits"]["hits"]:
            here.search.index(index=old, id=hit["_id"], document=hit["_source"], routing=hit["_routing"])
    here.redis.set("indexer:reconciling:people:walk", json.dumps(["w", ID, 1, 0]))
    before_erasure = _traces(here)
    assert before_erasure >= {"quarantine", "conversations", "records", "person_keys", "person_events"}
    assert {name.partition(" ")[0] for name in before_erasure} >= {"Redis", "file"}

    with here.store.connect() as connection:
        held = export_person(connection, "w", FORMER)
    assert {*held} >= {
        "people",
        "conversations",
        "message_receipts",
        "calls",
        "events",
        "event_summaries",
        "names",
        "merges",
        "subscriptions",
        "alerts",
        "mailed_exports",
    }
    assert [one["id"] for one in held["conversations"]] == ["c1", "c2"]
    assert [one["id"] for one in held["people"]] == [ID]

    planned = _erase(here, dry_run=True)
    assert planned.erasure_id is None
    assert _traces(here) == before_erasure
    erased = _erase(here, EXTERNAL)
    assert erased.counts == planned.counts
    assert sorted(erased.exports) == sorted(ordered)
    assert erased.counts["conversations"] == 3
    _drain(here)
    ExportWriter.from_connections(here).run()  # which is woken, and removes the files
    assert _traces(here) == set()
    assert _counts(here) == before

    with here.store.begin() as connection:
        [entry] = list_erasures(connection, "w")
        assert (entry.requested_by, entry.because) == ("dpo", "asked on 3 May")
        assert entry.completed_at is not None
        assert entry.counts["events"] == 3
        assert entry.counts["documents"] >= 5
        assert read_audiences(connection, "w")[0].members == 1
        assert [one.mail_to for one in read_subscriptions(connection, "w")] == ["else@example.org"]
        assert [one.mail_to for one in read_alerts(connection, "w")] == ["else@example.org"]
        with pytest.raises(Refused, match="neither the id"):
            export_person(connection, "w", ID)

    _import(here)
    with here.store.begin() as connection:
        assert delete_records(connection, PEOPLE, "w", [ID, FORMER], T + 10) == {}  # no tombstone has the id
        again = person("new-id", email=EMAIL.upper())
        assert save_records(connection, PEOPLE, "w", [incoming_person(again)]).erased == {"new-id"}
        refused = save_person_events(connection, "w", [event("x", 1, email=EMAIL), event("x", 1, id=FORMER)]).refused
        assert [str(reason) for _, reason in refused] == ["is an event of a person who was erased"] * 2
        for from_id, into_id in (
            (ID, "else"),
            ("else", ID),
            ("else", FORMER),
            (FORMER, ID),
            (EXTERNAL, "else"),
            ("else", EMAIL.upper()),
        ):
            with pytest.raises(Refused, match="erased"):
                merge_people(connection, "w", from_id, into_id)
        # Another workspace has nothing to do with it.
        assert save_records(connection, PEOPLE, "v", [incoming_person(person("7", email="v@example.org"))]).created == 1
    _drain(here)
    assert _traces(here) == set()
    assert _counts(here) == before


def test_an_address_of_several_people_is_not_barred(here: Connections) -> None:
    with here.store.begin() as connection:
        save_records(
            connection, PEOPLE, "w", [incoming_person(person(id_, email="both@example.org")) for id_ in ("a", "b")]
        )
    assert _erase(here, "a").shared_emails == ["both@example.org"]
    with here.store.begin() as connection:
        came = person("c", email="both@example.org")
        assert save_records(connection, PEOPLE, "w", [incoming_person(came)]).created == 1
        assert save_records(connection, PEOPLE, "w", [incoming_person(person("a"))]).erased == {"a"}


def _receipt(id_: str, **more: Any) -> Incoming:
    raw = {"type": "receipt", "receipt_id": id_, "received_at": T, "content_type": "email", "content_id": "9", **more}
    return MESSAGE_RECEIPTS.incoming(orjson.dumps(raw))


def test_a_person_of_whom_there_are_only_traces_is_disclosed_and_erased(here: Connections) -> None:
    said = conversation(part("A", "comment", T + 60), id="c9", at=T, updated_at=T)
    said["source"]["author"] = {"type": "lead", "id": "of-conversation", "email": "lead@example.org"}
    checkpoint = {"type": "checkpoint", "user_id": "of-checkpoint", "ruleset_id": "7", "created_at": T}
    call = {"type": "call", "id": "call9", "initiated_at": T, "contact_id": "of-call"}
    receipt = _receipt("r7", user_id="of-receipt", user_external_id="ext-of-receipt", email="receipt@example.org")
    with here.store.begin() as connection:
        save_conversations(connection, "w", [CONVERSATIONS.incoming(orjson.dumps(said))])
        save_records(connection, CHECKPOINTS, "w", [CHECKPOINTS.incoming(orjson.dumps(checkpoint))])
        save_records(connection, CALLS, "w", [CALLS.incoming(orjson.dumps(call))])
        save_records(connection, MESSAGE_RECEIPTS, "w", [receipt])
        save_person_events(
            connection,
            "w",
            [
                event("x", 1, id="of-event"),
                event("x", 1, external_id="ext-of-event"),
                event("x", 1, email="event@example.org"),
                event("x", 2, email="receipt@example.org"),
            ],
        )
        save_records(connection, PEOPLE, "w", [incoming_person(person("deleted"))])
        delete_records(connection, PEOPLE, "w", ["deleted"], T)
    names = {
        "lead@example.org": {"conversations"},
        "of-checkpoint": {"series_checkpoints"},
        "of-call": {"calls"},
        "ext-of-receipt": {"message_receipts", "waiting_events"},
        "of-event": {"waiting_events"},
        "ext-of-event": {"waiting_events"},
        "event@example.org": {"waiting_events"},
        "deleted": {"tombstones", "queue"},
    }
    for name, places in names.items():
        with here.store.connect() as connection:
            assert {*export_person(connection, "w", name)} == {"workspace", "id", *places}
        assert {*_erase(here, name).counts} == places
        with here.store.connect() as connection, pytest.raises(Refused, match="neither the id"):
            export_person(connection, "w", name)
    with here.store.begin() as connection:
        back = person("new", email="receipt@example.org"), person("of-call"), person("newer", email="lead@example.org")
        erased = save_records(connection, PEOPLE, "w", [incoming_person(one) for one in back]).erased
        assert erased == {"new", "of-call", "newer"}


def test_an_address_that_a_record_says_of_another_person_too_is_not_barred(here: Connections) -> None:
    with here.store.begin() as connection:
        receipts = [_receipt(id_, user_id=id_, email="both@example.org") for id_ in ("a", "b")]
        save_records(connection, MESSAGE_RECEIPTS, "w", receipts)
        save_records(connection, PEOPLE, "w", [incoming_person(person("a", email="both@example.org"))])
    with here.store.connect() as connection, pytest.raises(Refused, match="neither the id"):
        export_person(connection, "v", "a")
    assert _erase(here, "a").shared_emails == ["both@example.org"]
    with here.store.begin() as connection:
        assert [one["user_id"] for one in export_person(connection, "w", "b")["message_receipts"]] == ["b"]
        came = person("b", email="both@example.org")
        assert save_records(connection, PEOPLE, "w", [incoming_person(came)]).created == 1
