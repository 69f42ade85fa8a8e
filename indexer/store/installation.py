"""The id of an installation: a random number made with its store, which moves with the store."""

from sqlalchemy import Connection, select

from indexer.store.schema import installation


def read_installation(connection: Connection) -> str:
    """The id, such as `0f5a5a6e-…`; a copy of the database has the same."""
    return str(connection.execute(select(installation.c.id)).scalar_one())
