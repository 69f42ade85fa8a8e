"""Every name and literal that the program reads is in the facts, from the vendor or from another source."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import yaml
from pydantic import BaseModel

from indexer.conversation import wire
from indexer.dashboards.page_definition import PAGES
from indexer.office_hours import wire as hours
from indexer.reports.vocabulary import FILE
from tests.vendor.facts import elsewhere, published
from tests.vendor.reading import ROOM, looked_up, words

QUERIES = ROOM.parent / "queries"

CONVERSATION = ("conversation", "ticket")
PART = ("conversation_part", "ticket_part")
AUTHOR = ("conversation_part_author", "conversation_source_author", "ticket_part_author")
CONTACT = ("contact", "contact_reference")

SHAPES: dict[type, tuple[str, ...]] = {
    wire.AiAgent: ("ai_agent",),
    wire.Author: AUTHOR,
    wire.Company: ("company", "company_data"),
    wire.CompanyList: ("contact_companies",),
    wire.Contact: CONTACT,
    wire.ContactList: ("conversation_contacts", "ticket_contacts"),
    wire.Conversation: CONVERSATION,
    wire.Location: ("contact_location",),
    wire.Part: PART,
    wire.PartList: ("conversation_parts", "ticket_parts"),
    wire.Rating: ("conversation_rating",),
    wire.Reference: ("reference",),
    wire.SlaApplied: ("sla_applied",),
    wire.SlaEvent: ("conversation_sla_target_missed",),
    wire.Source: ("conversation_source",),
    wire.Statistics: ("conversation_statistics",),
    wire.Tag: ("tag",),
    wire.TagList: ("tags",),
    hours.WeekInterval: ("office_hours_time_interval",),
    hours.DayInterval: ("office_hours_time_interval",),
    hours.DayException: ("office_hours_exception",),
    hours.ScheduleJSON: ("office_hours_schedule",),
    hours.OfficeHoursJSON: ("office_hours_schedule",),
}
"""What each type of the wire is with the vendor."""

LOOKED_UP = {
    "conversation/tolerant.py": {
        ("conversation_from", "raw"): CONVERSATION,
        ("conversation", "raw"): CONVERSATION,
        ("conversation", "statistics"): ("conversation_statistics",),
        ("conversation", "attributes"): ("ticket_custom_attributes",),
        ("conversation", "_object(raw.get('company'))"): ("company",),
        ("conversation", "tag"): ("tag",),
        ("_source", "raw"): ("conversation_source",),
        ("_part_list", "raw"): CONVERSATION,
        ("_part_list", "holder"): ("conversation_parts", "ticket_parts"),
        ("_part", "raw"): PART,
        ("_author", "value"): AUTHOR,
        ("_assigned_to", "value"): ("reference",),
        ("_assignee_id", "assignee"): ("reference",),
        ("_contact", "raw"): CONTACT,
        ("_contact", "place"): ("contact_location",),
        ("_contact", "one"): ("company_data",),
        ("_rating", "raw"): ("conversation_rating",),
        ("_rating", "teammate"): ("reference",),
        ("_state", "raw"): CONVERSATION,
        ("_assignee_id", "raw"): CONVERSATION,
        ("_contacts", "raw"): CONVERSATION,
        ("_sla_applied", "value"): ("sla_applied",),
        ("_ai_agent", "raw"): ("ai_agent",),
        ("_entries", "holder"): ("conversation_contacts", "tags", "contact_companies"),
    },
    "messages/receipt.py": {("read_receipt", "raw"): ("data_export_csv",)},
    "messages/event.py": {("read_event", "raw"): ("message_stat",), ("kind_of", "raw"): ("message_stat",)},
    "messages/checkpoint.py": {("read_checkpoint", "raw"): ("series_checkpoint",)},
    "records/call.py": {("parse_call", "raw"): ("call",)},
    "records/teammate_status.py": {
        ("parse_status_change", "raw"): ("status_change",),
        ("_from_activity", "raw"): ("activity_log",),
        ("_from_activity", "metadata"): ("activity_log_metadata",),
        ("_from_activity", "inner(raw.get('performed_by'), 'performed_by')"): ("activity_log.performed_by",),
    },
    "office_hours/wire.py": {
        ("_list_of_page", "value"): ("office_hours_exception_list",),
        ("_after_start", "info.data"): ("office_hours_time_interval",),
        ("_given_for_custom_hours", "info.data"): ("office_hours_exception",),
    },
}
"""What each object is with the vendor in which a module looks up names itself."""

MODULES = (
    *(f"conversation/{path.name}" for path in sorted((ROOM / "conversation").glob("*.py"))),
    *(f"messages/{name}.py" for name in ("checkpoint", "event", "receipt", "statistics")),
    *(f"records/{path.name}" for path in sorted((ROOM / "records").glob("*.py"))),
    "office_hours/schedule_reader.py",
    "office_hours/wire.py",
    "metrics/facts.py",
    "metrics/legacy.py",
    "metrics/sla_outcomes.py",
)

LITERALS = {
    "ai.last_answer_type": ("ai_agent", "last_answer_type"),
    "ai.resolution_state": ("ai_agent", "resolution_state"),
    "ai.source_type": ("ai_agent", "source_type"),
    "direction": ("call", "direction"),
    "outcome": ("call", "state"),
    "sla.status": ("sla_applied", "sla_status"),
    "state": ("conversation", "state"),
}
"""Fields of documents that hold the vendor's own literals, and what they were read from."""


