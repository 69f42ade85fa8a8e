"""The files of the vendor's export as its description has them, written down independently of the program."""

import re
from pathlib import Path
from typing import NamedTuple

DOCUMENT = Path(__file__).parents[3] / "shared" / "domain" / "message-export.md"

_ALL = "post banner product_tour push control_group mobile_carousel chat email series custom_bot series_edge_split"


class Described(NamedTuple):
    """A file of the export: its content types, and its columns in order."""

    content_types: frozenset[str]
    columns: tuple[str, ...]


def _file(content_types: str, columns: str) -> Described:
    return Described(frozenset(content_types.split()), tuple(columns.split()))


FILES = {
    "Checkpoint": _file(
        "series",
        "user_id company_id ruleset_id status_code status_name created_at last_processed_at expires_at times_processed",
    ),
    "Button tap": _file("mobile_carousel", "receipt_id button_action_tapped_at"),
    "Click": _file("post banner chat email", "receipt_id clicked_at"),
    "Collected email": _file("chat", "receipt_id email_collected_at email"),
    "Completion": _file("custom_bot product_tour mobile_carousel", "receipt_id completed_at"),
    "Dismissal": _file("mobile_carousel", "receipt_id dismissed_at"),
    "Goal success": _file(_ALL, "receipt_id goal_hit_at"),
    "Hard bounce": _file("email", "receipt_id hard_bounced_at"),
    "Open": _file("post push chat email", "receipt_id opened_at"),
    "Permission grant": _file("mobile_carousel", "receipt_id granted_at permission_type"),
    "Reaction": _file("post banner", "receipt_id reacted_at reaction"),
    "Receipt": _file(
        "",
        "user_id user_external_id company_id email name ruleset_id content_id content_type content_title "
        "ruleset_version_id receipt_id received_at series_id series_title node_id last_state_changed_by",
    ),
    "Reply": _file("post chat custom_bot email", "receipt_id replied_at"),
    "Screen view": _file("mobile_carousel", "receipt_id viewed_at"),
    "Series completion": _file("series", "receipt_id completed_at completion_node_ruleset_id"),
    "Series disengagement": _file("series", "receipt_id disengaged_at disengaged_node_ruleset_id"),
    "Series exit": _file("series", "receipt_id exited_at"),
    "Soft bounce": _file("email", "receipt_id soft_bounced_at"),
    "Spam complaint": _file("email", "receipt_id complained_at"),
    "Tour step failure": _file("product_tour", "receipt_id step_id failed_selector failure_url failed_at"),
    "Tour step view": _file("product_tour", "receipt_id step_id viewed_at"),
    "Unsubscribe": _file("email", "receipt_id unsubscribed_at"),
}

FLAT = (
    "user_id", "user_external_id", "company_id", "email", "name", "ruleset_id", "content_id", "content_type",
    "content_title", "ruleset_version_id", "receipt_id", "received_at", "series_id", "series_title", "node_id",
    "first_reply", "first_completion", "first_series_completion", "first_series_disengagement", "first_series_exit",
    "first_goal_success", "first_open", "first_click", "first_dismisall", "first_unsubscribe", "first_hard_bounce",
)  # fmt: skip
"""The columns of the flat export."""


def described_files() -> dict[str, Described]:
    """The same table out of the document."""
    rows = re.findall(r"^\| \d+ \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", DOCUMENT.read_text(), re.MULTILINE)
    return {
        title: _file(
            "" if types == "all" else " ".join(one.strip("() ").lower().replace(" ", "_") for one in types.split(",")),
            re.sub(r"\([^)]*\)", "", columns).replace(",", " "),
        )
        for title, types, columns in rows
    }


def described_flat() -> tuple[str, ...]:
    """The columns of the flat export out of the document."""
    found = re.search(r"REST gives the flat shape: ([^.]+)\[P: OAS\]", DOCUMENT.read_text())
    assert found is not None
    return tuple(found[1].replace("[sic]", "").replace(",", " ").split())
