"""How the documents of an index are spread over its shards."""

from typing import Any, NamedTuple


class Spread(NamedTuple):
    """How the documents of an index are spread: over `shards`, and those of one workspace over `per_workspace` of them.

    `per_workspace` is 1 or less than `shards`. It cannot be changed in an existing index, only by a rebuild.
    """

    shards: int = 1
    per_workspace: int = 1

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of an index, as Elasticsearch names them."""
        if self.per_workspace == 1:
            return {"number_of_shards": self.shards}
        # By default an index can be split later into up to 1,024 parts, and a partition consists of neighbouring parts.
        return {
            "number_of_shards": self.shards,
            "number_of_routing_shards": self.shards,
            "routing_partition_size": self.per_workspace,
        }

    @property
    def mapping(self) -> dict[str, Any]:
        """The keys that the mapping of such an index must have besides the declared ones."""
        return {} if self.per_workspace == 1 else {ROUTING: {"required": True}}


ONE_SHARD = Spread()

ROUTING = "_routing"
"""The key of a live mapping that comes from the spread and not from the file."""
