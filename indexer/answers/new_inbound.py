"""The steps between the totals of the chart of new inbound conversations and of an export of conversations.

The chart counts conversations that came from a `UserMessage`, by the time the conversation was created; an export has
message threads of all types, by the time the thread was created. Both totals come from the same searches as those of
the chart and the export. The steps between come from a walk over the documents themselves, so the check can fail; all
three use one point in time of the index.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from elasticsearch import Elasticsearch

from indexer import search
from indexer.answers.catalogue import find_report, load_reports
from indexer.reports import Interval, build_answer, read_question, search_body
from indexer.reports.message_threads import THREAD_TIME, Frame, threads_query
from indexer.reports.scope import of_workspace
from indexer.reports.search_filters import Body, any_of, within
from indexer.reports.waterfall import WaterfallBar, bars
from indexer.search.search_requests import Response, hit_pages, one_point_in_time

CHART = "new_inbound_conversations"
INBOUND = "UserMessage"
_CREATED = "legacy.conversation_created_at"
_FIELDS = ["conversation_id", _CREATED, THREAD_TIME, "legacy.message_type"]
_PAGE = 5_000

THREAD_BEFORE, THREAD_AFTER, NO_THREAD = (
    "thread created before the frame",
    "thread created after the frame",
    "thread without a time",
)
CREATED_BEFORE, CREATED_AFTER, NOT_CREATED = (
    "conversation created before the frame",
    "conversation created after the frame",
    "conversation without a time",
)
_ORDER = (THREAD_BEFORE, THREAD_AFTER, NO_THREAD, CREATED_BEFORE, CREATED_AFTER, NOT_CREATED)


@dataclass(frozen=True, slots=True)
class Step:
    """Conversations that only one of the two totals has, for one reason.

    `change` is the difference that they make to the chart's total: negative if only the chart has them. `samples` are
    the first of their ids.
    """

    reason: str
    change: int
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The steps from the chart's total to the export's; `walked_*` are the totals that the walk has counted."""

    frame: Frame
    chart: int
    export: int
    both: int
    steps: tuple[Step, ...]
    walked_chart: int
    walked_export: int

    @property
    def bars(self) -> list[WaterfallBar]:
        """The totals and the steps in order, with the unexplained rest."""
        steps = [(step.reason, step.change) for step in self.steps]
        return bars(("chart: new inbound conversations", self.chart), steps, ("export: message threads", self.export))

    @property
    def unexplained(self) -> int:
        """The difference of the two totals that the steps do not explain."""
        return self.export - self.chart - sum(step.change for step in self.steps)

    @property
    def adds_up(self) -> bool:
        """Whether the steps lead from one total to the other, and the walk has counted the same totals."""
        return not self.unexplained and (self.walked_chart, self.walked_export) == (self.chart, self.export)


def reconcile_new_inbound(client: Elasticsearch, prefix: str, frame: Frame, samples: int = 0) -> Waterfall:
    """The waterfall of a range of dates, with at most this many ids for each step.

    Raises `InvalidQuestion` for a range that no report can have, `NoIndexYet`, and `ServiceUnavailable`.
    """
    report = find_report(load_reports(), CHART)
    question = read_question(
        report,
        {
            "workspace": frame.workspace,
            "from": frame.first,
            "to": frame.last,
            "time_zone": frame.time_zone,
            "interval": Interval.RANGE,
        },
    )
    alias = search.alias_name(prefix, report.dataset)
    with one_point_in_time(client, alias, frame.workspace) as ask:
        of_chart = ask(search_body(report, question, question.span))
        of_export = ask({"size": 0, "track_total_hits": True, "query": threads_query(frame)})
        steps: dict[str, Step] = {}
        both = 0
        for document in _walk(ask, frame):
            where = _only_in_one(document, frame)
            if where is None:
                both += 1
                continue
            reason, change = where
            step = steps.get(reason, Step(reason, 0))
            ids = sorted([*step.samples, document["conversation_id"]])[:samples] if samples else []
            steps[reason] = replace(step, change=step.change + change, samples=tuple(ids))
    only_chart = -sum(step.change for step in steps.values() if step.change < 0)
    only_export = sum(step.change for step in steps.values() if step.change > 0)
    return Waterfall(
        frame,
        build_answer(report, question, [of_chart]).total.count,
        of_export["hits"]["total"]["value"],
        both,
        tuple(sorted(steps.values(), key=_place)),
        both + only_chart,
        both + only_export,
    )


def _only_in_one(document: Mapping[str, Any], frame: Frame) -> tuple[str, int] | None:
    """The reason why only one total has the conversation, and -1 (the chart) or 1 (the export); None if both have it.

    If the message type is another, that is the reason, whenever the conversation was created.
    """
    legacy = document["legacy"]
    created, thread, kind = (
        legacy.get(name) for name in ("conversation_created_at", "thread_created_at", "message_type")
    )
    start, end = frame.instants
    if kind != INBOUND:
        return f"message of type {kind}" if kind else "message without a type", 1
    if thread is None:
        return NO_THREAD, -1
    if created is None:
        return NOT_CREATED, 1
    if not start <= thread < end:
        return THREAD_BEFORE if thread < start else THREAD_AFTER, -1
    if not start <= created < end:
        return CREATED_BEFORE if created < start else CREATED_AFTER, 1
    return None


def _place(step: Step) -> tuple[int, str]:
    """The place of a step: in the order of the reasons, types of messages last."""
    return (_ORDER.index(step.reason) if step.reason in _ORDER else len(_ORDER), step.reason)


def _walk(ask: Callable[[Mapping[str, Any]], Response], frame: Frame) -> Iterator[Mapping[str, Any]]:
    """Every document of the chart or the export, a page at a time."""
    in_chart = {"bool": {"filter": [within(_CREATED, *frame.instants), {"term": {"legacy.message_type": INBOUND}}]}}
    query = of_workspace(frame.workspace, any_of([in_chart, within(THREAD_TIME, *frame.instants)]))
    body: Body = {"size": _PAGE, "query": query, "_source": _FIELDS, "sort": ["_shard_doc"], "track_total_hits": False}
    for hits in hit_pages(ask, body):
        for hit in hits:
            yield hit["_source"]
