"""The connection to PostgreSQL and the schema in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg.pq import Format
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from indexer.errors import OperatorError, ServiceUnavailable
from indexer.store.deadline import connecting_with_deadline
from indexer.store.faults import Fault, fault_of, words_of
from indexer.store.list_parameters import write_lists_quickly
from indexer.urls import masked

SCHEMA_REVISION = "0021"
"""The newest migration. Known without Alembic, so that a command on an up-to-date database need not import it."""

MIGRATIONS = Path(__file__).parent / "migrations"

_OPTIONS = "-c idle_in_transaction_session_timeout=30s -c random_page_cost=1.1"
"""No process of ours waits within a transaction: one that does is stuck or dead, and holds rows that others need.

Our statements ask for a few keys or a range of them, by their index. With the default cost, made for disks that turn,
PostgreSQL would prefer to read and sort a whole workspace for every batch of it.
"""

_CONNECT_SECONDS = 10
_POOL_SECONDS = 30
_MIGRATION_LOCK = 6_137_014


def open_store(url: str, *, answer_seconds: float | None = None) -> Engine:
    """Make an engine for `postgresql://…` and try it; raises `ServiceUnavailable` if the database does not answer.

    With `answer_seconds`, a statement that is not answered in that time fails as if PostgreSQL was away, and a thread
    waits no longer than that for a free connection (`PoolTimeout`). Without it, both may take as long as they need.
    """
    target = _psycopg_url(url)
    engine = create_engine(
        target,
        pool_pre_ping=True,
        hide_parameters=True,  # payloads, which tracebacks would show
        pool_timeout=answer_seconds or _POOL_SECONDS,
        connect_args={
            "application_name": "indexer",
            "connect_timeout": max(1, int(min(answer_seconds or _CONNECT_SECONDS, _CONNECT_SECONDS))),
            "options": _OPTIONS,
        },
    )
    if answer_seconds is not None:
        event.listen(engine, "do_connect", connecting_with_deadline(answer_seconds))
    event.listen(engine, "connect", lambda connection, _record: write_lists_quickly(connection))
    event.listen(engine, "before_cursor_execute", _binary_results)
    try:
        engine.connect().close()
    except OperationalError as error:
        engine.dispose()
        raise ServiceUnavailable(
            f"PostgreSQL at {target.set(drivername='postgresql')} cannot be used: {error.orig}".rstrip(),
            "start the server, or correct DATABASE_URL; if it is not set, the embedded server is used",
        ) from error
    return engine


def failure_of(error: Exception) -> ServiceUnavailable | None:
    """The error to report if PostgreSQL failed in the middle of a command; None if the statement was at fault."""
    if isinstance(error, PoolTimeout):
        return ServiceUnavailable("all connections to PostgreSQL are in use", "try again in a few seconds")
    if not isinstance(error, DBAPIError) or error.orig is None:
        return None
    said = words_of(error)
    match fault_of(error):
        case Fault.NO_ROOM:
            return ServiceUnavailable(
                f"PostgreSQL is out of space: {said}",
                "free space on its disk, then run the same command again; completed work is kept",
            )
        case Fault.AWAY:
            return ServiceUnavailable(
                f"PostgreSQL went away: {said}",
                "see what is wrong (indexer doctor), then run the same command again; completed work is kept",
            )
        case Fault.VALUE | Fault.STATEMENT:
            return None


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Open a read-only connection on which all statements see the database at one moment.

    All inputs of a document must be read on one such connection: see `store.entities.revision_locks`.
    """
    with (
        engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection,
        connection.begin(),
    ):
        yield connection


def schema_revision(connection: Connection) -> str | None:
    """The newest migration of the database; None if it does not have our schema."""
    if connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar() is None:
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


def upgrade(engine: Engine) -> None:
    """Bring the schema up to date, all or nothing; processes that do so at once wait for each other.

    Raises `OperatorError` if this release does not know the schema, which is then one of a later release.
    """
    with engine.connect() as connection:
        if schema_revision(connection) == SCHEMA_REVISION:
            return

    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%(key)s)", {"key": _MIGRATION_LOCK})
        found = schema_revision(connection)
        config = Config(attributes={"connection": connection})
        # Alembic reads options through configparser, where a lone percent sign is an error.
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise OperatorError(
                f"this release, whose schema is {SCHEMA_REVISION}, does not know the database's schema {found}",
                "use the release that created it, or a later one",
            ) from error


def _psycopg_url(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise OperatorError(
            "DATABASE_URL is not a URL", "write it as postgresql://user:password@host:5432/database"
        ) from error
    if parsed.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise OperatorError(
            f"DATABASE_URL names {parsed.drivername}, not PostgreSQL",
            "write it as postgresql://user:password@host:5432/database",
        )
    if "@" in (parsed.host or "") or "@" in (parsed.database or ""):
        raise OperatorError(
            f"DATABASE_URL cannot be read: {masked(url)} has a second @, or characters that end a name",
            "in the user and the password, write @ as %40, / as %2F, : as %3A, # as %23, ? as %3F and % as %25; or "
            "leave the password out, and set INDEXER_DATABASE_PASSWORD to it unchanged",
        )
    return parsed.set(drivername="postgresql+psycopg")


def _binary_results(
    _connection: Connection, cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool
) -> None:
    # The execution option `binary_results`: bytea as text is hexadecimal, twice the bytes and slow to decode.
    if context is not None and context.execution_options.get("binary_results"):
        cursor.format = Format.BINARY
