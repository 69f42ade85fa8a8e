"""Receipts with what happened to them and counts, by the rules of the description."""

from dataclasses import dataclass, field
from typing import Any

from tests.reports.message_files.made_rows import TIMES, Files, Row

KNOWN = {
    "Post", "Banner", "Chat", "Email", "Push", "Product Tour", "Mobile Carousel", "Custom Bot", "Survey", "Series",
    "Series Edge Split", "Control Group",
}  # fmt: skip
POSSIBLE = {
    "button_tap": {"Mobile Carousel"},
    "click": {"Post", "Banner", "Chat", "Email"},
    "collected_email": {"Chat"},
    "completion": {"Custom Bot", "Product Tour", "Mobile Carousel"},
    "dismissal": {"Mobile Carousel"},
    "goal_success": KNOWN - {"Survey"},
    "hard_bounce": {"Email"},
    "open": {"Post", "Push", "Chat", "Email"},
    "permission_grant": {"Mobile Carousel"},
    "reaction": {"Post", "Banner"},
    "reply": {"Post", "Chat", "Custom Bot", "Email"},
    "screen_view": {"Mobile Carousel"},
    "series_completion": {"Series"},
    "series_disengagement": {"Series"},
    "series_exit": {"Series"},
    "soft_bounce": {"Email"},
    "spam_complaint": {"Email"},
    "tour_step_failure": {"Product Tour"},
    "tour_step_view": {"Product Tour"},
    "unsubscribe": {"Email"},
}
"""The content types of each statistic. Surveys, which the description does not list, can have any."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event that counts."""

    kind: str
    at: int
    row: Row


@dataclass(slots=True)
class Receipt:
    """A receipt; events by machines are apart."""

    row: Row
    events: list[Event] = field(default_factory=list)
    by_machines: list[Event] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.row["receipt_id"])

    @property
    def received_at(self) -> int:
        return int(self.row["received_at"])

    def of(self, *kinds: str) -> list[Event]:
        return [event for event in self.events if event.kind in kinds]

    def has(self, kind: str) -> bool:
        return bool(self.of(kind))

    def first(self, kind: str) -> int | None:
        return min((event.at for event in self.of(kind)), default=None)


def receipts(files: Files) -> list[Receipt]:
    """The receipts with their events; an event without a receipt waits, and counts nowhere."""
    found = {row["receipt_id"]: Receipt(row) for row in files["receipt"]}
    for kind, time in TIMES.items():
        for row in files[kind]:
            receipt = found.get(row["receipt_id"])
            if receipt is None or not _possible(kind, receipt.row["content_type"]):
                continue
            by_machine = kind in {"open", "click"} and row.get("machine")
            (receipt.by_machines if by_machine else receipt.events).append(Event(kind, row[time], row))
    for receipt in found.values():
        opens = sorted(receipt.of("open"), key=lambda event: event.at)
        receipt.events = [event for event in receipt.events if event.kind != "open"] + opens[:1]
    return list(found.values())


def _possible(kind: str, content_type: str) -> bool:
    return content_type not in KNOWN - {"Survey"} or content_type in POSSIBLE.get(kind, KNOWN)


def company(row: Row) -> Any:
    return None if row["company_id"] == "-1" else row["company_id"]


WORDS = {
    "content": "content_id",
    "content_title": "content_title",
    "message": "ruleset_id",
    "version": "content_id",
    "ruleset_version": "ruleset_version_id",
    "series_title": "series_title",
    "node": "node_id",
    "country": "country",
}
OF_EVENTS = {
    "step": "step_id",
    "screen": "screen_id",
    "button": "button_id",
    "permission": "permission_type",
    "reaction": "reaction",
    "link": "link",
}


def of_receipt(word: str, row: Row) -> Any:
    """The value of a receipt's row under a word, None if there is none."""
    match word:
        case "company":
            return company(row)
        case "series":
            return None if row["series_id"] == "-1" else row["series_id"]
        case "content_type":
            said = row["content_type"]
            return said.lower().replace(" ", "_") if said in KNOWN else said
    return row[WORDS[word]]


def of_event(word: str, event: Event) -> Any:
    """The value of an event's row under a word, None if there is none."""
    match word:
        case "kind":
            return event.kind
        case "last_node":
            return event.row.get("completion_node_ruleset_id") or event.row.get("disengaged_node_ruleset_id")
    return event.row.get(OF_EVENTS[word])
