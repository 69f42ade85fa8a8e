"""The form with the settings of a workspace: out of the settings, and into a change of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from indexer.calendar.zone_names import checked_zone
from indexer.errors import Refused
from indexer.intake.change_workspace import PlannedChange, WorkspaceChange
from indexer.intake.names_file import usable_names
from indexer.keys import is_text
from indexer.office_hours.written_hours import read_hours, written_hours
from indexer.store.entities.workspaces import Workspace
from indexer.web.operations.hours_form import (
    HOURS_FIELDS,
    Difference,
    Open,
    differences_of_hours,
    differing,
    faults_of_hours,
    fields_of_hours,
    hours_in,
)

FIELDS = ("time_zone", *HOURS_FIELDS, "bots")
"""The names of the fields that a change is read from."""

_MOST_NAMES = 10_000


def form_of(workspace: Workspace) -> dict[str, str]:
    """The fields of the form with the present settings."""
    return {
        "time_zone": workspace.time_zone,
        **fields_of_hours(written_hours(workspace.office_hours), workspace.time_zone),
        "bots": "\n".join(workspace.bot_admin_ids),
    }


def read_change(form: Mapping[str, str], before: Workspace) -> WorkspaceChange:
    """The settings in the form that differ from those before; raises `Refused` with the name of the field."""
    name = form.get("time_zone", "").strip()
    try:
        time_zone = checked_zone(name)
    except ValueError as error:
        raise Refused("time_zone", str(error)) from None
    bots = tuple(dict.fromkeys(line.strip() for line in form.get("bots", "").splitlines() if line.strip()))
    if not all(is_text(one) for one in bots):
        raise Refused("bots", "has characters that cannot be stored")
    if set(bots) == set(before.bot_admin_ids):
        bots = before.bot_admin_ids
    with faults_of_hours():
        hours = read_hours(hours_in(form, time_zone), before.office_hours)
    asked: dict[str, Any] = {"time_zone": time_zone, "office_hours": hours, "bot_admin_ids": bots}
    return WorkspaceChange({name: value for name, value in asked.items() if value != getattr(before, name)}, {})


def differences(plan: PlannedChange) -> list[Difference]:
    """What a change does to the form, field by field."""
    before, after = form_of(plan.before), form_of(plan.after)
    hours = [Open(written_hours(one.office_hours)) for one in (plan.before, plan.after)]
    return [
        *differing({"time_zone": "Time zone of reports"}, before, after),
        *differences_of_hours(*hours),
        *differing({"bots": "Bots"}, before, after),
    ]


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
