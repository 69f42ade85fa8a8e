"""The pages of one person and of one receipt."""

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse

from indexer.answers.load_receipt_explanation import load_receipt_explanation
from indexer.answers.person_overview import (
    PersonOverview,
    RecordsOfPerson,
    read_person_overview,
    records_of_person,
    state_at,
)
from indexer.dashboards import PageState
from indexer.errors import OperatorError
from indexer.explaining.receipt_explanation import ReceiptExplanation, ReceiptField
from indexer.explaining.receipt_words import counts_words, event_words, field_words
from indexer.people.person_description import described_person
from indexer.web.moment_words import moment_text
from indexer.web.page_templates import page as rendered_page
from indexer.web.pages.back_link import Back, back_link
from indexer.web.pages.earlier_state import AsOf, earlier_state, moments_named
from indexer.web.pages.page_nav import page_nav
from indexer.web.pages.record_links import CONVERSATIONS, record_url
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.clock import now
from indexer.web.requests.gates import Gate, through
from indexer.web.requests.object_bodies import WorkspaceToRead
from indexer.web.requests.stored_text import expect_text

router = APIRouter(include_in_schema=False, dependencies=[through(Gate.SEARCHES)])

PersonPath = Annotated[
    str, Path(description="The person's id, external id, or e-mail address if nobody else has it.", max_length=512)
]
ReceiptPath = Annotated[str, Path(description="The receipt's id.", max_length=512)]

_LISTS: Final = frozenset({"custom", "tags", "segments", "companies", "events"})
_NOT_KNOWN: Final = "not known"


class RecordLine(NamedTuple):
    """A conversation or a receipt of a person: its address, and its cells in words."""

    url: str
    id: str
    at: str
    text: str
    state: str


@router.get("/people/{person:path}")
def show_person(
    person: PersonPath,
    workspace: WorkspaceToRead,
    backend: BackendOfRequest,
    as_of: AsOf = None,
    back: Back = None,
) -> HTMLResponse:
    """A person: attributes, companies, events, segments, conversations and messages."""
    expect_text("person", person)
    back, template = back_link(back), backend.settings.profile_url
    with moments_named():
        found = backend.reading(
            lambda connection: read_person_overview(connection, workspace, person, template, now(), as_of or None)
        )
    own = found.facts.person
    described = described_person(found.facts, found.zone)
    here = record_url("people", own.id, workspace, as_of=as_of)
    records, fault = _records(backend, workspace, found, here, as_of)
    is_created_later = found.as_of is not None and found.as_of < own.created_at
    return rendered_page(
        "person.html",
        nav=page_nav(backend, PageState(workspace=workspace)),
        workspace=workspace,
        zone=found.zone.key,
        earlier=earlier_state("people", own.id, workspace, as_of, found.as_of, found.zone, back=back),
        created_later=moment_text(own.created_at, found.zone) if is_created_later else None,
        back=back,
        id=own.id,
        title=own.standard.get("name") or own.standard.get("email") or own.id,
        links=found.links,
        others=[(id_, record_url("people", id_, workspace, as_of=as_of)) for id_ in found.links.same_email],
        former_ids=found.former_ids,
        standard=[(name, _words(value)) for name, value in described.items() if name not in _LISTS],
        custom=[(name, _words(value)) for name, value in sorted(described.get("custom", {}).items())],
        lists=[(name, described[name]) for name in ("tags", "segments") if described[name]],
        companies=[list(_flat(company)) for company in described["companies"]],
        events=[
            (
                event.name,
                _NOT_KNOWN if event.times is None else f"{event.times:,}",
                moment_text(event.first, found.zone),
                _NOT_KNOWN if event.last is None else moment_text(event.last, found.zone),
            )
            for event in found.events
        ],
        segments=found.segments,
        records=records,
        fault=fault,
        json_url=record_url("api/v1/people", own.id, workspace),
    )


