"""The cause of an error of PostgreSQL, by its SQLSTATE: the only place that judges it.

The classes are those of PostgreSQL's appendix "Error Codes". A state that is not in the table is the fault of the
statement, whatever exception the driver raises: class 54 is an `OperationalError`, as a lost connection is.
"""

import enum

from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError

from indexer.without_values import cut_at_value


class Fault(enum.Enum):
    """The thing that has to change before the same statement can succeed."""

    AWAY = enum.auto()
    """The server, the network or the moment; a value that is refused now may be accepted later."""

    NO_ROOM = enum.auto()
    """The server's disk."""

    VALUE = enum.auto()
    """A value in the statement, perhaps of one row: the others may be accepted without it."""

    STATEMENT = enum.auto()
    """The statement itself: a defect of ours, or a missing right of the role."""


_OF_STATES = {
    "22": Fault.VALUE,  # data exception
    "23": Fault.VALUE,  # integrity constraint violation
    "54": Fault.VALUE,  # program limit exceeded: a row or an index entry that is too large
    "08": Fault.AWAY,  # connection exception
    "25006": Fault.AWAY,  # read-only transaction: a standby, or a server that was made read-only
    "25P03": Fault.AWAY,  # idle-in-transaction session timeout
    "25P04": Fault.AWAY,  # transaction timeout
    "28": Fault.AWAY,  # invalid authorization
    "3D": Fault.AWAY,  # the database does not exist
    "40": Fault.AWAY,  # transaction rollback: a deadlock, a conflict between two transactions
    "53": Fault.AWAY,  # insufficient resources: memory, connections
    "53100": Fault.NO_ROOM,  # disk full
    "55P03": Fault.AWAY,  # lock not available
    "57": Fault.AWAY,  # operator intervention: shutdown, cancelled, starting up
    "58": Fault.AWAY,  # system error: input and output
}


def fault_of(error: DBAPIError) -> Fault:
    """The cause of an error of the database."""
    if "could not extend file" in str(error.orig):  # a quota or `ulimit -f` has no state of its own
        return Fault.NO_ROOM
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        found = _OF_STATES.get(state) or _OF_STATES.get(state[:2])
        if found is not None:
            return found
    # Without a state the server has not answered: there was no connection, or it broke, or the driver refused a
    # value before it was sent.
    if error.connection_invalidated or (state is None and isinstance(error, OperationalError | InterfaceError)):
        return Fault.AWAY
    return Fault.VALUE if state is None and isinstance(error, DataError) else Fault.STATEMENT


def is_outage(error: DBAPIError) -> bool:
    """Whether the same statement may succeed later; otherwise there is no point in a retry."""
    return fault_of(error) in (Fault.AWAY, Fault.NO_ROOM)


def words_of(error: DBAPIError) -> str:
    """The message of PostgreSQL or the driver, without details that quote whole rows, or the value at fault."""
    said = str(error.orig).partition("\n")[0]
    state = getattr(error.orig, "sqlstate", None) or ""
    return cut_at_value(said) if state.startswith("22") or isinstance(error, DataError) else said
