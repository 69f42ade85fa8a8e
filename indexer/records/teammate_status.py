"""A teammate's change of status, and the document of the period that begins with it (docs/decisions/0013)."""

from typing import Literal

from msgspec import Struct

from indexer.conversation.values import epoch_seconds, kind, optional_seconds, shortened, text
from indexer.errors import Refused
from indexer.metrics.schema import DateRange
from indexer.records.raw import Raw, first_time, inner, object_from, optional_id, refuse_other_type, required_id

STATUS_VERSION = 2
"""Raised with every change of a definition here."""

Status = Literal["active", "away", "away_reassign"]

_ACTIVITY = "admin_away_mode_change"

_WORDS: dict[str, Status] = {
    "active": "active",
    "away": "away",
    "away_reassign": "away_reassign",
    "away_reassigning": "away_reassign",
}


class StatusChange(Struct, frozen=True):
    """A change: from `at` (epoch seconds) on, the teammate has this status; `updated_at` tells versions of it apart."""

    id: str
    teammate_id: str
    status: Status
    at: int
    updated_at: int
    reason: str | None


class StatusDocument(Struct, omit_defaults=True, gc=False):
    """The reporting document of a period with one status; times in epoch seconds.

    `during`, and its two ends as numbers to add up, are those of a period of at least a second; a period that still
    lasts has no end. A change followed by another in the same second has none of the three: it was never in force.
    """

    workspace_id: str
    status_id: str
    metrics_version: int
    teammate_id: str
    status: Status
    started_at: int
    revision: int | None = None
    ended_at: int | None = None
    during: DateRange | None = None
    during_from: int | None = None
    during_until: int | None = None
    reason: str | None = None


def parse_status_change(payload: bytes) -> StatusChange:
    """Read a change of status from its JSON; raises `Refused`.

    Either the vendor's entry of the activity log (`admin_away_mode_change`), or the same in short:
    `{"id", "admin_id", "status": "active" | "away" | "away_reassign", "at"}`.
    """
    raw = object_from(payload)
    refuse_other_type(raw, "activity_log")
    change_id = required_id(raw.get("id"), "id")
    if "activity_type" in raw or "performed_by" in raw:
        return _from_activity(change_id, raw)
    at, began = first_time(raw, "at", "created_at")
    if at is None:
        at = epoch_seconds(raw.get(began), began)
    return StatusChange(
        id=change_id,
        teammate_id=optional_id(raw.get("admin_id"), raw.get("teammate_id"))
        or required_id(raw.get("admin_id"), "admin_id"),
        status=_status(raw.get("status")),
        at=at,
        updated_at=optional_seconds(raw.get("updated_at"), "updated_at") or at,
        reason=text(raw.get("reason")),
    )


def _from_activity(change_id: str, raw: Raw) -> StatusChange:
    said_type = raw.get("activity_type")
    if said_type != _ACTIVITY:
        raise Refused("activity_type", f"is {_named(said_type)}, not {_ACTIVITY!r}")
    metadata = inner(raw.get("metadata"), "metadata")
    away = metadata.get("away_mode")
    if not isinstance(away, bool):
        raise Refused("metadata.away_mode", "is neither true nor false")
    reassigning = metadata.get("reassign_conversations")
    if not (reassigning is None or isinstance(reassigning, bool)):
        raise Refused("metadata.reassign_conversations", "is neither true nor false")
    at = epoch_seconds(raw.get("created_at"), "created_at")
    return StatusChange(
        id=change_id,
        teammate_id=required_id(inner(raw.get("performed_by"), "performed_by").get("id"), "performed_by.id"),
        status=("away_reassign" if reassigning else "away") if away else "active",
        at=at,
        updated_at=at,
        reason=text(metadata.get("away_status_reason")),
    )


def status_document(
    change: StatusChange, workspace_id: str, ends_at: int | None, revision: int | None = None
) -> StatusDocument:
    """Everything that reports know of the period from this change to the next one of the teammate, at `ends_at`."""
    in_force = ends_at is None or ends_at > change.at
    return StatusDocument(
        workspace_id=workspace_id,
        status_id=change.id,
        revision=revision,
        metrics_version=STATUS_VERSION,
        teammate_id=change.teammate_id,
        status=change.status,
        started_at=change.at,
        ended_at=ends_at,
        during=DateRange(change.at, ends_at) if in_force else None,
        during_from=change.at if in_force else None,
        during_until=ends_at if in_force else None,
        reason=change.reason,
    )


def _status(value: object) -> Status:
    found = _WORDS.get(value) if isinstance(value, str) else None
    if found is None:
        raise Refused("status", f"is {_named(value)}, not one of active, away, away_reassign")
    return found


def _named(value: object) -> str:
    """A value for a sentence: the beginning of a text, or the kind of any other value, which may be large."""
    return shortened(value) if isinstance(value, str) else kind(value)
