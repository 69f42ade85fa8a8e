"""The objects that all requests share: settings, reports, the clients of both services."""

import copy
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any, TypeVar, cast
from zoneinfo import ZoneInfo

from elasticsearch import Elasticsearch
from fastapi import Depends, Request

from indexer.answers import run_report
from indexer.answers.catalogue import find_report
from indexer.answers.drill_down import list_all, list_conversations
from indexer.answers.labels import with_labels
from indexer.answers.own_reports import usable_reports
from indexer.answers.page_catalogue import find_page, usable_pages
from indexer.answers.people_ids import PeopleIds
from indexer.answers.resolve_values import Resolver
from indexer.answers.workspace_zone import zoned
from indexer.connections import Connections
from indexer.dashboards import PageDefinition
from indexer.datasets.registry import dataset_named
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.exports.message_request import MessageExportRequest
from indexer.exports.request import ExportRequest
from indexer.reports import Answer, Definition, InvalidQuestion, Question
from indexer.reports.cell import Cell
from indexer.reports.drill_down_search import Listed, ListedPage
from indexer.reports.list_order import ListOrder
from indexer.services import Service
from indexer.settings import Settings
from indexer.store.entities.workspaces import read_time_zones
from indexer.web.requests.caller import NOBODY, Access, access_of
from indexer.web.requests.keeper import Keeper
from indexer.web.requests.kept_store import LIMITS, KeptStore
from indexer.web.requests.person_conditions import expect_records_for
from indexer.web.requests.store_outages import outages
from indexer.web.requests.waiting_changes import WaitingChanges
from indexer.web.requests.waking import Waker

_T = TypeVar("_T")
_Asked = TypeVar("_Asked", Question, ExportRequest, MessageExportRequest)

_KEPT_SECONDS = 1.0
"""How long the time zone of a workspace is kept before it is read again."""

_WORKSPACES_KEPT_SECONDS = 5.0
_MOST_KEPT = 1_000


