"""The rules that are worth trying on a conversation, judged by its two documents."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indexer.conversation import Conversation
from indexer.conversation.part_types import SOURCE
from indexer.datasets.field import Pipeline
from indexer.differences import switched_rules
from indexer.differences.pair import Pair, pipeline_of
from indexer.differences.switched_rules import Rule
from indexer.dotted_paths import value_at
from indexer.metrics.schema import is_timestamp
from indexer.office_hours import ALWAYS_OPEN, OfficeHours

Document = Mapping[str, Any]

_MOST_CUTS = 60
"""A list of more parts than this is only cut if a document says how many it had."""

_COUNT = "statistics.count_conversation_parts"


def between_pipelines(one: Pipeline, other: Pipeline) -> list[Rule]:
    """The rules by which the definitions of two pipelines differ (docs/metrics.md)."""
    if "legacy" in (one, other):
        return [switched_rules.before_anchor(), switched_rules.clock_start(), switched_rules.source_message()]
    return [switched_rules.elapsed()]


def between_copies(
    conversation: Conversation, others: Mapping[str, OfficeHours], left: Document, right: Document
) -> list[Rule]:
    """The rules by which two documents of one shape can differ, the most likely first."""
    return [
        *_earlier_states(conversation, left, right),
        *_shifts(left, right),
        *_truncations(conversation, left, right),
        *_hours(others, left, right),
        switched_rules.bot_as_human(accounts_only=True),
        switched_rules.bot_as_human(accounts_only=False),
        switched_rules.bot_interrupts(),
        switched_rules.source_message(),
        switched_rules.before_anchor(),
        switched_rules.clock_start(start_stays=True),
        switched_rules.clock_start(),
        switched_rules.thread_stamp(of_message=False),
        switched_rules.thread_stamp(of_message=True),
    ]


def across(differing: Sequence[Pair]) -> bool:
    """Whether the pairs are of different pipelines."""
    return any(pipeline_of(pair.left) != pipeline_of(pair.right) for pair in differing)


def _hours(others: Mapping[str, OfficeHours], left: Document, right: Document) -> Iterator[Rule]:
    """Other office hours, unless both documents name the same; if they name other ones, those."""
    named = {document.get("office_hours_id") for document in (left, right)} - {None}
    if len(named) == 1 and left.get("office_hours_id") == right.get("office_hours_id"):
        return
    if ALWAYS_OPEN.id in named or len(named) < 2:
        yield switched_rules.elapsed()
    for name, hours in others.items():
        if not hours.always_open and (hours.id in named or len(named) < 2):
            yield switched_rules.other_hours(name, hours)


def _earlier_states(conversation: Conversation, left: Document, right: Document) -> Iterator[Rule]:
    """Earlier states, at the times that the documents name; if an earlier revision names none, at each event."""
    now = conversation.said.updated_at
    revisions = {document.get("revision") for document in (left, right)} - {None}
    named = {at for document in (left, right) if isinstance(at := document.get("updated_at"), int)}
    if len(revisions) == 2 and None in (left.get("updated_at"), right.get("updated_at")):
        named |= {event.at for event in conversation.events}
    for at in sorted(named, reverse=True)[:_MOST_CUTS]:
        if now is None or at < now or (at == now and len(revisions) == 2):
            yield switched_rules.as_of(at)


def _shifts(left: Document, right: Document) -> Iterator[Rule]:
    """Shifts by the distance of the two sides' times, if all of several times have the same distance."""
    distances = [theirs - mine for mine, theirs in _times_of_both(left, right)]
    apart = set(distances)
    if len(apart) != 1 or len(distances) < 2:
        return
    for seconds in apart - {0}:
        for signed in (seconds, -seconds):
            yield switched_rules.time_shift(signed)
            yield switched_rules.time_shift_before(signed)


def _times_of_both(left: Document, right: Document) -> Iterator[tuple[int, int]]:
    for name, mine in left.items():
        theirs = right.get(name)
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            yield from _times_of_both(mine, theirs)
        elif is_timestamp(name) and isinstance(mine, int) and isinstance(theirs, int):
            yield mine, theirs


def _truncations(conversation: Conversation, left: Document, right: Document) -> Iterator[Rule]:
    """The first or the last parts: as many as a document counts, otherwise any number if one may be cut."""
    places = [event.place for event in conversation.events if event.type is not SOURCE]
    total = max(places, default=-1) + 1
    flagged = ["parts_truncated" in (document.get("data_quality") or ()) for document in (left, right)]
    counts = [value_at(document, _COUNT) for document in (left, right)]
    known = flagged[0] != flagged[1]
    fewer = [count for count in counts if isinstance(count, int) and 0 <= count < total]
    if known or None in counts:
        possible: Sequence[int] = range(total - 1, -1, -1) if total <= _MOST_CUTS else []
    else:
        possible = sorted(set(fewer), reverse=True)
    for count in possible:
        yield switched_rules.first_parts(count, total_known=known)
        yield switched_rules.last_parts(count, total, total_known=known)
