"""The form with the settings of a workspace: out of the settings, and into a change of them."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from indexer.calendar.zone_names import checked_zone
from indexer.errors import Refused
from indexer.intake.change_workspace import PlannedChange, WorkspaceChange
from indexer.intake.names_file import usable_names
from indexer.keys import is_text
from indexer.office_hours.written_hours import WEEKDAYS, WrittenHours, read_hours, written_hours
from indexer.store.entities.workspaces import Workspace

ALWAYS, WEEKLY = "always", "weekly"

FIELDS = ("time_zone", "hours", "hours_zone", *(day.lower() for day in WEEKDAYS), "exceptions", "bots")
"""The names of the fields that a change is read from."""

_MOST_NAMES = 10_000


class Difference(NamedTuple):
    """A setting that changes, and its text before and after."""

    setting: str
    before: str
    after: str


def form_of(workspace: Workspace) -> dict[str, str]:
    """The fields of the form with the present settings."""
    hours = written_hours(workspace.office_hours)
    return {
        "time_zone": workspace.time_zone,
        "hours": ALWAYS if hours.is_always_open else WEEKLY,
        "hours_zone": hours.time_zone or workspace.time_zone,
        **{day.lower(): text for day, text in zip(WEEKDAYS, hours.days, strict=True)},
        "exceptions": hours.exceptions,
        "bots": "\n".join(workspace.bot_admin_ids),
    }


def read_change(form: Mapping[str, str], before: Workspace) -> WorkspaceChange:
    """The settings in the form that differ from those before; raises `Refused` with the name of the field."""
    name = form.get("time_zone", "").strip()
    try:
        time_zone = checked_zone(name)
    except ValueError as error:
        raise Refused("time_zone", str(error)) from None
    written = WrittenHours(
        form.get("hours") != WEEKLY,
        form.get("hours_zone", "").strip() or time_zone,
        tuple(form.get(day.lower(), "") for day in WEEKDAYS),
        form.get("exceptions", ""),
    )
    bots = tuple(dict.fromkeys(line.strip() for line in form.get("bots", "").splitlines() if line.strip()))
    if not all(is_text(one) for one in bots):
        raise Refused("bots", "has characters that cannot be stored")
    if set(bots) == set(before.bot_admin_ids):
        bots = before.bot_admin_ids
    try:
        hours = read_hours(written, before.office_hours)
    except Refused as refused:
        raise Refused("hours_zone" if refused.path == "time_zone" else refused.path, refused.reason) from None
    asked: dict[str, Any] = {"time_zone": time_zone, "office_hours": hours, "bot_admin_ids": bots}
    return WorkspaceChange({name: value for name, value in asked.items() if value != getattr(before, name)}, {})


def differences(plan: PlannedChange) -> list[Difference]:
    """What a change does to the form, field by field."""
    before, after = form_of(plan.before), form_of(plan.after)
    return [Difference(_LABELS[name], before[name], after[name]) for name in FIELDS if _differs(name, before, after)]


def _differs(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    if name == "hours_zone" and ALWAYS in (before["hours"], after["hours"]):
        return after["hours"] != ALWAYS  # a zone that only counts from now on
    return before[name] != after[name]


_LABELS = {
    "time_zone": "Time zone of reports",
    "hours": "Open",
    "hours_zone": "Time zone of office hours",
    **{day.lower(): day for day in WEEKDAYS},
    "exceptions": "Dates with other hours",
    "bots": "Bots",
}


def names_text(names: Mapping[str, str]) -> str:
    """Names by id as lines: the id, a space, the name."""
    return "\n".join(f"{id_} {name}" for id_, name in names.items())


def read_names(text: str, field: str) -> dict[str, str]:
    """The names in such lines; raises `Refused` with the name of the field."""
    pairs = list(_pairs(text, field))
    if len(pairs) > _MOST_NAMES:
        raise Refused(field, f"has more than {_MOST_NAMES:,} names; use indexer workspace set")
    return usable_names(pairs)


def _pairs(text: str, field: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        id_, _, name = line.strip().partition(" ")
        if not id_:
            continue
        if not name.strip():
            raise Refused(field, f"{line.strip()[:40]!r} has no name after the id")
        yield id_, name