def fields_of(name: str) -> set[str]:
    """What is known to be a field of an object, from whatever source."""
    holder, _, inner = name.partition(".")
    known = {**published()["objects"], **elsewhere()["objects"]}[holder]
    found = set(known[inner] if inner else known)
    return found.union(*elsewhere()["fields"].get(name, {}).values())


def literals_of(name: str, field: str) -> set[str]:
    found = set(published()["words"].get(f"{name}.{field}", ()))
    found.update(*elsewhere()["words"].get(f"{name}.{field}", {}).values())
    known = {**published()["objects"], **elsewhere()["objects"]}[name].get(field)
    return found.union(_literals(known))


def _literals(known: Any) -> Iterator[str]:
    match known:
        case list():
            yield from known
        case {"some of": some}:
            yield from some
        case dict():
            for one in known.values():
                yield from _literals(one)


def known_words() -> set[str]:
    """Every name and literal of the facts."""
    found: set[str] = set()
    for name, known in {**published()["objects"], **elsewhere()["objects"]}.items():
        found |= {name, *known, *_literals(known)}
    for holder in (elsewhere()["fields"], elsewhere()["words"]):
        for by_source in holder.values():
            found.update(*by_source.values())
    return found.union(*published()["words"].values())


def fields_read(shape: type) -> tuple[str, ...]:
    if issubclass(shape, BaseModel):
        return tuple(shape.model_fields)
    return tuple(field.encode_name for field in msgspec.structs.fields(shape))


def test_every_type_of_the_wire_has_a_shape() -> None:
    structs = {one for one in vars(wire).values() if isinstance(one, type) and one.__module__ == wire.__name__}
    models = {
        one
        for one in vars(hours).values()
        if isinstance(one, type)
        and issubclass(one, BaseModel)
        and one.model_fields
        and one.__module__ == hours.__name__
    }
    assert {one for one in structs if issubclass(one, msgspec.Struct)} | models == set(SHAPES)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_field_of_the_wire_is_known(shape: type) -> None:
    assert set(fields_read(shape)) - set().union(*map(fields_of, SHAPES[shape])) == set()


@pytest.mark.parametrize("module", LOOKED_UP)
def test_every_name_that_is_looked_up_is_known(module: str) -> None:
    unknown = []
    for function, holder, name in looked_up(module):
        objects = LOOKED_UP[module].get((function, holder))
        assert objects is not None, f"{module}: say what {holder!r} of {function} is with the vendor"
        if name not in set().union(*map(fields_of, objects)):
            unknown.append(f"{module}, {function}: {holder}[{name!r}]")
    assert unknown == []


def test_every_literal_is_known() -> None:
    known = known_words()
    assert [f"{module}: {word!r}" for word, module in words(*MODULES).items() if word not in known] == []


def test_reports_ask_for_literals_that_exist() -> None:
    assert [
        f"{report}: {field}: {literal}"
        for report, field, literal in asked()
        if field in LITERALS and literal not in literals_of(*LITERALS[field])
    ] == []


def asked() -> Iterator[tuple[str, str, str]]:
    """Every text in a condition of a report: the report, the field, and the text."""
    for path in sorted(QUERIES.glob("*/*.yaml")):
        if path.name == FILE or path.parent.name == PAGES:
            continue
        for field, literal in _conditions(yaml.safe_load(path.read_text())):
            yield path.name, field, literal


def _conditions(said: Any) -> Iterator[tuple[str, str]]:
    if isinstance(said, dict):
        for field, condition in said.items():
            values = condition.get("not") if isinstance(condition, dict) else condition
            for value in values if isinstance(values, list) else [values]:
                if isinstance(value, str):
                    yield field, value
            yield from _conditions(condition)


def test_every_source_is_explained_and_used() -> None:
    used = {
        source for holder in ("fields", "words") for by_source in elsewhere()[holder].values() for source in by_source
    }
    assert used | set(elsewhere()["object sources"]) == set(elsewhere()["sources"])
    named = [name for names in elsewhere()["object sources"].values() for name in names]
    assert sorted(named) == sorted(elsewhere()["objects"])


def test_the_list_from_elsewhere_has_no_name_that_is_not_read() -> None:
    read = {literal for _, _, literal in asked()}.union(words(*MODULES), *map(fields_read, SHAPES))
    idle = [
        f"{holder}: {place}: {word}"
        for holder in ("fields", "words")
        for place, by_source in elsewhere()[holder].items()
        for listed in by_source.values()
        for word in listed
        if word not in read
    ]
    assert idle == []
