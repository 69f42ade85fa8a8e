"""Conversations with odd values in any of their fields: times, ids, literals and types of every kind."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from tests.builders import conversation, part
from tests.metrics.strategies import START, conversations

Json = dict[str, Any]
Path = tuple[str | int, ...]

FACTS: Json = {
    "title": "Broken",
    "state": "closed",
    "priority": "high",
    "admin_assignee_id": 3,
    "team_assignee_id": 0,
    "tags": {"type": "tag.list", "tags": [{"id": "1", "name": "Billing"}, {"id": 2}]},
    "contacts": {
        "type": "contact.list",
        "contacts": [
            {"id": "c1", "location": {"country": "Ireland", "continent_code": "EU"}, "companies": {"data": [{"id": 8}]}}
        ],
    },
    "company": {"type": "company", "id": "k1"},
    "custom_attributes": {"plan": "Pro", "seats": None},
    "conversation_rating": {
        "rating": 4, "remark": "Good", "created_at": START + 70, "updated_at": START + 90, "teammate": {"id": 3},
    },
    "sla_applied": {"sla_name": "Gold", "sla_status": "missed"},
    "statistics": {"count_conversation_parts": 3},
    "ai_agent_participated": True,
    "ai_agent": {
        "last_answer_type": "ai_answer", "resolution_state": "escalated", "rating": 2, "created_at": START + 5,
    },
}  # fmt: skip

ODD_PARTS = [
    part("O", "conversation_sla_target_missed", START + 40, event_details={"sla_target_type": "first_reply_time"}),
    part("A", "assignment", START + 50, admin_assignee_id=7, team_assignee_id="T2"),
    part("A", "assignment", START + 55, assigned_to={"type": "bot", "id": 9}),
    part("C", "conversation_rating_changed", START + 80),
    part("A", "comment", START + 90, id="1", updated_at=START + 95),
]

ADDED = {
    "open": False, "snoozed_until": START, "assignee": {"type": "admin", "id": 5}, "customers": [{"id": "c9"}],
    "customer": {"id": "c7"}, "user": {"id": "c8"}, "conversation_message": {"subject": "Old"}, "type": "conversation",
    "ticket_parts": {"ticket_parts": [part("A", "comment", START + 3, id="99")]},
    "ticket_attributes": {"_default_title_": "A ticket", "seats": 3},
    "data": [{"id": 4}], "companies": [{"id": 5}], "location_data": {"country_name": "Chile"},
    "country_name": "Peru", "admin_assignee_id": 6, "team_assignee_id": 7, "target": "next_reply_time",
    "_unreadable_id": True, "redacted": True, "from_ai_agent": True, "total_count": 40,
}  # fmt: skip
"""Fields of older versions and of other shapes, which any object may have beside its own."""

TIMES = [
    0, 0.0, 0.5, -1, START + 33, START + 33.5, (START + 33) * 1000, (START + 33) * 1000.0, 170_925_120_000, 1e300,
    str(START + 33), f"{START + 33}.25", f"{START + 33}000", "5", "0", "", "soon", "2024-03-01T00:01:00Z",
    "2024-03-01T00:01:00", "1969-01-01T00:00:00Z", "2300-01-01T00:00:00Z", 4_102_444_799, 4_102_444_800,
]  # fmt: skip
IDS = ["", "0", "7", "T1", 0, 7, -7, 0.0, 7.0, 7.5, -0.5, 2.15e14, 2.0**53, 1e300, 123_456_789_012_345_678, " ", "7.0"]
TYPES = [None, True, False, 0, 1, -3, 1.5, "", "x", [], {}, [1], [{}], {"id": []}, {"type": {}}, [[]], {"x": None}]
LITERALS = [
    "hit", "missed", "active", "cancelled", "canceled", "breached", "open", "closed", "snoozed", "pending",
    "routed_to_team", "abandoned", "escalated", "next_reply_time", "handle_time", "admin", "bot", "team",
    "nobody_admin", "robot", "customer_initiated", "brand_new_assignment", 0, 5, 6, 3.0, "4",
]  # fmt: skip
VALUES = st.sampled_from([*TIMES, *IDS, *TYPES, *LITERALS]).map(deepcopy)


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all values in it."""
    if path:
        yield path
    for name, one in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from paths(one, (*path, name))


@st.composite
def odd_conversations(draw: st.DrawFn, most: int = 3) -> Json:
    """A conversation of the present API with up to this many values replaced, removed or added somewhere."""
    raw = deepcopy(draw(st.one_of(conversations(), st.just(conversation(at=START)))))
    raw |= deepcopy({name: FACTS[name] for name in draw(st.lists(st.sampled_from(sorted(FACTS)), unique=True))})
    raw["conversation_parts"]["conversation_parts"] += deepcopy(draw(st.lists(st.sampled_from(ODD_PARTS), max_size=3)))
    for _ in range(draw(st.integers(0, most))):
        path = draw(st.sampled_from([(), *paths(raw)]))
        if not path:
            name = draw(st.sampled_from(sorted(ADDED)))
            raw[name] = deepcopy(ADDED[name])
            continue
        *holders, name = path
        holder: Any = raw
        for one in holders:
            holder = holder[one]
        if draw(st.booleans()) and isinstance(holder[name], dict):
            added = draw(st.sampled_from(sorted(ADDED)))
            holder[name][added] = draw(st.one_of(st.just(ADDED[added]).map(deepcopy), VALUES))
        elif draw(st.integers(0, 9)):
            holder[name] = draw(VALUES)
        else:
            del holder[name]
    return raw
