"""Values of fields in words: times in their zone, durations with their seconds."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from indexer.calendar.durations import exact_duration
from indexer.differences.tolerance import FieldKind, kind_of_field
from indexer.explaining.explanation import Explanation, Field


def field_text(field: Field, zone: ZoneInfo) -> str:
    """The field's value in words: times in the zone with the epoch, durations with their seconds."""
    value = field.value
    if value is None:
        return "none"
    if field.kind == "ranges":
        return ", ".join(f"{local(one['gte'], zone)} to {_end(one, zone)}" for one in value) or "never"
    if field.name == "actions":
        return f"{len(value)} actions"
    return value_text(kind_of_field(field.name), value, zone)


def value_text(kind: FieldKind, value: Any, zone: ZoneInfo) -> str:
    """A value of a field of this kind in words, `none` for None."""
    match kind, value:
        case _, None:
            return "none"
        case FieldKind.TIMESTAMP, int():
            return f"{local(value, zone)} ({value})"
        case FieldKind.DURATION, _:
            return ", ".join(exact_duration(one) for one in (value if isinstance(value, list) else [value])) or "none"
    return _plain(value)


def shown_values(explanation: Explanation) -> dict[str, str]:
    """All fields' values in words, in the workspace's zone."""
    zone = ZoneInfo(explanation.time_zone)
    return {name: field_text(field, zone) for name, field in explanation.fields.items()}


def local(at: int, zone: ZoneInfo) -> str:
    """An epoch second as ISO 8601 with the offset."""
    return datetime.fromtimestamp(at, zone).isoformat(sep=" ")


def _end(one: dict[str, Any], zone: ZoneInfo) -> str:
    return local(one["lt"], zone) if "lt" in one else "now"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {one}" for name, one in value.items())
    return str(value)
