"""A schedule of office hours compiled to instants, and durations within it."""

from indexer.office_hours.hours import ALWAYS_OPEN, Clock, OfficeHours, elapsed
from indexer.office_hours.schedule_reader import parse_office_hours

__all__ = ["ALWAYS_OPEN", "Clock", "OfficeHours", "elapsed", "parse_office_hours"]
