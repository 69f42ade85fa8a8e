"""A page about one thing as it was at an earlier moment, which its address names as `as_of`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import Query

from indexer.answers.earlier_moment import InvalidMoment
from indexer.reports import InvalidQuestion
from indexer.web.moment_words import moment_text
from indexer.web.pages.record_links import record_url

AsOf = Annotated[
    str | None,
    Query(description="Show it as it was then: ISO 8601 (local time if it has no offset) or epoch seconds."),
]


class EarlierState(NamedTuple):
    """What the page says of its moment, and the form that asks for another one.

    `written` is the moment as the address has it, empty if it is now; `text` is that in words, None if it is now.
    `now_url` is the page as things are now, `kept` are the other parameters of the address.
    """

    written: str
    text: str | None
    now_url: str
    kept: Sequence[tuple[str, str]]


def earlier_state(  # noqa: PLR0917  (what an address has)
    page: str, id_: str, workspace: str, written: str | None, moment: int | None, zone: ZoneInfo, **more: str | None
) -> EarlierState:
    """The state of a page at `moment`, in epoch seconds (None: now).

    `page`, `id_` and `more` are as for its address.
    """
    kept = {"workspace": workspace} | {name: value for name, value in more.items() if value}
    text = None if moment is None else moment_text(moment, zone)
    return EarlierState(written or "", text, record_url(page, id_, workspace, **more), list(kept.items()))


@contextmanager
def moments_named() -> Iterator[None]:
    """Raise `InvalidQuestion` that names `as_of` in place of `InvalidMoment`."""
    try:
        yield
    except InvalidMoment as error:
        raise InvalidQuestion("as_of", error.reason) from error
