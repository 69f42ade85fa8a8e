"""Whose fault it is that PostgreSQL did not do something, by SQLSTATE: the only place that judges it.

The classes are those of PostgreSQL's appendix "Error Codes". What is not in the table is the fault of the statement,
whatever class of exception the driver makes of it: class 54 is an `OperationalError`, as a lost connection is.
"""

import enum

from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError

from indexer.without_values import cut_at_value


class Fault(enum.Enum):
    """What has to change before the same statement can succeed."""

    AWAY = enum.auto()
    """The server, the network or the moment; a value that is not taken now may be taken later."""

    NO_ROOM = enum.auto()
    """The server's disk."""

    VALUE = enum.auto()
    """A value in the statement, of one row perhaps: the others may be taken without it."""

    STATEMENT = enum.auto()
    """The statement itself: a defect of ours, or a right that the role does not have."""


_OF_STATES = {
    "22": Fault.VALUE,  # data exception
    "23": Fault.VALUE,  # integrity constraint violation
    "54": Fault.VALUE,  # program limit exceeded: a row or an index entry that is too large
    "08": Fault.AWAY,  # connection exception
    "25006": Fault.AWAY,  # read-only transaction: a standby, or a server that was made read-only
    "25P03": Fault.AWAY,  # idle-in-transaction session timeout
    "25P04": Fault.AWAY,  # transaction timeout
    "28": Fault.AWAY,  # invalid authorization
    "3D": Fault.AWAY,  # the database is not there
    "40": Fault.AWAY,  # transaction rollback: a deadlock, a conflict between two transactions
    "53": Fault.AWAY,  # insufficient resources: memory, connections
    "53100": Fault.NO_ROOM,  # disk full
    "55P03": Fault.AWAY,  # lock not available
    "57": Fault.AWAY,  # operator intervention: shutdown, cancelled, starting up
    "58": Fault.AWAY,  # system error: input and output
}


def fault_of(error: DBAPIError) -> Fault:
    """Whose fault an error of the database is."""
    if "could not extend file" in str(error.orig):  # a quota or `ulimit -f` has no state of its own
        return Fault.NO_ROOM
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        found = _OF_STATES.get(state) or _OF_STATES.get(state[:2])
        if found is not None:
            return found
    # Without a state the server has not said anything: there was no connection, or it broke; or the driver has
    # refused a value before it was sent.
    if error.connection_invalidated or (state is None and isinstance(error, OperationalError | InterfaceError)):
        return Fault.AWAY
    return Fault.VALUE if state is None and isinstance(error, DataError) else Fault.STATEMENT


def is_outage(error: DBAPIError) -> bool:
    """Whether the same statement may succeed later; else it is in vain to try it again."""
    return fault_of(error) in (Fault.AWAY, Fault.NO_ROOM)


def words_of(error: DBAPIError) -> str:
    """What PostgreSQL or the driver said, without the details that quote whole rows, and without a value at fault."""
    said = str(error.orig).partition("\n")[0]
    state = getattr(error.orig, "sqlstate", None) or ""
    return cut_at_value(said) if state.startswith("22") or isinstance(error, DataError) else said
