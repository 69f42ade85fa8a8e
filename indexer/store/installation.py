"""The id of an installation: a random number that came with its store, and goes where its store goes."""

from sqlalchemy import Connection, select

from indexer.store.schema import installation


def read_installation(connection: Connection) -> str:
    """The id, as in `0f5a5a6e-…`; a copy of the database has the same."""
    return str(connection.execute(select(installation.c.id)).scalar_one())
