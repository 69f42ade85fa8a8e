"""When the teammates were active and when away: the changes of their statuses, as the activity log has them."""

from collections.abc import Iterator
from random import Random

from indexer.sample.authors import Json, Teammate
from indexer.sample.generator import DEFAULT_END
from indexer.sample.rota import shifts_of
from indexer.sample.sample_workspace import TEAMMATES

_DAY = 86_400
_HALF_HOUR = 1_800


def status_changes(seed: int, end: int = DEFAULT_END, days: int = 30) -> Iterator[Json]:
    """Every change of the `days` times 24 hours before `end` (epoch seconds), teammate by teammate.

    On every shift somebody comes, has a break, comes back, and leaves with their conversations reassigned.
    """
    for mate in TEAMMATES:
        dice = Random(f"presence of {mate.id}, {seed}")
        for begins, ends in shifts_of(mate, end - days * _DAY, end):
            pause = begins + (ends - begins) // 2 + dice.randrange(-_HALF_HOUR, _HALF_HOUR)
            changes = [
                (begins + dice.randrange(600), False, False, None),
                (pause, True, False, dice.choice(["🍽️ At lunch", "☕ On a break", "📞 In a meeting"])),
                (pause + dice.randrange(900, 3_600), False, False, None),
                (ends + dice.randrange(600), True, True, "🏡 Done for the day"),
            ]
            for at, away, reassigning, reason in changes:
                if end - days * _DAY <= at < end:
                    yield _change(mate, at, reason, away=away, reassigning=reassigning)


def _change(mate: Teammate, at: int, reason: str | None, *, away: bool, reassigning: bool) -> Json:
    return {
        "id": f"{mate.id}-{at}",
        "performed_by": {"type": "admin", "id": mate.id, "email": mate.email},
        "metadata": {
            "away_mode": away,
            "away_status_reason": reason,
            "reassign_conversations": reassigning,
            "source": f"admin update from web - Admin id: {mate.id}",
        },
        "created_at": at,
        "activity_type": "admin_away_mode_change",
        "activity_description": f"{mate.name} changed their Away mode {'on' if away else 'off'}",
    }
