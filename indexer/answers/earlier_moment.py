"""The moment that something is to be shown as it was at."""

from zoneinfo import ZoneInfo

from indexer.calendar.written_times import read_instant
from indexer.errors import OperatorError
from indexer.explaining.field_words import local


class InvalidMoment(OperatorError):
    """Something cannot be shown as it was at that time; `reason` says why without the name of the option."""

    def __init__(self, reason: str, remedy: str) -> None:
        """Both as for `OperatorError`."""
        super().__init__(f"--as-of: {reason}", remedy)
        self.reason = reason


def read_moment(written: str | None, zone: ZoneInfo) -> int | None:
    """The moment in epoch seconds, from these or from ISO 8601 (a local time if it has no offset); None for None.

    Raises `InvalidMoment`.
    """
    if written is None:
        return None
    try:
        return read_instant(written, zone)
    except ValueError as error:
        raise InvalidMoment(str(error), "give an ISO time or epoch seconds") from error


def expect_existed(what: str, since: int, moment: int | None, zone: ZoneInfo) -> None:
    """Raise `InvalidMoment` for a moment before the thing `what` (with its article) existed."""
    if moment is not None and moment < since:
        raise InvalidMoment(f"{what} did not exist before {local(since, zone)}", "give a later time")
