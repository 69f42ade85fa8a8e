"""Rows as in the files of a detailed export, with everything in them that makes numbers go wrong.

Three columns are not the vendor's: `machine`, `link` and the recipient's `country`.
"""

import random
from collections.abc import Iterator
from typing import Any

Row = dict[str, Any]
Files = dict[str, list[Row]]
"""The rows of each file, by the name of its statistic."""

W = "w"
START, END = 1_711_584_000, 1_712_016_000  # 28 March to 2 April 2024, with a change of clocks in Europe

TYPES = [
    "Email", "Email", "Email", "Chat", "Post", "Banner", "Push", "Product Tour", "Mobile Carousel", "Custom Bot",
    "Survey", "Series", "Series Edge Split", "Control Group", "Carrier Pigeon",
]  # fmt: skip

TIMES = {
    "button_tap": "button_action_tapped_at",
    "click": "clicked_at",
    "collected_email": "email_collected_at",
    "completion": "completed_at",
    "dismissal": "dismissed_at",
    "goal_success": "goal_hit_at",
    "hard_bounce": "hard_bounced_at",
    "open": "opened_at",
    "permission_grant": "granted_at",
    "reaction": "reacted_at",
    "reply": "replied_at",
    "screen_view": "viewed_at",
    "series_completion": "completed_at",
    "series_disengagement": "disengaged_at",
    "series_exit": "exited_at",
    "soft_bounce": "soft_bounced_at",
    "spam_complaint": "complained_at",
    "tour_step_failure": "failed_at",
    "tour_step_view": "viewed_at",
    "unsubscribe": "unsubscribed_at",
    "carrier_release": "at",
}
"""The column of the time in the file of each statistic; the last one is not the vendor's."""

FURTHER: dict[str, dict[str, list[str | None]]] = {
    "button_tap": {"screen_id": ["s1", "s2", None], "button_id": ["b1", "b2", None]},
    "click": {"link": ["https://a.example/", "https://b.example/?q=\u05d0", None]},
    "permission_grant": {"permission_type": ["camera", "location", None]},
    "reaction": {"reaction": ["\U0001f600", "thumbsup"]},
    "screen_view": {"screen_id": ["s1", "s2", "s3", None]},
    "series_completion": {"completion_node_ruleset_id": ["51", "52"]},
    "series_disengagement": {"disengaged_node_ruleset_id": ["52", "53", None]},
    "tour_step_failure": {"step_id": ["1", "2"], "failed_selector": ["#a"], "failure_url": ["https://a.example/x"]},
    "tour_step_view": {"step_id": ["1", "2", "3"]},
}
"""Further columns of files, with the values that they have here."""

TITLES = ["=SUM(A1)", 'Quoted "\n" title', "\u202eright to left", "Plain", None]
BAD = ["hard_bounce", "soft_bounce", "unsubscribe", "spam_complaint"]
OF_SERIES = ["series_completion", "series_disengagement", "series_exit"]
LIKELY = {"Email": ["open", "click", "reply"], "Product Tour": ["tour_step_view"], "Mobile Carousel": ["screen_view"]}


def messages(seed: int, count: int = 260) -> Files:
    """Receipts and events: ties, second opens, impossible events, machines, events that wait for a receipt."""
    dice = random.Random(seed)
    files: Files = {"receipt": [_receipt(dice, number) for number in range(count)], **{kind: [] for kind in TIMES}}
    for receipt in files["receipt"]:
        kinds = dice.sample(list(TIMES), dice.choice([0, 1, 2, 4]))
        kinds += [kind for kind in LIKELY.get(receipt["content_type"], ()) if dice.random() < 0.7]
        if receipt["content_type"] == "Email":
            kinds += dice.sample(BAD, dice.choice([0, 0, 1]))
        if receipt["content_type"] == "Series":
            kinds += dice.sample(OF_SERIES, dice.choice([0, 1, 2]))
        for kind in kinds:
            for _ in range(dice.choice([1, 1, 2, 3])):
                files[kind].append(_event(dice, kind, receipt))
    lost = _receipt(dice, count)
    files["click"] += [_event(dice, "click", lost) for _ in range(5)]
    return files


def _receipt(dice: random.Random, number: int) -> Row:
    kind = dice.choice(TYPES)
    series = dice.choice(["-1", None, "7", "7", "8"]) if kind != "Series" else dice.choice(["7", "8"])
    return {
        "receipt_id": str(number),
        "received_at": _at(dice, START, END),
        "user_id": dice.choice([f"u{number % 40}", None]),
        "company_id": dice.choice(["c1", "c2", "-1", None]),
        "ruleset_id": dice.choice(["51", "52", "53"]),
        "content_id": dice.choice(["901", "902", "903", None]),
        "content_type": kind,
        "content_title": dice.choice(TITLES),
        "ruleset_version_id": dice.choice(["1", "2"]),
        "series_id": series,
        "series_title": {"7": "Welcome", "8": "Win back"}.get(series or ""),
        "node_id": dice.choice(["n1", "n2", "n3"]) if series in {"7", "8"} and kind != "Series" else None,
        "country": dice.choice(["Ireland", "Japan", None]),
    }


def _event(dice: random.Random, kind: str, receipt: Row) -> Row:
    late = dice.choice([0, 0, 1, 59, 600, 3600, 86_400, 3 * 86_400, dice.randrange(500_000), -30])
    row: Row = {"receipt_id": receipt["receipt_id"], TIMES[kind]: receipt["received_at"] + late}
    row |= {column: dice.choice(found) for column, found in FURTHER.get(kind, {}).items()}
    if kind in {"open", "click"} and dice.random() < 0.2:
        row["machine"] = True
    return row


def _at(dice: random.Random, start: int, end: int) -> int:
    """Half of them at full hours, where periods begin."""
    return dice.randrange(start, end, 3600) if dice.random() < 0.5 else dice.randrange(start, end)


STATUSES = [
    (0, None), (1, None), (2, None), (3, None), (4, None), (5, None), (9, None), (None, None), (1, "exited_primary"),
    (7, "Timed out"),
]  # fmt: skip


def checkpoints(seed: int, count: int = 200) -> list[Row]:
    """Rows of the file of checkpoints; some people come to a block again, some at the same second for two companies."""
    dice = random.Random(seed)
    rows: dict[tuple[Any, ...], Row] = {}
    for _ in range(count):
        code, name = dice.choice(STATUSES)
        row = {
            "user_id": f"u{dice.randrange(25)}",
            "company_id": dice.choice(["c1", "-1", None]),
            "ruleset_id": dice.choice(["51", "51", "52", "53"]),
            "status_code": code,
            "status_name": name,
            "created_at": _at(dice, START, END),
            "times_processed": dice.randrange(5),
        }
        rows[row["user_id"], _company(row), row["ruleset_id"], row["created_at"]] = row
    return list(rows.values())


def _company(row: Row) -> str | None:
    return None if row["company_id"] == "-1" else row["company_id"]


def rows_of(files: Files) -> Iterator[tuple[str, Row]]:
    """Every event with the name of its statistic."""
    for kind in TIMES:
        for row in files[kind]:
            yield kind, row
