"""The one list of what a caller needs to send each request; the server answers no address that is not in it."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from re import Pattern
from typing import NamedTuple

from starlette.routing import compile_path

from indexer.store.access.scopes import Scope


class Need(NamedTuple):
    """What a caller needs.

    Without a scope, every known caller may send the request, and with `is_open` anyone. A request that names a
    workspace needs the scope for that one; `every_workspace` is for requests that concern all of them. `audited` is
    the action in the audit log if the request succeeds: every change and every export has one. `spends` is for GET
    requests that use up what they bring, so that HEAD is refused.
    """

    scope: Scope | None = None
    is_open: bool = False
    every_workspace: bool = False
    audited: str | None = None
    spends: bool = False


Needs = Mapping[tuple[str, str], Need]
"""By method and address, as routes write it."""

OPEN = Need(is_open=True)
_REPORTS = Need(Scope.REPORTS)
_RECORDS = Need(Scope.RECORDS)
_OPERATE = Need(Scope.OPERATE)


def _operating(action: str) -> Need:
    return Need(Scope.OPERATE, audited=action)


def _operating_all(action: str | None = None) -> Need:
    """For requests about the whole installation."""
    return Need(Scope.OPERATE, every_workspace=True, audited=action)


NEEDS: Needs = {
    ("GET", "/healthz"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/static/{path:path}"): OPEN,
    ("GET", "/sign-in"): OPEN,
    ("POST", "/sign-in"): Need(is_open=True, audited="signed_in"),
    ("GET", "/sign-in/provider"): OPEN,
    ("GET", "/sign-in/provider/callback"): Need(is_open=True, audited="signed_in", spends=True),
    ("GET", "/link"): Need(is_open=True, audited="signed_in", spends=True),
    ("POST", "/sign-out"): Need(audited="signed_out"),
    ("GET", "/api/v1/openapi.json"): Need(),
    ("GET", "/"): _REPORTS,
    ("GET", "/pages/{name}"): _REPORTS,
    ("GET", "/pages/{name}.csv"): Need(Scope.REPORTS, audited="page_downloaded"),
    ("GET", "/pages/{name}.json"): Need(Scope.REPORTS, audited="page_downloaded"),
    ("GET", "/pages/{name}/asked"): _REPORTS,
    ("GET", "/pages/{name}/values"): _REPORTS,
    ("GET", "/lists/{name}"): _RECORDS,
    ("GET", "/lists/{name}.csv"): Need(Scope.RECORDS, audited="list_downloaded"),
    ("GET", "/people/{person:path}"): _RECORDS,
    ("GET", "/receipts/{receipt_id:path}"): _RECORDS,
    ("GET", "/messages/{content_id:path}"): _RECORDS,
    ("GET", "/conversations/{conversation_id:path}"): _RECORDS,
    ("GET", "/conversations/{conversation_id:path}.json"): Need(Scope.RECORDS, audited="conversation_downloaded"),
    ("GET", "/views"): _REPORTS,
    # All users of the workspace share its views, as they do segments.
    ("POST", "/views"): _operating("view_saved"),
    ("POST", "/views/delete"): _operating("view_deleted"),
    ("GET", "/api/v1/views"): _REPORTS,
    ("POST", "/api/v1/views"): _operating("view_saved"),
    ("GET", "/api/v1/views/{view:path}"): _REPORTS,
    ("DELETE", "/api/v1/views/{view:path}"): _operating("view_deleted"),
    # They show addresses, and send numbers out of the system.
    ("GET", "/api/v1/subscriptions"): _OPERATE,
    ("POST", "/api/v1/subscriptions"): _operating("subscription_created"),
    ("GET", "/api/v1/subscriptions/{subscription:path}"): _OPERATE,
    ("DELETE", "/api/v1/subscriptions/{subscription:path}"): _operating("subscription_deleted"),
    ("POST", "/api/v1/subscriptions/{subscription:path}/pause"): _operating("subscription_paused"),
    ("POST", "/api/v1/subscriptions/{subscription:path}/resume"): _operating("subscription_resumed"),
    ("GET", "/api/v1/alerts"): _OPERATE,
    ("POST", "/api/v1/alerts"): _operating("alert_created"),
    ("GET", "/api/v1/alerts/{alert:path}"): _OPERATE,
    ("DELETE", "/api/v1/alerts/{alert:path}"): _operating("alert_deleted"),
    ("POST", "/api/v1/alerts/{alert:path}/pause"): _operating("alert_paused"),
    ("POST", "/api/v1/alerts/{alert:path}/resume"): _operating("alert_resumed"),
    # The same as pages.
    ("GET", "/subscriptions"): _OPERATE,
    ("POST", "/subscriptions"): _operating("subscription_created"),
    ("GET", "/subscriptions/mail"): _OPERATE,
    ("POST", "/subscriptions/pause"): _operating("subscription_paused"),
    ("POST", "/subscriptions/resume"): _operating("subscription_resumed"),
    ("POST", "/subscriptions/send"): _operating("subscription_sent"),
    ("POST", "/subscriptions/delete"): _operating("subscription_deleted"),
    ("GET", "/alerts"): _OPERATE,
    ("POST", "/alerts"): _operating("alert_created"),
    ("GET", "/alerts/look"): _OPERATE,
    ("POST", "/alerts/pause"): _operating("alert_paused"),
    ("POST", "/alerts/resume"): _operating("alert_resumed"),
    ("POST", "/alerts/delete"): _operating("alert_deleted"),
    ("GET", "/api/v1/reports"): _REPORTS,
    ("GET", "/api/v1/reports/{name}/definition"): _REPORTS,
    ("GET", "/api/v1/reports/{name}"): _REPORTS,
    ("POST", "/api/v1/reports/answers"): _REPORTS,
    ("GET", "/api/v1/reports/{name}/conversations"): _RECORDS,
    ("POST", "/api/v1/exports"): Need(Scope.RECORDS, audited="export_ordered"),
    ("POST", "/api/v1/exports/messages"): Need(Scope.RECORDS, audited="export_ordered"),
    ("GET", "/api/v1/exports/{export_id}"): _RECORDS,
    ("DELETE", "/api/v1/exports/{export_id}"): Need(Scope.RECORDS, audited="export_cancelled"),
    # A link has a token of its own, for people who have none of ours.
    ("GET", "/api/v1/exports/{export_id}/download"): Need(is_open=True, audited="export_fetched"),
    ("POST", "/api/v1/messages/events"): Need(Scope.INGEST, audited="messages_saved"),
    ("POST", "/api/v1/people"): Need(Scope.INGEST, audited="people_saved"),
    ("GET", "/api/v1/people"): _RECORDS,
    ("GET", "/api/v1/people/count"): _RECORDS,
    ("GET", "/api/v1/people/export"): Need(Scope.RECORDS, audited="people_exported"),
    ("GET", "/api/v1/people/attributes"): _RECORDS,
    ("POST", "/api/v1/people/attributes"): Need(Scope.INGEST, audited="attribute_declared"),
    ("GET", "/api/v1/people/{person}"): _RECORDS,
    ("GET", "/api/v1/people/{person}/events"): _RECORDS,
    ("GET", "/api/v1/people/{person}/held"): Need(Scope.RECORDS, audited="person_disclosed"),
    ("DELETE", "/api/v1/people/{person}"): _operating("person_erased"),
    ("POST", "/api/v1/people/{person}/merge"): Need(Scope.INGEST, audited="people_merged"),
    ("GET", "/api/v1/people/{person}/why"): _RECORDS,
    ("POST", "/api/v1/events"): Need(Scope.INGEST, audited="events_saved"),
    ("GET", "/api/v1/events/names"): _RECORDS,
    ("GET", "/api/v1/segments"): _REPORTS,
    ("POST", "/api/v1/segments"): _operating("segment_saved"),
    ("GET", "/api/v1/segments/{segment:path}"): _REPORTS,
    ("POST", "/api/v1/segments/audiences"): _operating("audience_frozen"),
    ("DELETE", "/api/v1/segments/{segment:path}"): _operating("segment_deleted"),
    ("GET", "/operations"): _OPERATE,
    ("GET", "/operations/indices"): _operating_all(),
    ("GET", "/operations/indices/{dataset}/{action}"): _operating_all(),
    ("POST", "/operations/indices/{dataset}/swap"): _operating_all("index_swapped"),
    ("POST", "/operations/indices/{dataset}/rollback"): _operating_all("index_rolled_back"),
    ("POST", "/operations/backfills/{number}/pause"): _operating_all("backfill_paused"),
    ("POST", "/operations/backfills/{number}/resume"): _operating_all("backfill_resumed"),
    ("POST", "/operations/backfills/{number}/cancel"): _operating_all("backfill_cancelled"),
    ("GET", "/operations/queue"): _OPERATE,
    ("POST", "/operations/queue/{dataset}/resume"): _operating_all("indexing_resumed"),
    ("GET", "/operations/quarantine"): _OPERATE,
    ("GET", "/operations/quarantine/entry"): _OPERATE,
    ("POST", "/operations/quarantine/replay"): _operating("quarantine_replayed"),
    ("GET", "/operations/quarantine/purge"): _OPERATE,
    ("POST", "/operations/quarantine/purge"): _operating("quarantine_purged"),
    ("GET", "/operations/exports"): _OPERATE,
    ("POST", "/operations/exports/{export_id}/cancel"): _operating("export_cancelled"),
    ("GET", "/operations/health"): _operating_all(),
    ("GET", "/operations/workspaces"): _OPERATE,
    ("GET", "/operations/workspace"): _OPERATE,
    ("POST", "/operations/workspace"): _operating("workspace_set"),
    ("GET", "/operations/workspace/change"): _OPERATE,
    ("POST", "/operations/workspace/names"): _operating("workspace_set"),
    ("GET", "/operations/workspace/team"): _OPERATE,
    ("POST", "/operations/workspace/team"): _operating("workspace_set"),
    ("GET", "/operations/workspace/team/change"): _OPERATE,
    ("GET", "/operations/audit"): _OPERATE,
}

READING = frozenset({("POST", "/api/v1/reports/answers")})
"""The requests that change nothing although their method could."""


class Found(NamedTuple):
    """A line of the list that fits a request, with the values in the address."""

    need: Need
    path: str
    values: Mapping[str, str]


def find_needs(needs: Needs, method: str, path: str) -> list[Found]:
    """The lines that fit the request. If there are several, a caller needs all that they ask for."""
    return [
        found
        for (of_method, template), need in needs.items()
        if of_method == method
        for found in _fits(template, need, path)
    ]


def methods_of(needs: Needs, path: str) -> list[str]:
    """The methods that an address has."""
    return sorted({method for (method, template), need in needs.items() for _ in _fits(template, need, path)})


def _fits(template: str, need: Need, path: str) -> Iterator[Found]:
    if (found := _pattern(template).match(path)) is not None:
        yield Found(need, template, found.groupdict())


@lru_cache(maxsize=1_000)
def _pattern(template: str) -> Pattern[str]:
    return compile_path(template)[0]
