"""The workspace of the sample: Tidewater, which sells a booking calendar and supports its users."""

from itertools import count
from typing import TypedDict

from indexer.sample.authors import Author, Shift, Team, Teammate, admin_json

DUBLIN = "Europe/Dublin"
NEW_YORK = "America/New_York"

FRONTLINE = Team("814001", "Frontline")
BILLING = Team("814002", "Billing")
TECHNICAL = Team("814003", "Technical")
ONBOARDING = Team("814004", "Onboarding")
AMERICAS = Team("814005", "Americas")
TEAMS = (FRONTLINE, BILLING, TECHNICAL, ONBOARDING, AMERICAS)

_WEEK = range(5)
_EARLY = Shift(DUBLIN, _WEEK, 8 * 60, 16 * 60)
_DAY = Shift(DUBLIN, _WEEK, 9 * 60, 17 * 60 + 30)
_LATE = Shift(DUBLIN, _WEEK, 11 * 60, 19 * 60)
_FOUR_DAYS = Shift(DUBLIN, range(4), 8 * 60 + 30, 18 * 60)
_SATURDAY = Shift(DUBLIN, range(2, 6), 9 * 60 + 30, 17 * 60)
_AMERICAN = Shift(NEW_YORK, _WEEK, 9 * 60, 17 * 60)
_AMERICAN_LATE = Shift(NEW_YORK, _WEEK, 11 * 60, 19 * 60)

_STAFF = (
    (FRONTLINE, _EARLY, ("Aoife Brannock", "Tomasz Wilk")),
    (FRONTLINE, _DAY, ("Carmen Ibarra", "Dermot Kehoe", "Yuki Tanabe")),
    (FRONTLINE, _LATE, ("Sinead Farrow", "Babak Noori")),
    (FRONTLINE, _SATURDAY, ("Grace Okonjo", "Milan Petrov")),
    (BILLING, _DAY, ("Hanna Lindqvist", "Ruairi Costello")),
    (BILLING, _FOUR_DAYS, ("Odile Marchand",)),
    (TECHNICAL, _EARLY, ("Piotr Zaleski",)),
    (TECHNICAL, _DAY, ("Nadia Rahmani", "Conor Tierney", "Ifeoma Eze")),
    (TECHNICAL, _LATE, ("Lars Brandvold", "Mei-Lin Chou")),
    (ONBOARDING, _DAY, ("Roisin Delaney", "Jonas Albrecht")),
    (ONBOARDING, _FOUR_DAYS, ("Priya Raman",)),
    (AMERICAS, _AMERICAN, ("Marcus Whitfield", "Dolores Quintana", "Ellen Prescott")),
    (AMERICAS, _AMERICAN_LATE, ("Andre Baptiste",)),
)


def _hire() -> tuple[Teammate, ...]:
    numbers = count(5101)
    return tuple(
        Teammate(str(next(numbers)), name, f"{name.split()[0].lower()}@tidewater.example", team, shift)
        for team, shift, names in _STAFF
        for name in names
    )


TEAMMATES = _hire()

OPERATOR = Author("bot", admin_json("bot", "5001", "Operator", "operator+tidewater@intercom.io"))
AI_AGENT = Author("bot", admin_json("bot", "5002", "Fin", "operator+tidewater@intercom.io", ai_agent=True))
# The older kind of bot: an author of type admin, told apart by its e-mail address or its id alone.
OPERATOR_ADMIN = Author("bot", admin_json("admin", "5003", "Operator", "operator+tidewater@intercom.io"))

TAGS = {
    "billing": "3001",
    "refund": "3002",
    "login": "3003",
    "api": "3004",
    "import": "3005",
    "mobile": "3006",
    "feature request": "3007",
    "cancellation": "3008",
    "onboarding": "3009",
    "permissions": "3010",
    "calendar sync": "3011",
    "outage": "3012",
    "bug": "3013",
    "vip": "3014",
    "follow-up": "3015",
}
"""The names of the workspace's tags, with their ids."""


class Workspace(TypedDict):
    """What labels need: names by id. `bot_admin_ids` are the admins that are bots."""

    name: str
    teams: dict[str, str]
    teammates: dict[str, str]
    tags: dict[str, str]
    bot_admin_ids: list[str]


def workspace() -> Workspace:
    """Teams, teammates and tags as names by id, and the admins that are bots."""
    return {
        "name": "Tidewater",
        "teams": {team.id: team.name for team in TEAMS},
        "teammates": {mate.id: mate.name for mate in TEAMMATES},
        "tags": {tag_id: name for name, tag_id in TAGS.items()},
        "bot_admin_ids": [OPERATOR_ADMIN.json["id"]],
    }
