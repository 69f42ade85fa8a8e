"""The document of a receipt computed a second time, from the description in docs/metrics.md and with its own table."""

from typing import Any

from tests.messages.vendor_table import FILES

_POSSIBLE = {title.lower().replace(" ", "_"): described.content_types for title, described in FILES.items()}
_KNOWN = {*_POSSIBLE["goal_success"], "survey"}
_WRITTEN = {"Mobile Carousel": "mobile_carousel", "EMAIL": "email", "Email": "email"}
_DAY = 86_400


def plain_document(receipt: dict[str, Any], events: list[dict[str, Any]], saved_at: int) -> dict[str, Any]:
    """What the document says of these events, which have `kind`, `at`, `details` and `machine`."""
    said = receipt.get("content_type")
    content_type = _WRITTEN.get(said, said)
    possible = [one for one in events if _is_possible(one["kind"], content_type)]
    by_people = [one for one in possible if not (one["machine"] and one["kind"] in ("open", "click"))]
    opens = sorted(one["at"] for one in by_people if one["kind"] == "open")
    others = [one for one in by_people if one["kind"] != "open"]
    clicks = [one["at"] for one in others if one["kind"] == "click"]
    times = [*opens[:1], *(one["at"] for one in others)]
    document: dict[str, Any] = {
        f"first_{kind}_at": min(one["at"] for one in by_people if one["kind"] == kind)
        for kind in _POSSIBLE
        if any(one["kind"] == kind for one in by_people)
    }
    document |= {
        "content_type": content_type,
        "time_to_open": max(0, opens[0] - receipt["received_at"]) if opens else None,
        "time_to_click": max(0, min(clicks) - receipt["received_at"]) if clicks else None,
        "machine_opens": sum(one["machine"] and one["kind"] == "open" for one in possible),
        "machine_clicks": sum(one["machine"] and one["kind"] == "click" for one in possible),
        "impossible_events": len(events) - len(possible),
        "data_quality": [
            flag
            for flag, is_raised in (
                ("clock_skew", any(at < receipt["received_at"] or at > saved_at + _DAY for at in times)),
                ("impossible_event", len(possible) < len(events)),
                ("unknown_content_type", content_type is not None and content_type not in _KNOWN),
                ("unknown_statistic", any(one["kind"] not in _POSSIBLE for one in others)),
            )
            if is_raised
        ],
        "kinds": sorted([*(one["kind"] for one in others), *(["open"] if opens else [])]),
        "times": sorted(times),
    }
    counts = {"machine_opens", "machine_clicks", "impossible_events"}
    absent = (None, [])
    return {name: value for name, value in document.items() if value not in absent and (value or name not in counts)}


def _is_possible(kind: str, content_type: str | None) -> bool:
    if kind not in _POSSIBLE or content_type not in _KNOWN or content_type == "survey":
        return True
    return content_type in _POSSIBLE[kind]
