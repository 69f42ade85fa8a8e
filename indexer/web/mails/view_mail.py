"""A saved view as a mail: the page or report of the moment at which it was due, complete or not at all."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from indexer.calendar.due_times import next_due
from indexer.dashboards import Compared, Tile, TileQuestion
from indexer.dashboards.saved_address import SavedPage, SavedReport, read_address
from indexer.errors import OperatorError
from indexer.mailings.letter import Letter, local_minute
from indexer.reports import Answer, InvalidQuestion, read_question
from indexer.store.access.scopes import EVERYTHING, Scope
from indexer.store.entities.saved_views import SavedView
from indexer.store.jobs.subscriptions import Subscription
from indexer.web.mails.mail_sections import MailSection, light_colours, section_of
from indexer.web.moment_words import moment_label
from indexer.web.page_templates import rendered
from indexer.web.pages.open_page import open_page
from indexer.web.pages.ordered_table import Ordering
from indexer.web.pages.page_tiles import page_tiles
from indexer.web.pages.range_words import dates_label, range_label
from indexer.web.pages.tiles import Asked, BoardView, TileView, tile_view
from indexer.web.pages.view import parameters_of
from indexer.web.requests.backend import Backend
from indexer.web.requests.caller import Access, Caller

_DAYS_OF_A_REPORT = 30
_LATE = timedelta(minutes=15)
_ACCESS = Access(Caller("subscriptions", EVERYTHING), frozenset({Scope.REPORTS}))
_NO_FILE_NAME = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a view shows: its title, dates and zone, notices, headings with tiles, and the address with these dates."""

    title: str
    dates: str
    zone: str
    notices: Sequence[str]
    rows: Sequence[tuple[str | None, Sequence[TileView | BoardView]]]
    asked: Sequence[Asked]
    path: str


