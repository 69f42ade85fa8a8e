"""The earlier range that a range which is not over is compared with: up to the same moment."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from indexer.reports.periods import Span, first_instant
from indexer.reports.question import Question

_DAY = timedelta(days=1)


def same_moment(as_of: int | None, span: Span, before: Span, zone: ZoneInfo) -> int | None:
    """The instant (epoch seconds) of the earlier range that is as far in it as the present `as_of` is in `span`.

    That is the same time of the corresponding day, by the clocks of the zone: of the last day if today is the last day
    of `span`, and otherwise of the day with the same number. None if the range is over, and compared as a whole.
    """
    if as_of is None:
        return None
    now = datetime.fromtimestamp(as_of, zone)
    today = now.date()
    if span.last < today:
        return None
    if today < span.first:
        return first_instant(before.first, zone)
    day = before.last if today == span.last else min(before.first + (today - span.first), before.last)
    moment = int(datetime.combine(day, now.timetz()).timestamp())
    return min(max(moment, first_instant(day, zone)), first_instant(day + _DAY, zone))


def earlier_question(question: Question) -> Question:
    """The question as it is put to the range before: in the same parts, up to the same moment if it is not over."""
    span, before = question.span, question.span.before()
    until = same_moment(question.as_of, span, before, question.zone)
    question = question.beside(before, span)
    return question if until is None else question.up_to(until)
