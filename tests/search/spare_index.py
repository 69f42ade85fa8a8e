"""An index that is not behind the dataset's alias."""

from elasticsearch import Elasticsearch

from indexer.search import IndexName, create_for_bulk, definition


def spare(client: Elasticsearch, prefix: str, stamp: str = "20190101t000000") -> str:
    """The name of an empty conversations index, made now."""
    name = str(IndexName(prefix, "conversations", definition("conversations").version, stamp))
    create_for_bulk(client, name)
    return name
