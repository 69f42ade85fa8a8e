"""Changes of status and calls, as short as they can be written, and what is to be expected of them."""

import random
from itertools import pairwise
from typing import Any

Raw = dict[str, Any]
Period = tuple[str, str, int, int | None]
"""A teammate, a status, its start, and its end where it has one."""

STATUSES = ("active", "away", "away_reassign")


def change(id_: str, teammate: str, status: str, at: int) -> Raw:
    return {"id": id_, "admin_id": teammate, "status": status, "at": at}


def call(id_: str, initiated_at: int, **other: Any) -> Raw:
    return {"type": "call", "id": id_, "initiated_at": initiated_at, **other}


def periods(changes: list[Raw]) -> list[Period]:
    """The periods that some changes make, those of no length left out; of one second the last id comes last."""
    found: list[Period] = []
    for teammate in sorted({one["admin_id"] for one in changes}):
        own = sorted(
            (one for one in changes if one["admin_id"] == teammate),
            key=lambda one: (one["at"], len(one["id"]), one["id"]),
        )
        found += [(teammate, one["status"], one["at"], after["at"]) for one, after in pairwise(own)]
        found.append((teammate, own[-1]["status"], own[-1]["at"], None))
    return [period for period in found if period[3] is None or period[3] > period[2]]


def many_changes(start: int, end: int, count: int, seed: int, teammates: int = 4) -> list[Raw]:
    """Changes at any second, half of them at full hours, where periods of reports begin; some in one second."""
    dice = random.Random(seed)
    return [
        change(
            str(number),
            f"t{dice.randrange(teammates)}",
            dice.choice(STATUSES),
            dice.randrange(start, end) if dice.random() < 0.5 else dice.randrange(start, end, 3600),
        )
        for number in range(1, count + 1)
    ]
