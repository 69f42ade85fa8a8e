"""A schedule compiled to instants, and durations within it."""

from indexer.office_hours.compiled import Clock, elapsed
from indexer.office_hours.hours import ALWAYS_OPEN, OfficeHours, parse_office_hours

__all__ = ["ALWAYS_OPEN", "Clock", "OfficeHours", "elapsed", "parse_office_hours"]
