"""Workspaces for reports: the sample's conversations, some of them twisted, and some made of parts at random.

Their documents are made as always. They lie around changes of clocks that are hard (Apia loses a day, Sao Paulo a
midnight, and then has one hour before midnight twice, as St. John's has one around it; Dublin and New York change
within weeks of each other, and back) and around ends of months and years.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from indexer.datasets.conversations import conversation_document
from indexer.datasets.dataset import Computation
from indexer.office_hours import parse_office_hours
from indexer.sample import generate, office_hours, workspace
from tests.builders import conversation, part

Document = dict[str, Any]

ZONES = (
    "UTC",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Pacific/Apia",
    "Asia/Kolkata",
)
CHANGING = {
    (date(2024, 2, 26), date(2024, 4, 4)): "Europe/Dublin",
    (date(2024, 10, 21), date(2024, 11, 9)): "America/New_York",
    (date(2011, 12, 25), date(2012, 1, 4)): "Pacific/Apia",
    (date(2018, 10, 31), date(2018, 11, 8)): "America/Sao_Paulo",
    (date(2018, 2, 13), date(2018, 2, 21)): "America/Sao_Paulo",
    (date(2010, 11, 3), date(2010, 11, 11)): "America/St_Johns",
}
"""Windows, each with a zone whose clocks change in it."""

WINDOWS = tuple(CHANGING)
YEARS = (date(2017, 1, 1), date(2024, 11, 12))
AS_OF = int(datetime(2024, 11, 12, 9, tzinfo=UTC).timestamp())

# The end of a history, its days, and how many conversations it has.
_HISTORIES = (
    (date(2024, 4, 9), 60, 420),
    (date(2024, 11, 12), 30, 240),
    (date(2012, 1, 6), 16, 110),
    (date(2018, 11, 10), 16, 110),
    (date(2018, 2, 23), 12, 140),
    (date(2010, 11, 13), 12, 140),
)
_MOMENTS = frozenset(
    {"created_at", "updated_at", "notified_at", "requested_at", "replied_at", "waiting_since", "snoozed_until"}
)
_BOUNDS = (300, 900, 1800, 3600, 10_800, 28_800)


@cache
def documents() -> tuple[Document, ...]:
    """The documents of three workspaces: those of two more have the same ids of conversations as those of `w`."""
    found: list[Document] = []
    for number, name in enumerate(("w", "v", "w2")):
        computation = Computation(name, parse_office_hours(office_hours()), frozenset(workspace()["bot_admin_ids"]))
        found += [
            orjson.loads(conversation_document(orjson.dumps(raw), computation))
            for raw in _conversations(random.Random(number))
        ]
    return tuple(found)


def _conversations(dice: random.Random) -> Iterator[Document]:
    for end, days, count in _HISTORIES:
        ends_at = int(datetime(end.year, end.month, end.day, tzinfo=UTC).timestamp())
        for raw in generate(count, 5, ends_at, days):
            for twist in dice.choices(_TWISTS, k=dice.choice([0, 0, 1, 2, 3])):
                twist(raw, dice)
            yield raw
    yield from _random_ones(dice)


def _bare(raw: Document, _dice: random.Random) -> None:
    """Nothing is known of it."""
    for name in ("company", "tags", "custom_attributes", "priority", "conversation_rating", "sla_applied"):
        raw[name] = None
    raw["contacts"] = {"contacts": []}


def _tagged(raw: Document, dice: random.Random) -> None:
    names = dice.sample(["bug", "billing", "how to", "<b>vip</b>", "Ä", "a=b"], dice.randrange(5))
    raw["tags"] = {"tags": [{"id": name, "name": name} for name in names]}


def _attributed(raw: Document, dice: random.Random) -> None:
    raw["custom_attributes"] = {
        "plan": dice.choice([["Pro", "Trial"], "Pro", None, []]),
        "seats": dice.choice([7, "7", 2.5, None]),
        "trial": dice.choice([True, False]),
        "account.size": dice.choice(["small", "large"]),
    }


def _previewed(raw: Document, dice: random.Random) -> None:
    raw["ai_agent_participated"] = dice.choice([True, False, None])
    raw["ai_agent"] = {
        "source_type": dice.choice(["fin_preview", "workflow_preview", "workflow"]),
        "last_answer_type": dice.choice(["ai_answer", "custom_answer", None]),
        "resolution_state": dice.choice(["assumed_resolution", "confirmed_resolution", "negative_feedback", None]),
        "rating": dice.choice([1, 3, 4, 5, None]),
    }


def _rated(raw: Document, dice: random.Random) -> None:
    at = raw["created_at"] + dice.randrange(86_400)
    raw["conversation_rating"] = {
        "rating": dice.choice([1, 2, 3, 4, 5, None]),
        "remark": dice.choice([None, "", "So so.", "x" * 40_000]),
        "created_at": at,
        "replied_at": dice.choice([None, at + 60]),
        "teammate": dice.choice([None, {"type": "admin", "id": "5101"}, {"type": "admin", "id": 5102}]),
    }


def _under_an_sla(raw: Document, dice: random.Random) -> None:
    status = dice.choice(["active", "active", "hit", "missed", "cancelled"])
    raw["sla_applied"] = {"sla_name": dice.choice(["Enterprise", "Odd"]), "sla_status": status}


def _unspoken(raw: Document, _dice: random.Random) -> None:
    """The contact has said nothing: it has no start."""
    raw["source"]["delivered_as"] = "admin_initiated"
    raw["source"]["author"] = {"type": "admin", "id": "5103", "email": "carmen@tidewater.example"}
    parts = raw["conversation_parts"]["conversation_parts"]
    raw["conversation_parts"]["conversation_parts"] = [
        one for one in parts if one["author"]["type"] in {"admin", "bot"} and one["part_type"] != "attribute_collected"
    ]


def _pressed(raw: Document, dice: random.Random) -> None:
    """Everything happens within a few seconds of the start."""
    at = raw["created_at"]
    for one in raw["conversation_parts"]["conversation_parts"]:
        at += dice.choice([0, 0, 0, 1])
        one["created_at"] = at


def _at_midnight(raw: Document, dice: random.Random) -> None:
    """It begins with a local day, or a second before one."""
    zone = ZoneInfo(dice.choice(ZONES))
    day = datetime.fromtimestamp(raw["created_at"], zone).date()
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
    _move(raw, midnight - dice.choice([0, 1]) - raw["created_at"])


def _move(value: Any, seconds: int) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in _MOMENTS and isinstance(inner, int):
                value[name] = inner + seconds
            else:
                _move(inner, seconds)
    elif isinstance(value, list):
        for inner in value:
            _move(inner, seconds)


def _assigned(raw: Document, dice: random.Random) -> None:
    raw["team_assignee_id"] = dice.choice([None, 0, 814001, "814001", "T1"])
    raw["admin_assignee_id"] = dice.choice([None, 0, 5101, "5102"])
    raw["state"] = dice.choice(["open", "closed", "snoozed", raw["state"]])


_TWISTS = (
    _bare,
    _tagged,
    _attributed,
    _previewed,
    _previewed,
    _previewed,
    _rated,
    _unspoken,
    _pressed,
    _at_midnight,
    _at_midnight,
    _assigned,
    _under_an_sla,
)

_PARTS = (
    *["comment"] * 6,
    *["assignment"] * 4,
    *["close"] * 3,
    *["snoozed"] * 3,
    "open",
    "note",
    "note_and_reopen",
    "assign_and_reopen",
    "assign_and_unsnooze",
    "unsnoozed",
    "timer_unsnooze",
    "attribute_collected",
    "conversation_sla_target_missed",
    "away_mode_assignment",
)


def _random_ones(dice: random.Random) -> Iterator[Document]:
    """Parts of all kinds, by everybody, many in the same second, some a bound of a distribution apart."""
    for number in range(160):
        first, last = dice.choice(WINDOWS)
        at = int(datetime.combine(first, datetime.min.time(), UTC).timestamp())
        at += dice.randrange(0, (last - first).days * 86_400)
        start, parts = at, []
        for _ in range(dice.randrange(14)):
            at += dice.choice([0, 0, 1, 7, *_BOUNDS, 86_400, 200_000])
            kind = dice.choice(_PARTS)
            more: dict[str, Any] = {}
            if "assign" in kind:
                more["to"] = dice.choice(["T1", "T2", "A", "B", "nobody"])
            if kind == "conversation_sla_target_missed":
                more["event_details"] = {
                    "target": dice.choice(["first_reply_time", "next_reply_time", "time_to_close"])
                }
            parts.append(part(dice.choice("CCAABDO"), kind, at, body=dice.random() < 0.4, **more))
        yield conversation(
            *parts,
            id=f"r{number}",
            at=start,
            by=dice.choice("CCCAO"),
            delivered_as=dice.choice(["customer_initiated", "customer_initiated", "automated", "admin_initiated"]),
            state=dice.choice(["open", "closed", "snoozed"]),
            team_assignee_id=dice.choice([None, "T1", "T2"]),
            admin_assignee_id=dice.choice([None, "A", "B"]),
            waiting_since=None,
            sla_applied=dice.choice(
                [
                    None,
                    *({"sla_name": "Odd", "sla_status": status} for status in ("hit", "missed", "cancelled", "active")),
                ]
            ),
        )
