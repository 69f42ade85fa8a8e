"""Changes of settings, mappings and aliases that Elasticsearch accepts and some nodes have not made yet."""

from typing import Any

from elastic_transport import ObjectApiResponse

from indexer.errors import ServiceUnavailable


def expect_acknowledged(answer: ObjectApiResponse[Any], change: str) -> None:
    """Raise `ServiceUnavailable` unless all nodes have made a change, such as "the new alias of X".

    Elasticsearch answers 200 with `acknowledged: false` if a node takes longer than its time-out of 30 s, because
    that node or its disk stands still. The change stays accepted, but until the node has made it too, the index,
    alias or setting there is the one before.
    """
    if not answer["acknowledged"]:
        raise ServiceUnavailable(
            f"Elasticsearch has accepted {change}, but not all nodes have made it within its time-out",
            "see whether a node or its disk is slow: indexer doctor; then do the same again",
        )
