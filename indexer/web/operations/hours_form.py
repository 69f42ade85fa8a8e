"""Office hours as fields of a form: out of a schedule and back, and in words for a page that asks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from indexer.errors import Refused
from indexer.office_hours.written_hours import WEEKDAYS, WrittenHours

ALWAYS, WEEKLY, OF_WORKSPACE = "always", "weekly", "workspace"
"""The choices of when it is open; the last one is for teams, which need not have hours of their own."""

_DAYS = tuple(day.lower() for day in WEEKDAYS)

HOURS_FIELDS = ("hours", "hours_zone", *_DAYS, "exceptions")
"""The names of the fields."""


class Open(NamedTuple):
    """Hours in force, of a workspace or a team; `is_of_workspace` if a team has those of its workspace."""

    hours: WrittenHours
    is_of_workspace: bool = False


class Difference(NamedTuple):
    """A setting that changes, and its text before and after."""

    setting: str
    before: str
    after: str


def fields_of_hours(hours: WrittenHours, time_zone: str) -> dict[str, str]:
    """The fields with these hours; the zone is that of the workspace if they have none."""
    return {
        "hours": ALWAYS if hours.is_always_open else WEEKLY,
        "hours_zone": hours.time_zone or time_zone,
        **dict(zip(_DAYS, hours.days, strict=True)),
        "exceptions": hours.exceptions,
    }


def hours_in(form: Mapping[str, str], time_zone: str) -> WrittenHours:
    """The hours in the fields, in the workspace's zone if no other is given."""
    return WrittenHours(
        form.get("hours") != WEEKLY,
        form.get("hours_zone", "").strip() or time_zone,
        tuple(form.get(day, "") for day in _DAYS),
        form.get("exceptions", ""),
    )


@contextmanager
def faults_of_hours() -> Iterator[None]:
    """Raise `Refused` with the name of the field in the form."""
    try:
        yield
    except Refused as refused:
        raise Refused("hours_zone" if refused.path == "time_zone" else refused.path, refused.reason) from None


def differences_of_hours(before: Open, after: Open) -> Iterator[Difference]:
    """What differs, without what has no effect around the clock."""
    return differing(_LABELS, _in_words(before), _in_words(after))


def differing(labels: Mapping[str, str], before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Difference]:
    """The fields that differ, each with its label."""
    for name, label in labels.items():
        if before[name] != after[name]:
            yield Difference(label, before[name], after[name])


def _in_words(open_: Open) -> dict[str, str]:
    hours = open_.hours
    found = fields_of_hours(WrittenHours() if hours.is_always_open else hours, "")
    return found | {"hours": _WORDS[OF_WORKSPACE if open_.is_of_workspace else found["hours"]]}


_WORDS = {ALWAYS: "around the clock", WEEKLY: "in weekly hours", OF_WORKSPACE: "in the workspace's hours"}

_LABELS = {
    "hours": "Open",
    "hours_zone": "Time zone of office hours",
    **dict(zip(_DAYS, WEEKDAYS, strict=True)),
    "exceptions": "Dates with other hours",
}
