"""The page of one conversation: its timeline to scale, its metrics in three generations, and what makes each."""

import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, NamedTuple
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse

from indexer.answers.load_explanation import Explained, load_explanation
from indexer.answers.person_overview import state_at
from indexer.dashboards import PageState
from indexer.differences.tolerance import FieldKind, kind_of_field
from indexer.explaining.entry_words import author_words, counts_as
from indexer.explaining.explanation import Entry, Explanation
from indexer.explaining.field_path import UnknownField
from indexer.explaining.field_words import field_text
from indexer.explaining.picture import Picture, picture_of
from indexer.plain_text import printable_json
from indexer.reports import InvalidQuestion
from indexer.web.charts.timeline_drawing import draw, what_text
from indexer.web.moment_words import moment_text
from indexer.web.page_templates import page as rendered_page
from indexer.web.pages.back_link import Back, back_link
from indexer.web.pages.earlier_state import AsOf, earlier_state, moments_named
from indexer.web.pages.metric_reasons import reasons_for
from indexer.web.pages.metric_table import chosen_metric, metric_sections
from indexer.web.pages.page_nav import page_nav
from indexer.web.pages.record_links import CONVERSATIONS, record_url
from indexer.web.requests.backend import Backend, BackendOfRequest
from indexer.web.requests.clock import now
from indexer.web.requests.gates import Gate, through
from indexer.web.requests.object_bodies import WorkspaceToRead
from indexer.web.requests.stored_text import expect_text

router = APIRouter(include_in_schema=False, dependencies=[through(Gate.SEARCHES)])

ConversationPath = Annotated[str, Path(description="The conversation's id.", max_length=512)]


@router.get("/conversations/{conversation_id:path}.json")
def conversation_json(
    conversation_id: ConversationPath, workspace: WorkspaceToRead, backend: BackendOfRequest, as_of: AsOf = None
) -> Response:
    """The explanation of a conversation, as `indexer explain --format json` prints it."""
    found = _explained(backend, workspace, conversation_id, as_of)
    content = orjson.dumps(found.json_object(), option=orjson.OPT_NON_STR_KEYS).decode()
    return Response(printable_json(content), media_type="application/json")


@router.get("/conversations/{conversation_id:path}")
def show_conversation(  # noqa: PLR0917  (the parameters of the address)
    conversation_id: ConversationPath,
    workspace: WorkspaceToRead,
    backend: BackendOfRequest,
    metric: Annotated[str | None, Query(max_length=512)] = None,
    as_of: AsOf = None,
    back: Back = None,
) -> HTMLResponse:
    """A conversation's timeline and metrics; with `metric`, what makes that one is highlighted."""
    found = _explained(backend, workspace, conversation_id, as_of or None)
    explanation, names = found.explanation, found.names
    if metric and metric not in explanation.fields:
        raise InvalidQuestion("metric", str(UnknownField(metric)))
    chosen = explanation.fields[metric] if metric else None
    picture = picture_of(explanation, found.office_hours, now(), [chosen] if chosen else [])
    back = back_link(back)

    def address(name: str | None = None) -> str:
        return record_url(CONVERSATIONS, conversation_id, workspace, metric=name, as_of=as_of, back=back)

    sections = metric_sections(explanation, names, metric, address)
    said = {"workspace": workspace} | ({"as_of": as_of} if as_of else {})
    options = [word for key, value in said.items() for word in (f"--{key.replace('_', '-')}", value)]
    return rendered_page(
        "conversation.html",
        nav=page_nav(backend, PageState(workspace=workspace)),
        explanation=explanation,
        title=explanation.fields["title"].value,
        facts=_facts(found),
        people=[
            (id_, record_url("people", id_, workspace, as_of=as_of))
            for id_ in explanation.fields["contact_ids"].value or ()
        ],
        notice=found.notice,
        earlier=earlier_state(
            CONVERSATIONS, conversation_id, workspace, as_of, explanation.as_of, picture.zone, metric=metric, back=back
        ),
        back=back,
        drawing=draw(picture, names),
        parts=[_part(entry, picture, names) for entry in explanation.timeline],
        sections=sections,
        beside=chosen_metric(sections),
        most_entries=_MOST_ENTRIES,
        chosen=reasons_for(explanation, metric, names) if metric else None,
        plain_url=address(),
        value_now=_value_now(backend, explanation, metric) if metric and as_of else None,
        address=address,
        json_url=f"/conversations/{quote(conversation_id, safe='')}.json?{urlencode(said)}",
        command=shlex.join(["indexer", "explain", conversation_id, *([metric] if metric else []), *options]),
    )


_MOST_ENTRIES = 8
"""The most parts of a metric that are told in words above the timeline; of the others there are the numbers."""

_FACTS = ("state", "channel", "created_at", "updated_at")
_FACTS_THEN = ("channel", "created_at")


class PartRow(NamedTuple):
    """A row of the table of parts; `at` in words, `epoch` in seconds."""

    number: int
    at: str
    epoch: int
    what: str
    author: str
    marks: str
    chosen: bool


def _part(entry: Entry, picture: Picture, names: Mapping[str, str]) -> PartRow:
    return PartRow(
        entry.number,
        moment_text(entry.at, picture.zone),
        entry.at,
        what_text(entry),
        author_words(entry, names),
        counts_as(entry, names),
        entry.number in picture.highlight.numbers,
    )


def _facts(found: Explained) -> list[tuple[str, str]]:
    """What stands above the timeline; of an earlier moment the state is that of its parts."""
    explanation = found.explanation
    if explanation.as_of is None:
        return [(name.replace("_", " "), _fact(found, name)) for name in _FACTS]
    known = ("started_at", "open_during", "snoozed_during")
    state = state_at({name: explanation.fields[name].value for name in known}, explanation.as_of)
    return [("state", state or "none"), *((name.replace("_", " "), _fact(found, name)) for name in _FACTS_THEN)]


def _fact(found: Explained, name: str) -> str:
    field, zone = found.explanation.fields[name], ZoneInfo(found.explanation.time_zone)
    is_time = kind_of_field(name) is FieldKind.TIMESTAMP and field.value is not None
    return moment_text(field.value, zone) if is_time else field_text(field, zone)


def _value_now(backend: Backend, then: Explanation, metric: str) -> str | None:
    """What a metric is now, in words, if it was another value in an earlier explanation."""
    explanation = _explained(backend, then.workspace_id, then.conversation_id, None).explanation
    field = explanation.fields[metric]
    return None if field.value == then.fields[metric].value else field_text(field, ZoneInfo(explanation.time_zone))


def _explained(backend: Backend, workspace: str, conversation_id: str, as_of: str | None) -> Explained:
    """The explanation from the store; the index is compared if it can be asked."""
    backend.access.expect(workspace)
    expect_text("conversation_id", conversation_id)
    literally = backend.settings.literal_reply_times
    with moments_named():
        explained, document = backend.reading(
            lambda connection: load_explanation(
                connection, workspace, conversation_id, bots_interrupt=literally, as_of=as_of
            )
        )
    return replace(explained, notice=document.notice(backend.searching))
