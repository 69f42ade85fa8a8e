"""The workspace's phone calls, as the vendor's API gives them."""

from collections.abc import Iterator
from random import Random

from indexer.sample.authors import Json
from indexer.sample.generator import DEFAULT_END
from indexer.sample.sample_workspace import TEAMMATES

_DAY = 86_400
_CALLS_A_DAY = 12
_UNANSWERED = ("abandoned_routing", "abandoned_in_queue", "abandoned_in_queue", "abandoned_in_voicemail")
_FIRST_HOUR, _LAST_HOUR = 7, 21


def calls(seed: int, end: int = DEFAULT_END, days: int = 30) -> Iterator[Json]:
    """The calls of the `days` times 24 hours before `end` (epoch seconds), a dozen a day, most of them answered."""
    dice = Random(f"calls of {seed}")
    for number in range(days * _CALLS_A_DAY):
        day = end - (days - number // _CALLS_A_DAY) * _DAY
        yield _call(dice, str(700_000 + number), day + dice.randrange(_FIRST_HOUR * 3600, _LAST_HOUR * 3600))


def _call(dice: Random, call_id: str, initiated_at: int) -> Json:
    inbound = dice.random() < 0.75
    waited = dice.randrange(3, 180)
    answered = dice.random() < 0.7
    ended_at = initiated_at + waited + (int(dice.lognormvariate(5.4, 0.8)) if answered else dice.randrange(5, 60))
    outcome = "answered" if answered else dice.choice(_UNANSWERED) if dice.random() < 0.7 else "voicemail_left"
    mate = dice.choice(TEAMMATES)
    answered_at = {"answered_at": initiated_at + waited} if answered else {}
    return {
        "type": "call",
        "id": call_id,
        "admin_id": mate.id if answered or not inbound else None,
        "state": "completed" if answered else outcome,
        "initiated_at": initiated_at,
        **answered_at,
        "ended_at": ended_at,
        "created_at": initiated_at,
        "updated_at": ended_at,
        "call_type": "phone",
        "direction": "inbound" if inbound else "outbound",
        "ended_reason": outcome,
    }
