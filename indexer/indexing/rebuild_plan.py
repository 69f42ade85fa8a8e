"""The plan of a rebuild: its work, and whether there is room for it."""

from datetime import UTC, datetime
from typing import NamedTuple

from indexer import search
from indexer.errors import OperatorError
from indexer.indexing.rebuild_site import RebuildSite
from indexer.search.drift import breaking
from indexer.store.jobs.backfills import Selected, count_selected, usual_rate

_ROOM = 1.5
"""An index being filled takes up to this many times its final size."""

ASSUMED_RATE = 2_000.0
"""Conversations a second to assume if no history has been written yet: less than two cores can do."""


class Plan(NamedTuple):
    """The work of a rebuild: documents to write, bytes of JSON to read, bytes of the present index, free bytes.

    `seconds` is how long writing history may take, at `per_second`: the rate of the last time, or `ASSUMED_RATE` before
    the first. `breaking` are the fields of the present index that the new one would not have, or would have otherwise.
    """

    from_index: str
    to_index: str
    conversations: int
    source_bytes: int
    index_bytes: int
    free_bytes: int | None
    per_second: float
    seconds: float
    breaking: list[str]

    def expect_usable(self, *, accept_drift: bool) -> None:
        """Raise `OperatorError` if fields would break and drift is not accepted, or if there is not enough room."""
        if self.breaking and not accept_drift:
            raise OperatorError(
                f"{self.from_index} has fields that the new index would lack or map differently: "
                f"{', '.join(self.breaking)}",
                "list them: indexer index drift; declare them in a new version (make mapping), or rebuild "
                "without them: indexer index rebuild --accept-drift",
            )
        needed = int(_ROOM * self.index_bytes)
        if self.free_bytes is not None and self.free_bytes < needed:
            raise OperatorError(
                f"Elasticsearch has {self.free_bytes:,} bytes free, and a second index needs up to {needed:,}",
                "free disk space, or remove indices that readers do not use: indexer index prune",
            )


def plan_rebuild(site: RebuildSite, max_rate: float | None = None) -> Plan:
    """Plan a rebuild at up to `max_rate`; raises `OperatorError` if readers do not use an index of ours."""
    from_index = search.index_behind(site.search, site.alias)
    site.expect_own()
    if from_index is None:
        raise OperatorError(f"there is no alias {site.alias}", "create an index: indexer index create")
    to_index = search.unused_name(site.search, site.prefix, site.dataset.name, datetime.now(UTC))
    with site.store.connect() as connection:
        conversations, source_bytes = count_selected(connection, Selected(), site.dataset)
        per_second = usual_rate(connection) or ASSUMED_RATE
    per_second = min(per_second, max_rate or per_second)
    index_bytes = sum(
        one.size for one in search.status(site.search, site.prefix, [site.dataset.name]) if one.index == from_index
    )
    return Plan(
        from_index,
        to_index,
        conversations,
        source_bytes,
        index_bytes,
        search.free_bytes(site.search),
        per_second,
        conversations / per_second,
        breaking(site.search, from_index, to_index),
    )
