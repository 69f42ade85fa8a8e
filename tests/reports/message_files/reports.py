"""Every report of messages and of checkpoints, by its name."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.reports.message_files.numbers import (
    PARTS,
    REST,
    Item,
    Number,
    Report,
    Source,
    Test,
    added,
    distinct,
    each,
    median,
    ninetieth,
    of_values,
    part_of,
    part_of_all,
    rate,
    side_by_side,
    time_to,
    when_it_happened,
    when_sent,
)
from tests.reports.message_files.receipt_facts import Receipt
from tests.reports.message_files.visits import Visit
from tests.reports.plain.figures import Figure


def has(kind: str) -> Test:
    return lambda receipt: receipt.has(kind)


def delivered(receipt: Receipt) -> bool:
    return not receipt.has("hard_bounce")


def in_a_series(receipt: Receipt) -> bool:
    return receipt.row["series_id"] not in {None, "-1"}


def is_a_series(receipt: Receipt) -> bool:
    return bool(receipt.row["content_type"] == "Series")


def is_a_message(receipt: Receipt) -> bool:
    return receipt.row["content_type"] not in {"Series", "Series Edge Split", "Control Group"}


OF_KINDS = {
    "opened": "open",
    "clicked": "click",
    "replied": "reply",
    "goal_reached": "goal_success",
    "completed": "completion",
    "dismissed": "dismissal",
    "unsubscribed": "unsubscribe",
    "hard_bounced": "hard_bounce",
    "soft_bounced": "soft_bounce",
    "marked_as_spam": "spam_complaint",
    "reacted_to": "reaction",
    "with_email_collected": "collected_email",
}
RATES = {
    "open": "open",
    "click": "click",
    "reply": "reply",
    "goal": "goal_success",
    "completion": "completion",
    "dismissal": "dismissal",
    "unsubscribe": "unsubscribe",
    "hard_bounce": "hard_bounce",
    "soft_bounce": "soft_bounce",
    "spam": "spam_complaint",
    "reaction": "reaction",
    "email_collection": "collected_email",
}


def with_(kind: str) -> Report:
    return Report(when_sent(kind, where=has(kind)), distinct)


def rate_of(kind: str, where: Test | None = None) -> Report:
    source = when_sent(where=where) if where else when_sent()
    return Report(source, rate(lambda item: item.of.has(kind)))


def without(kind: str) -> Number:
    return rate(lambda item: not item.of.has(kind))


def happened(*kinds: str, where: Test | None = None) -> Source:
    return when_it_happened(*kinds, where=where) if where else when_it_happened(*kinds)


def has_been(kind: str) -> Test:
    return lambda item: item.of.has(kind)


def machines(kind: str) -> Report:
    def number(receipt: Receipt) -> int:
        return sum(event.kind == kind for event in receipt.by_machines)

    return Report(when_sent(where=lambda receipt: number(receipt) > 0), of_values(number, added))


def times(kind: str, number: Callable[[list[Any]], Figure]) -> Report:
    return Report(when_sent(), of_values(time_to(kind), number), behind=has_been(kind))


def spread(kind: str) -> Report:
    names = [*(name for name, _ in PARTS), REST]
    return Report(when_sent(where=has(kind)), part_of_all, names, part_of(kind))


def is_failure(item: Item) -> bool:
    return item.event is not None and item.event.kind == "tour_step_failure"


PERFORMANCE = side_by_side(
    {
        "sent": lambda _: True,
        "delivered": delivered,
        "opened": has("open"),
        "clicked": has("click"),
        "replied": has("reply"),
        "goal": has("goal_success"),
        "completed": has("completion"),
        "dismissed": has("dismissal"),
        "reacted": has("reaction"),
        "unsubscribed": has("unsubscribe"),
        "hard_bounced": has("hard_bounce"),
        "soft_bounced": has("soft_bounce"),
        "complaints": has("spam_complaint"),
    },
    {
        "delivered": ["sent"],
        "opened": ["sent", "delivered"],
        "clicked": ["sent", "delivered", "opened"],
        "replied": ["sent", "delivered"],
        "goal": ["sent"],
        "completed": ["sent"],
        "dismissed": ["sent"],
        "reacted": ["sent"],
        "unsubscribed": ["sent", "delivered"],
        "hard_bounced": ["sent"],
        "soft_bounced": ["sent"],
        "complaints": ["sent", "delivered"],
    },
)
SERIES_PERFORMANCE = side_by_side(
    {
        "entered": lambda _: True,
        "completed": has("series_completion"),
        "disengaged": has("series_disengagement"),
        "exited": has("series_exit"),
        "goal": has("goal_success"),
    },
    {name: ["entered"] for name in ("completed", "disengaged", "exited", "goal")},
)
SERIES_MESSAGES = side_by_side(
    {
        "received": is_a_message,
        "opened": has("open"),
        "clicked": has("click"),
        "replied": has("reply"),
        "goal": has("goal_success"),
        "unsubscribed": has("unsubscribe"),
        "entered": is_a_series,
    },
    {name: ["received"] for name in ("opened", "clicked", "replied", "goal", "unsubscribed")},
    {"received": "entered"},
)
TOUR_STEPS = side_by_side(
    {"shown": lambda _: True, "completed": has("completion"), "left": lambda receipt: not receipt.has("completion")},
    {"completed": ["shown"], "left": ["shown"]},
    {"shown": "shown"},
)
CAROUSEL_SCREENS = side_by_side(
    {"shown": lambda _: True, "completed": has("completion"), "dismissed": has("dismissal")},
    {"completed": ["shown"], "dismissed": ["shown"]},
    {"shown": "shown"},
)


def first_and(edge: str) -> Test:
    return lambda visit: visit.first and visit.edge == edge


EDGES = {
    "primary": "exited_primary",
    "alternate": "exited_alternate",
    "split": "exited_split",
    "waiting": "waiting",
    "exited": "exited_series",
    "expired": "expired",
}
NODES = side_by_side(
    {
        "people": lambda visit: visit.first,
        **{name: first_and(edge) for name, edge in EDGES.items()},
        "passes": lambda _: True,
    },
    {name: ["people"] for name in EDGES},
    of_most=["people", *EDGES],
)


def shown(kind: str, number: Number) -> Report:
    return Report(when_sent(kind, where=has(kind)), number)


REPORTS: dict[str, Report] = {
    "messages_sent": Report(when_sent(), distinct),
    "messages_delivered": Report(when_sent(where=delivered), distinct),
    **{f"messages_{name}": with_(kind) for name, kind in OF_KINDS.items()},
    **{f"messages_{name}_by_day_of_event": Report(happened(kind), distinct) for name, kind in OF_KINDS.items()},
    "messages_with_events_by_day_of_event": Report(happened(), distinct),
    "message_delivery_rate": Report(when_sent(), without("hard_bounce")),
    **{f"message_{name}_rate": rate_of(kind) for name, kind in RATES.items()},
    **{
        f"message_{name}_rate_of_delivered": rate_of(RATES[name], delivered)
        for name in ("open", "click", "reply", "unsubscribe", "spam")
    },
    "message_click_to_open_rate": rate_of("click", has("open")),
    "message_events": Report(happened(), each),
    "message_clicks": Report(happened("click"), each),
    "message_replies": Report(happened("reply"), each),
    "message_reactions": Report(happened("reaction"), each),
    "machine_opens": machines("open"),
    "machine_clicks": machines("click"),
    **{f"median_time_to_{kind}": times(kind, median) for kind in ("open", "click")},
    **{f"p90_time_to_{kind}": times(kind, ninetieth) for kind in ("open", "click")},
    **{f"time_to_{kind}_distribution": spread(kind) for kind in ("open", "click")},
    "message_performance": Report(when_sent(), PERFORMANCE),
    "tours_shown": shown("tour_step_view", distinct),
    "tour_steps": shown("tour_step_view", TOUR_STEPS),
    "tour_drop_off_rate": shown("tour_step_view", without("completion")),
    "tour_completion_rate": shown("tour_step_view", rate(has_been("completion"))),
    "tours_with_failed_steps": shown("tour_step_failure", distinct),
    "tour_step_failure_rate": Report(happened("tour_step_view", "tour_step_failure"), rate(is_failure)),
    "tour_step_views": Report(happened("tour_step_view"), each),
    "tour_step_failures": Report(happened("tour_step_failure"), each),
    "carousels_shown": shown("screen_view", distinct),
    "carousel_screens": shown("screen_view", CAROUSEL_SCREENS),
    "carousel_drop_off_rate": shown("screen_view", without("completion")),
    "carousels_with_button_taps": shown("button_tap", distinct),
    "carousels_with_permission": shown("permission_grant", distinct),
    "carousel_screen_views": Report(happened("screen_view"), each),
    "carousel_button_taps": Report(happened("button_tap"), each),
    "series_entered": Report(when_sent(where=is_a_series), distinct),
    **{
        f"series_{name}": Report(
            when_sent(kind, where=lambda one, kind=kind: is_a_series(one) and one.has(kind)), distinct
        )
        for name, kind in (
            ("completed", "series_completion"),
            ("disengaged", "series_disengagement"),
            ("exited", "series_exit"),
        )
    },
    **{
        f"series_{name}_rate": rate_of(f"series_{name}", is_a_series)
        for name in ("completion", "disengagement", "exit")
    },
    **{
        f"series_{name}_by_day_of_event": Report(happened(kind, where=is_a_series), distinct)
        for name, kind in (
            ("completed", "series_completion"),
            ("disengaged", "series_disengagement"),
            ("exited", "series_exit"),
        )
    },
    "series_performance": Report(when_sent(where=is_a_series), SERIES_PERFORMANCE),
    "series_messages": Report(when_sent(where=in_a_series), SERIES_MESSAGES, behind=lambda item: is_a_message(item.of)),
}


def all_visits(found: Sequence[Visit]) -> Iterator[Item]:
    return (Item(visit.row["created_at"], visit) for visit in found)


def first_visits(found: Sequence[Visit]) -> Iterator[Item]:
    return all_visits([visit for visit in found if visit.first])


OF_CHECKPOINTS: dict[str, Report] = {
    "series_people": Report(first_visits, distinct),
    "series_passes": Report(all_visits, distinct),
    "series_edges": Report(all_visits, distinct),
    "series_edge_share": Report(all_visits, part_of_all),
    "series_nodes": Report(all_visits, NODES, behind=lambda item: item.of.first),
}
