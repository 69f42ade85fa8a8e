"""Checks of time zones: whether Elasticsearch and the documents agree with this program."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from indexer.calendar.zones import EDITION, changes_within
from indexer.checks.check import Check, Finding, Installation, Verdict
from indexer.checks.elasticsearch import connected as elasticsearch
from indexer.checks.postgresql import NO_STORE, read_store
from indexer.datasets.conversations import CONVERSATIONS
from indexer.embedded.service import Service

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

    from indexer.store.entities.workspaces import Workspace

_MOST_ZONES = 100
_NAMED = 3
_DAY = timedelta(days=1)
_BACK, _AHEAD = 2 * 366 * _DAY, 3 * 366 * _DAY


def server_zones(installation: Installation) -> Finding:
    """Whether Elasticsearch has the same local times for the zones in use; compared on some days of five years."""
    from indexer.search import alias_name, index_behind

    workspaces = _workspaces(installation)
    if workspaces is None:
        return NO_STORE
    zones = sorted(zones_in_use(workspaces))[:_MOST_ZONES]
    with elasticsearch(installation) as client:
        index = index_behind(client, alias_name(installation.settings.index_prefix, CONVERSATIONS.name))
        if index is None:
            return Finding(Verdict.OK, "there is no index yet")
        differing = differing_zones(client, index, zones, datetime.now(UTC).date())
    if not differing:
        return Finding(Verdict.OK, f"has the local times of edition {EDITION} for {', '.join(zones)}")
    some = [f"{zone} ({since})" for zone, since in list(differing.items())[:_NAMED]]
    more = f" and {len(differing) - _NAMED} more" if len(differing) > _NAMED else ""
    return Finding(
        Verdict.WARNING,
        f"differs from edition {EDITION} for {', '.join(some)}{more}; reports do not depend on it",
        "if other programs ask it for local days, run it on a Java with newer time zones",
    )


def documents(installation: Installation) -> Finding:
    """Whether documents were computed with the present office hours, in the present edition of their zone."""
    from indexer.office_hours import parse_office_hours
    from indexer.search import alias_name, index_behind

    workspaces = _workspaces(installation)
    if workspaces is None:
        return NO_STORE
    present = {one.workspace_id: parse_office_hours(one.office_hours).id for one in workspaces if one.office_hours}
    if not present:
        return Finding(Verdict.OK, "no workspace has any")
    outdated: dict[str, int] = {}
    with elasticsearch(installation) as client:
        index = index_behind(client, alias_name(installation.settings.index_prefix, CONVERSATIONS.name))
        if index is None:
            return Finding(Verdict.OK, "there is no index yet")
        for workspace, id_ in list(present.items())[:_MOST_ZONES]:
            others = {
                "bool": {
                    "filter": [{"term": {"workspace_id": workspace}}],
                    "must_not": [{"term": {"office_hours_id": id_}}],
                }
            }
            if count := client.count(index=index, query=others)["count"]:
                outdated[workspace] = count
    if not outdated:
        return Finding(
            Verdict.OK, f"all documents were computed with the present hours and edition {EDITION} of the time zones"
        )
    worst = max(outdated, key=lambda name: outdated[name])
    return Finding(
        Verdict.WARNING,
        f"{sum(outdated.values()):,} documents of {len(outdated)} workspaces were computed with earlier office hours, "
        f"or with another edition of their time zone ({worst}: {outdated[worst]:,})",
        f"recompute them: indexer backfill --workspace {worst} --only outdated",
    )


def zones_in_use(workspaces: "Collection[Workspace]") -> set[str]:
    """The zones of the workspaces' days and of their office hours, including those of teams."""
    found: set[str] = set()
    for workspace in workspaces:
        schedule: dict[str, Any] = workspace.office_hours or {}
        named = [schedule, *(team for team in (schedule.get("teams") or {}).values() if team)]
        found |= {workspace.time_zone, *(one["time_zone_name"] for one in named if one.get("time_zone_name"))}
    return found & available_timezones()


def differing_zones(client: "Elasticsearch", index: str, zones: Collection[str], today: date) -> dict[str, str]:
    """Those of these zones that Elasticsearch knows otherwise or not at all, each with the first day or the reason.

    Each zone takes one search: an aggregation of ranges shows the instants that the server has for local times,
    whatever the index holds.
    """
    found: dict[str, str] = {}
    for name in zones:
        zone = ZoneInfo(name)
        days = sorted(set(_days(zone, today)))
        theirs = _noons_of_server(client, index, name, days)
        if theirs is None:
            found[name] = "not known to it"
        elif wrong := [day for day in days if theirs[str(day)] != _noon(day, zone)]:
            found[name] = f"from {wrong[0]}"
    return found


def _noons_of_server(client: "Elasticsearch", index: str, name: str, days: Sequence[date]) -> dict[str, int] | None:
    """The server's instants for the noons of these days; None if it does not know the zone."""
    from elasticsearch import BadRequestError

    ranges = [{"key": str(day), "from": f"{day}T12:00:00"} for day in days]
    asked = {"field": "created_at", "format": "strict_date_hour_minute_second", "time_zone": name, "ranges": ranges}
    try:
        response = client.search(
            index=index, size=0, query={"match_none": {}}, aggs={"days": {"date_range": asked}}
        ).body
    except BadRequestError:
        return None
    return {one["key"]: int(one["from"]) // 1000 for one in response["aggregations"]["days"]["buckets"]}


def _days(zone: ZoneInfo, today: date) -> Iterator[date]:
    """Two days of each month, and those before and after each change of the clocks."""
    first, last = today - _BACK, today + _AHEAD
    for year in range(first.year, last.year + 1):
        yield from (date(year, month, day) for month in range(1, 13) for day in (1, 15))
    for at, _ in changes_within(zone, _noon(first, zone), _noon(last, zone))[1:]:
        day = datetime.fromtimestamp(at, zone).date()
        yield from (day - _DAY, day + _DAY)


def _noon(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(12), zone).timestamp())


def _workspaces(installation: Installation) -> "list[Workspace] | None":
    """The workspaces that have settings; None if the store cannot be read, which its own checks report."""
    from indexer.store.entities.workspaces import list_settings

    none: list[Workspace] = []
    return read_store(installation, list_settings, none)


_NEEDS = Service.ELASTICSEARCH
CHECKS = (
    Check("elasticsearch time zones", server_zones, _NEEDS),
    Check("office hours", documents, _NEEDS),
)