class ViewMail:
    """Makes the mails of subscriptions, as `indexer.mailings.send_subscriptions` asks for them."""

    def __init__(self, backend: Backend, now: Callable[[], datetime]) -> None:
        """`backend` is that of a process, without a request."""
        self._backend = backend.for_access(_ACCESS)
        self._now = now

    def __call__(self, one: Subscription, view: SavedView, due: datetime, zone: ZoneInfo) -> Letter:
        """The mail that was due; raises `OperatorError` or `InvalidQuestion` unless every number of it is there."""
        shown = self._shown(one, view, due, zone)
        _expect_all(shown.asked)
        sections = [(title, [section_of(tile) for tile in tiles]) for title, tiles in shown.rows]
        nothing = not any(isinstance(asked.answer, Answer) and asked.answer.total.count for asked in shown.asked)
        facts = self._facts(one, due, zone)
        link = f"{self._backend.settings.public_url}{shown.path}"
        if nothing:
            sections = [(None, [MailSection(shown.title, notes=["Nothing was counted for these dates."])])]
        head = [f"{view.name}, {one.workspace_id}", f"{shown.dates} ({shown.zone})", *shown.notices]
        text = "\n\n".join(
            [
                "\n".join(head),
                *("\n\n".join([*([title.upper()] if title else []), *map(MailSection.as_text, of_row)])
                  for title, of_row in sections),
                f"The same on the dashboard: {link}",
                "\n".join(facts),
            ]
        )  # fmt: skip
        html = rendered(
            "mail/view.html",
            name=view.name,
            workspace=one.workspace_id,
            shown=shown,
            sections=sections,
            facts=facts,
            link=link,
            colours=light_colours(),
        )
        return Letter(f"{view.name}, {one.workspace_id}: {shown.dates}", f"{text}\n", html, _drawings(sections))

    def _shown(self, one: Subscription, view: SavedView, due: datetime, zone: ZoneInfo) -> _Shown:
        saved = read_address(view.address, one.workspace_id, self._backend.pages, self._backend.reports)
        if isinstance(saved, SavedPage):
            return self._page(saved, one, due, zone)
        return self._report(saved, one, due, zone)

    def _page(self, saved: SavedPage, one: Subscription, due: datetime, zone: ZoneInfo) -> _Shown:
        page = saved.page
        state = saved.state.with_(workspace=one.workspace_id, as_of=int(due.timestamp()))
        # A range that is named is never replaced by one that has data.
        state = state.with_(range=state.range or page.range, time_zone=state.time_zone or zone.key)
        opened = open_page(self._backend, page, state)
        tiles = iter(page_tiles(self._backend, opened))
        dates, before = opened.dates.span, opened.dates.before
        earlier = dates_label(*before, opened.until_before, ZoneInfo(opened.time_zone)) if before else ""
        fixed = saved.state.with_(
            workspace=one.workspace_id, range=None, from_=dates.first, to=dates.last, time_zone=opened.time_zone
        )
        return _Shown(
            f"{page.title} {opened.subject_name}" if opened.subject_name else page.title,
            range_label(*dates) + (f", compared with {earlier}" if earlier else ""),
            opened.time_zone + (f", today until {opened.moment}" if opened.moment else ""),
            opened.notices,
            [(row.title, [next(tiles) for _ in row.tiles]) for row in page.rows],
            opened.asked,
            f"/pages/{page.name}{fixed.query()}",
        )

    def _report(self, saved: SavedReport, one: Subscription, due: datetime, zone: ZoneInfo) -> _Shown:
        report = saved.report
        parameters = {"time_zone": zone.key, **saved.asked, "workspace": one.workspace_id}
        if report.needs_the_present:
            parameters["as_of"] = int(due.timestamp())
        if not report.is_board:
            today = due.astimezone(ZoneInfo(parameters["time_zone"])).date()
            first = today - timedelta(days=_DAYS_OF_A_REPORT)
            parameters |= {"from": first.isoformat(), "to": (today - timedelta(days=1)).isoformat()}
        question = self._backend.in_zone(partial(read_question, report), parameters)
        asked = Asked(TileQuestion(0, report, parameters), question, self._backend.answer(report, question))
        tile = tile_view(Tile(report=report.name), asked, Compared.PREVIOUS, Ordering("tile-0"))
        query = urlencode({"report": report.name, **parameters_of(report, question, is_now=False)}, doseq=True)
        return _Shown(
            report.title,
            moment_label(int(due.timestamp()), question.zone) if report.is_board else range_label(*question.span),
            question.time_zone,
            asked.answer.warnings or [] if isinstance(asked.answer, Answer) else [],
            [(None, [tile])],
            [asked],
            f"/?{query}",
        )

    def _facts(self, one: Subscription, due: datetime, zone: ZoneInfo) -> list[str]:
        now = self._now()
        facts = [
            f"Due {local_minute(due, zone)}"
            + (f", sent late at {local_minute(now, zone)}" if now - due > _LATE else "")
        ]
        facts.append(f"The next one is due {local_minute(next_due(one.schedule, zone, max(due, now)), zone)}.")
        facts.append(f"This is the subscription {one.name} of the workspace {one.workspace_id}.")
        return facts


def _expect_all(asked: Sequence[Asked]) -> None:
    """Raise unless every question has its answer; one that a report can never be asked is shown with the reason."""
    for one in asked:
        if isinstance(one.answer, Exception) and not isinstance(one.answer, InvalidQuestion):
            raise one.answer
        if isinstance(one.answer, Answer) and one.of.before is not None and one.before is None:
            raise OperatorError(f"the earlier range of {one.of.report.title} has no answer", "try again")
    faults = [one.answer for one in asked if isinstance(one.answer, InvalidQuestion)]
    if faults and len(faults) == len(asked):
        raise faults[0]


def _drawings(sections: Sequence[tuple[str | None, Sequence[MailSection]]]) -> list[tuple[str, bytes]]:
    drawn = [section for _, of_row in sections for section in of_row if section.drawing]
    return [
        (f"{number}-{_NO_FILE_NAME.sub('-', section.title.lower()).strip('-')}.svg", str(section.drawing).encode())
        for number, section in enumerate(drawn, 1)
    ]
