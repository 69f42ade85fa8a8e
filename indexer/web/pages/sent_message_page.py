"""The page of one message: what it did, by event and by version, with the denominators named."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Final, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse

from indexer.answers.earlier_moment import expect_existed, read_moment
from indexer.answers.sent_message import find_message
from indexer.dashboards import PageState
from indexer.reports import Interval, read_question
from indexer.reports.figures import figure_text
from indexer.reports.question_conditions import Clause
from indexer.web.charts.series import NAMELESS
from indexer.web.moment_words import moment_text
from indexer.web.page_templates import page as rendered_page
from indexer.web.pages.back_link import Back, back_link
from indexer.web.pages.earlier_state import AsOf, earlier_state, moments_named
from indexer.web.pages.page_nav import page_nav
from indexer.web.requests.backend import BackendOfRequest
from indexer.web.requests.clock import now
from indexer.web.requests.gates import Gate, through
from indexer.web.requests.object_bodies import WorkspaceToRead

router = APIRouter(include_in_schema=False, dependencies=[through(Gate.SEARCHES)])

ContentPath = Annotated[str, Path(description="The content's id; each version of an A/B test has its own.")]

PERFORMANCE: Final = "message_performance"

LISTS: Final = {
    "sent": "messages_sent",
    "delivered": "messages_delivered",
    "opened": "messages_opened",
    "clicked": "messages_clicked",
    "replied": "messages_replied",
    "goal": "messages_goal_reached",
    "completed": "messages_completed",
    "dismissed": "messages_dismissed",
    "reacted": "messages_reacted_to",
    "unsubscribed": "messages_unsubscribed",
    "hard_bounced": "messages_hard_bounced",
    "soft_bounced": "messages_soft_bounced",
    "complaints": "messages_marked_as_spam",
}
"""By a count of the report, the report whose list has the receipts behind it."""


class EventLine(NamedTuple):
    """A count of receipts with the address of its list, and in percent of each base; empty if it has no such base."""

    name: str
    number: str
    url: str | None
    shares: Sequence[str]


@router.get("/messages/{content_id:path}")
def show_message(
    content_id: ContentPath,
    workspace: WorkspaceToRead,
    backend: BackendOfRequest,
    as_of: AsOf = None,
    back: Back = None,
) -> HTMLResponse:
    """A message: how many receipts it has, what happened to them, and the same by version."""
    backend.access.expect(workspace)
    back = back_link(back)
    zone = ZoneInfo(backend.time_zone(workspace))
    with moments_named():
        moment = read_moment(as_of or None, zone)
        sent = backend.searching(lambda client, prefix: find_message(client, prefix, workspace, content_id, moment))
        expect_existed("the message", sent.first, moment, zone)
    report = backend.report(PERFORMANCE)
    asked: dict[str, Any] = {
        "workspace": workspace,
        "from": str(datetime.fromtimestamp(sent.first, zone).date()),
        "to": str(datetime.fromtimestamp(sent.last, zone).date()),
        "interval": Interval.RANGE.value,
        "where": [str(Clause("content", "=", content_id))],
        "time_zone": zone.key,
        "as_of": now() if moment is None else moment,
    }
    if moment is not None:
        asked["until"] = moment + 1
    by_version = asked | {"group_by": "ruleset_version"}
    answer = backend.answer(report, backend.in_zone(partial(read_question, report), by_version))
    bases = list(dict.fromkeys(figure.base for figure in report.value.figures if figure.base))
    of_now = {"as_of"} if moment is None else set()
    in_lists = urlencode({name: value for name, value in asked.items() if name not in of_now}, doseq=True)
    figures = answer.total.figures or {}
    heads = [figure.name for figure in report.value.figures if figure.base is None]
    return rendered_page(
        "sent_message.html",
        nav=page_nav(backend, PageState(workspace=workspace)),
        workspace=workspace,
        zone=zone.key,
        earlier=earlier_state("messages", content_id, workspace, as_of, moment, zone, back=back),
        back=back,
        id=content_id,
        title=sent.newest.get("content_title") or content_id,
        facts=[
            (name.replace("_", " "), sent.newest[field])
            for name, field in (
                ("type", "content_type"), ("message", "ruleset_id"), ("series", "series_title"), ("node", "node_id"),
            )
            if sent.newest.get(field)
        ],
        first=moment_text(sent.first, zone),
        last=moment_text(sent.last, zone),
        bases=bases,
        lines=[
            EventLine(
                name.replace("_", " "),
                _number(figures, name),
                f"/lists/{LISTS[name]}?{in_lists}" if figures.get(name) and name in LISTS else None,
                [_share(figures, name, base) for base in bases],
            )
            for name in heads
        ],
        heads=heads,
        versions=[
            (NAMELESS if row.group is None else row.group, [_number(row.figures, name) for name in heads])
            for row in answer.rows
        ],
        all_url=f"/lists/{LISTS['sent']}?{in_lists}",
    )  # fmt: skip


def _number(figures: Mapping[str, Any] | None, name: str) -> str:
    return f"{(figures or {}).get(name) or 0:,}"


def _share(figures: Mapping[str, Any], name: str, base: str) -> str:
    key = f"{name}_of_{base}"
    return figure_text(figures[key], "percent") if key in figures else ""