class Backend(KeptStore):
    """Reports and their answers for all threads of the server.

    Connections are made when the first request needs them, and kept. Every method that searches raises `NoIndexYet`,
    `SearchRefused` and `ServiceUnavailable`, and `Forbidden` for a workspace that is not the caller's.
    """

    access = Access(NOBODY)  # without a request, no workspace is answered

    def __init__(self, settings: Settings) -> None:
        """Load the reports; raises `OperatorError` if a report's definition cannot be used."""
        self.reports = usable_reports(settings)
        self.pages = usable_pages(settings, self.reports)
        super().__init__(settings)
        self.waker = Waker(settings)
        self._prefix = settings.index_prefix
        self._index = Keeper(settings, Service.ELASTICSEARCH, self._open_index)
        self._zones: dict[str, tuple[float, str]] = {}
        self._waiting = WaitingChanges(self.connect, lambda: self.store_runs)
        self._workspaces: dict[str, tuple[float, list[str]]] = {}
        self._people = PeopleIds()

    def for_access(self, access: Access) -> "Backend":
        """The same backend for a request with that access."""
        (bound := copy.copy(self)).access = access
        return bound

    def report(self, name: str) -> Definition:
        """The report of that name; raises `UnknownReport`."""
        return find_report(self.reports, name)

    def page(self, name: str) -> PageDefinition:
        """The page of the dashboard of that name; raises `UnknownPage`."""
        return find_page(self.pages, name)

    def dataset_of(self, page: PageDefinition) -> str:
        """The dataset of a page's first report."""
        return self.reports[page.tiles[0].reports[0][1]].dataset

    def known_workspaces(self, page: PageDefinition) -> list[str]:
        """The caller's workspaces that have documents of the page's first report, as of a few seconds ago."""
        dataset, now = self.dataset_of(page), time.monotonic()
        kept = self._workspaces.get(dataset)
        if kept is None or now > kept[0]:
            kept = self._workspaces[dataset] = now + _WORKSPACES_KEPT_SECONDS, self._all_workspaces(dataset)
        return [workspace for workspace in kept[1] if self.access.allows(workspace)]

    def expect(self, question: Question) -> None:
        """Raise `Forbidden` unless the caller may ask this, with these conditions."""
        self.access.expect(question.workspace)
        expect_records_for(self.access, question.workspace, question.clauses)

    def answer(self, report: Definition, question: Question, *, refuse_unknown: bool = False) -> Answer:
        """The answer to a question that has been checked against the report, with the names of its groups.

        Names in its conditions are replaced by ids. `warnings` name values that do not occur; with `refuse_unknown` a
        condition with such a value raises `InvalidQuestion`.
        """
        self.expect(question)
        [found] = self._asking(
            lambda client: self._answers(client, [(report, question)], refuse_unknown=refuse_unknown)
        )
        if isinstance(found, Exception):
            raise found
        return found

    def answers(self, asked: Sequence[tuple[Definition, Question]]) -> list[Answer | InvalidQuestion | OperatorError]:
        """The answers to many such questions, by one search; an error takes the place of its answer."""
        for _, question in asked:
            self.expect(question)
        return self._asking(lambda client: self._answers(client, asked, refuse_unknown=False))

    def conversations(
        self, report: Definition, question: Question, cell: Cell, order: ListOrder, *, limit: int, cursor: str | None
    ) -> ListedPage:
        """A page of the conversations behind a cell of the answer to such a question."""

        def listed(client: Elasticsearch, resolved: Question) -> ListedPage:
            return list_conversations(
                client,
                self._prefix,
                report,
                resolved,
                period=cell.period,
                group=cell.group,
                size=limit,
                cursor=cursor,
                order=order,
            )

        return self._listing(report, question, listed)

    def all_conversations(
        self, report: Definition, question: Question, cell: Cell, order: ListOrder, *, most: int
    ) -> list[Listed] | int:
        """All of them, or only how many they are if there are more than `most`."""
        return self._listing(
            report,
            question,
            lambda client, resolved: list_all(
                client, self._prefix, report, resolved, cell=cell, order=order, most=most
            ),
        )

    def _listing(self, report: Definition, question: Question, listed: Callable[[Elasticsearch, Question], _T]) -> _T:
        """The result of `listed` for the question with the ids of the names in it."""
        self.expect(question)

        def resolved(client: Elasticsearch) -> _T:
            [found] = self._resolver(client).resolve([(report, question)])
            if found.fault is not None:
                raise found.fault
            return listed(client, found.question)

        return self._asking(resolved)

    def workspaces(self, dataset: str) -> list[str]:
        """The caller's workspaces that have documents."""
        return [workspace for workspace in self._all_workspaces(dataset) if self.access.allows(workspace)]

    def _all_workspaces(self, dataset: str) -> list[str]:
        return self._asking(lambda client: run_report.workspaces(client, self._prefix, dataset))

    def latest_day(self, report: Definition, workspace: str, zone: ZoneInfo) -> date | None:
        """The local date of the newest document that the report could count."""
        self.access.expect(workspace)
        return self._asking(lambda client: run_report.latest_day(client, self._prefix, report, workspace, zone))

    def in_zone(
        self,
        read: Callable[[Mapping[str, Any]], _Asked],
        parameters: Mapping[str, Any],
        known: dict[str, str] | None = None,
    ) -> _Asked:
        """The result of `read` for the parameters, in the workspace's time zone if they name none.

        `known` keeps the zones of workspaces between calls that belong together.
        """
        known = {} if known is None else known

        def zone_of(workspace: str) -> str:
            if workspace not in known:
                known[workspace] = self.time_zone(workspace)
            return known[workspace]

        return zoned(read, parameters, zone_of)

    def time_zone(self, workspace: str) -> str:
        """The time zone of a workspace; if the store cannot be reached, the last known one."""
        self.access.expect(workspace)
        until, kept = self._zones.get(workspace, (0.0, ""))
        if time.monotonic() < until:
            return kept
        try:
            found = self.storing(lambda connection: read_time_zones(connection, [workspace])[workspace])
        except ServiceUnavailable:
            if not kept:
                raise
            return kept
        if len(self._zones) >= _MOST_KEPT:
            self._zones.clear()
        self._zones[workspace] = time.monotonic() + _KEPT_SECONDS, found
        return found

    def close(self) -> None:
        """Close the connections, after the server has stopped."""
        if self._index.client is not None:
            self._index.client.close()
        super().close()
        self.waker.close()

    def searching(self, work: Callable[[Elasticsearch, str], _T]) -> _T:
        """Run `work` with a client and the prefix of the indices."""
        return self._asking(lambda client: work(client, self._prefix))

    @contextmanager
    def acting(self) -> Iterator[Connections]:
        """Connections of its own, for an action that may take longer than answers to readers do."""
        here = Connections(self.settings)
        try:
            with outages():
                yield here
        finally:
            here.close()

    def _asking(self, ask: Callable[[Elasticsearch], _T]) -> _T:
        client = self._index.get()
        try:
            return ask(client)
        except ServiceUnavailable:
            self._index.doubt()
            raise

    def _answers(
        self, client: Elasticsearch, asked: Sequence[tuple[Definition, Question]], *, refuse_unknown: bool
    ) -> list[Answer | InvalidQuestion | OperatorError]:
        resolver = self._resolver(client)
        resolved = resolver.resolve(asked)
        reports = [report for report, _ in asked]
        usable = [(report, one.question) for report, one in zip(reports, resolved, strict=True) if one.fault is None]
        given = iter(run_report.run_reports(client, self._prefix, usable))
        found = [one.fault or next(given) for one in resolved]
        answers: list[Answer | InvalidQuestion | OperatorError] = []
        for report, one, answer in zip(reports, resolved, found, strict=True):
            if not isinstance(answer, Answer):
                answers.append(answer)
                continue
            if refuse_unknown and one.unknown:
                answers.append(InvalidQuestion("where", one.unknown[0]))
                continue
            warnings = [*one.unknown, *one.notices]
            if not answer.total.count and not warnings:
                unindexed = resolver.unindexed_workspace(report, answer.workspace)
                warnings += [unindexed] if unindexed else []
            labelled = with_labels(answer, report, self.connect, client, self._prefix)
            waiting = self._waiting.of(answer.workspace, dataset_named(report.dataset))
            more = ({"warnings": warnings} if warnings else {}) | ({"waiting": waiting} if waiting else {})
            answers.append(labelled.model_copy(update=more) if more else labelled)
        return answers

    def _resolver(self, client: Elasticsearch) -> Resolver:
        return Resolver(client, self._prefix, self.connect, self._people, may_name=self.access.allows)

    def _open_index(self, _: str) -> Elasticsearch:
        return Connections(self.settings, LIMITS).search


async def _of_request(request: Request) -> Backend:
    return cast("Backend", request.app.state.backend).for_access(access_of(request))


BackendOfRequest = Annotated[Backend, Depends(_of_request)]
