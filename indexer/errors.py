"""The errors that mean something; any other exception is a bug and may crash."""


class OperatorError(Exception):
    """An error that a user can correct: what is wrong, and the remedy (exit code 2)."""

    exit_code = 2

    def __init__(self, message: str, remedy: str = "") -> None:
        """`message` names the place (file and line, id, setting); `remedy` is the next thing to do."""
        super().__init__(message)
        self.remedy = remedy


class ServiceUnavailable(OperatorError):
    """A service that the command needs cannot be reached (exit code 3)."""

    exit_code = 3


class NoData(OperatorError):
    """There is nothing to write (exit code 4)."""

    exit_code = 4


class TooMany(OperatorError):
    """A limit refuses further requests of a kind, because there are too many at once or in a short time."""


class Refused(ValueError):
    """One record of the input cannot be used; the records beside it are not affected."""

    def __init__(self, path: str, reason: str) -> None:
        """`path` is the field inside the record (`conversation_parts[3].created_at`, empty for all of it)."""
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


class RetryLater(Exception):
    """The same work may succeed later: the lease is released and the change is due again."""


class DrainStopped(RetryLater):
    """So many documents would go to quarantine that something else must be wrong; an operator has to look."""
