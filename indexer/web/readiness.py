"""Whether the server can answer reports now: whether index and store can be asked."""

from elasticsearch import ApiError, TransportError
from sqlalchemy.exc import DBAPIError

from indexer.errors import OperatorError
from indexer.search import alias_name, connect
from indexer.services import Service, running_url
from indexer.settings import Settings
from indexer.store.database import SCHEMA_REVISION, open_store, schema_revision

_LOOK_SECONDS = 5.0


def reasons_not_to_answer(settings: Settings) -> list[str]:
    """What is in the way of an answer, none if nothing is: asked anew of both services, starting neither.

    No address is in it, for everybody may ask for it.
    """
    return [reason for reason in (_index_away(settings), _store_away(settings)) if reason]


def _index_away(settings: Settings) -> str | None:
    url = running_url(settings, Service.ELASTICSEARCH)
    if url is None:
        return "Elasticsearch is not running"
    try:
        with connect(url, request_seconds=_LOOK_SECONDS) as client:
            found = client.indices.exists_alias(name=alias_name(settings.index_prefix, "conversations"))
    except (OperatorError, ApiError, TransportError):
        return "Elasticsearch cannot be asked"
    return None if found else "there is no index yet; the first worker makes it"


def _store_away(settings: Settings) -> str | None:
    url = running_url(settings, Service.POSTGRESQL)
    if url is None:
        return "PostgreSQL is not running"
    try:
        store = open_store(url)
        try:
            with store.connect() as connection:
                found = schema_revision(connection)
        finally:
            store.dispose()
    except (OperatorError, DBAPIError):
        return "PostgreSQL cannot be asked"
    return None if found == SCHEMA_REVISION else "the tables in PostgreSQL are not those of this release"