@router.get("/receipts/{receipt_id:path}")
def show_receipt(
    receipt_id: ReceiptPath,
    workspace: WorkspaceToRead,
    backend: BackendOfRequest,
    as_of: AsOf = None,
    back: Back = None,
) -> HTMLResponse:
    """A receipt: its events, whether each counts, and what makes each field."""
    expect_text("receipt_id", receipt_id)
    back = back_link(back)
    with moments_named():
        explanation, document = backend.reading(
            lambda connection: load_receipt_explanation(connection, workspace, receipt_id, as_of or None)
        )
    zone = ZoneInfo(explanation.time_zone)
    fields = explanation.fields
    person, content = fields["user_id"].value, fields["content_id"].value
    return rendered_page(
        "receipt.html",
        nav=page_nav(backend, PageState(workspace=workspace)),
        explanation=explanation,
        notice=document.notice(backend.searching),
        earlier=earlier_state("receipts", receipt_id, workspace, as_of, explanation.as_of, zone, back=back),
        back=back,
        title=fields["content_title"].value or f"Receipt {receipt_id}",
        person=(fields["name"].value or person, record_url("people", person, workspace, as_of=as_of))
        if person
        else None,
        message=(content, record_url("messages", content, workspace, as_of=as_of)) if content else None,
        command=shlex.join(
            [
                "indexer",
                "explain",
                receipt_id,
                "--dataset",
                "message_receipts",
                "--workspace",
                workspace,
                *(["--as-of", as_of] if as_of else []),
            ]
        ),
        received_at=moment_text(fields["received_at"].value, zone),
        events=[
            (one.number, moment_text(one.at, zone), event_words(one), counts_words(one), one.reason or "")
            for one in explanation.events
        ],
        fields=[
            (field, field_words(field, zone), _reasons(explanation, field))
            for field in fields.values()
            if field.value is not None or field.left_out
        ],
    )


def _records(
    backend: Backend, workspace: str, found: PersonOverview, here: str, as_of: str | None
) -> tuple[list[tuple[str, RecordsOfPerson, list[RecordLine]]], str | None]:
    """Conversations and messages with their numbers; a sentence in their place if the index cannot be asked.

    `here` is the address of the page, and `as_of` the moment as it has it.
    """
    ids = [found.facts.person.id, *found.former_ids]
    try:
        conversations, receipts = backend.searching(
            lambda client, prefix: records_of_person(client, prefix, workspace, ids, found.as_of)
        )
    except OperatorError as error:
        return [], str(error)

    def url(page: str, id_: str) -> str:
        return record_url(page, id_, workspace, as_of=as_of, back=here)

    return [
        (CONVERSATIONS, conversations, [_conversation(one, found, url) for one in conversations.newest]),
        ("messages", receipts, [_receipt(one, found, url) for one in receipts.newest]),
    ], None


def _conversation(one: Mapping[str, Any], found: PersonOverview, url: Callable[[str, str], str]) -> RecordLine:
    id_ = one["conversation_id"]
    said = [one.get("title") or "without a title", one.get("channel")]
    return RecordLine(
        url(CONVERSATIONS, id_),
        id_,
        moment_text(one["created_at"], found.zone),
        ", ".join(filter(None, said)),
        (one.get("state") if found.as_of is None else state_at(one, found.as_of)) or "",
    )


def _receipt(one: Mapping[str, Any], found: PersonOverview, url: Callable[[str, str], str]) -> RecordLine:
    id_, opened_at = one["receipt_id"], one.get("first_open_at")
    said = [one.get("content_title") or one.get("content_id") or "without a title", one.get("content_type")]
    return RecordLine(
        url("receipts", id_),
        id_,
        moment_text(one["received_at"], found.zone),
        ", ".join(filter(None, said)),
        "opened" if opened_at and (found.as_of is None or opened_at <= found.as_of) else "",
    )


def _reasons(explanation: ReceiptExplanation, field: ReceiptField) -> list[str]:
    """Why events do not count for the field, with their numbers."""
    by_reason: dict[str, list[str]] = {}
    for number in field.left_out:
        by_reason.setdefault(explanation.events[number - 1].reason or "", []).append(f"#{number}")
    return [f"not {' '.join(numbers)}: {reason}" for reason, numbers in by_reason.items()]


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{inner}", _words(one)) for inner, one in value.items())
        else:
            yield name, _words(value)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return str(value)
