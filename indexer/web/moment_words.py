"""Instants on pages and in mails: epoch seconds as local times of a zone."""

from datetime import datetime
from zoneinfo import ZoneInfo


def moment_text(at: int, zone: ZoneInfo) -> str:
    """An instant to the second, with the weekday: `Wed 5 Aug 2026, 10:12:14`."""
    local = datetime.fromtimestamp(at, zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M:%S}"


def minute_text(at: int, zone: ZoneInfo) -> str:
    """An instant to the minute, with the weekday: `Wed 5 Aug 2026, 10:12`."""
    return moment_text(at, zone).rpartition(":")[0]


def moment_label(at: int, zone: ZoneInfo) -> str:
    """An instant to the minute, as ranges of dates are written: `5 August 2026, 10:12`."""
    local = datetime.fromtimestamp(at, zone)
    return f"{local.day} {local:%B %Y, %H:%M}"
