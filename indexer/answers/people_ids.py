"""The ids of the people that queries find, all of them, each read from one view of the index."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from time import monotonic
from typing import Any, Final

from elasticsearch import Elasticsearch
from msgspec.json import encode

from indexer import search
from indexer.datasets.people import PEOPLE
from indexer.reports import InvalidQuestion
from indexer.reports.known_people import PeopleByGroup
from indexer.search.search_requests import one_point_in_time

Query = dict[str, Any]

KEPT_SECONDS: Final = 5.0
"""How long ids are kept before they are read again."""

MOST_GROUPS: Final = 1_000
"""The most groups into which people can be divided."""

_PAGE: Final = 20_000
_MOST_KEPT: Final = 2_000_000
"""The most ids that are kept."""


class PeopleIds:
    """Reads ids of people, and keeps them for some seconds, so that a page of many reports reads them once."""

    def __init__(self, kept_seconds: float = KEPT_SECONDS) -> None:
        """Begin with nothing."""
        self._kept_seconds = kept_seconds
        self._kept: dict[bytes, tuple[float, int, Any]] = {}
        self._lock = Lock()

    def of(self, client: Elasticsearch, prefix: str, workspace: str, query: Query) -> list[str]:
        """The ids of the workspace's people that the query finds; raises `NoIndexYet` and `ServiceUnavailable`."""

        def read() -> tuple[int, list[str]]:
            found = [bucket["id"] for bucket in _buckets(client, prefix, workspace, query, [_BY_ID])]
            return len(found), found

        ids: list[str] = self._keeping([prefix, workspace, query], read)
        return ids

    def by_value(
        self, client: Elasticsearch, prefix: str, workspace: str, field: str, name_of: Callable[[Any], str]
    ) -> PeopleByGroup:
        """All people of the workspace by their values of a field, as `name_of` writes them.

        Raises `InvalidQuestion` if there are too many values, and `NoIndexYet` and `ServiceUnavailable`.
        """

        def read() -> tuple[int, PeopleByGroup]:
            groups: dict[str, list[str]] = defaultdict(list)
            without: list[str] = []
            by_value = {"value": {"terms": {"field": field, "missing_bucket": True}}}
            for bucket in _buckets(client, prefix, workspace, {"match_all": {}}, [by_value, _BY_ID]):
                if bucket["value"] is None:
                    without.append(bucket["id"])
                    continue
                groups[name_of(bucket["value"])].append(bucket["id"])
                if len(groups) > MOST_GROUPS:
                    raise InvalidQuestion(
                        "group_by", f"people have more than {MOST_GROUPS:,} different values; choose another attribute"
                    )
            return sum(map(len, groups.values())) + len(without), PeopleByGroup(groups, without)

        found: PeopleByGroup = self._keeping([prefix, workspace, field], read)
        return found

    def _keeping(self, key: Any, read: Callable[[], tuple[int, Any]]) -> Any:
        written, now = encode(key), monotonic()
        with self._lock:
            until, _, kept = self._kept.get(written, (0.0, 0, None))
        if now < until:
            return kept
        size, found = read()
        with self._lock:
            self._kept = {name: one for name, one in self._kept.items() if one[0] > now}
            if sum(one[1] for one in self._kept.values()) + size > _MOST_KEPT:
                self._kept.clear()
            self._kept[written] = monotonic() + self._kept_seconds, size, found
        return found


_BY_ID: Final = {"id": {"terms": {"field": "id"}}}


def _buckets(
    client: Elasticsearch, prefix: str, workspace: str, query: Query, sources: list[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The keys of the groups that the sources make of the people found, page by page, from one view."""
    made: dict[str, Any] = {"size": _PAGE, "sources": sources}
    body = {
        "size": 0,
        "track_total_hits": False,
        "query": {"bool": {"filter": [{"term": {"workspace_id": workspace}}, query]}},
        "aggs": {"people": {"composite": made}},
    }
    with one_point_in_time(client, search.alias_name(prefix, PEOPLE.name), workspace) as ask:
        while True:
            found = ask(body)["aggregations"]["people"]
            yield from (bucket["key"] for bucket in found["buckets"])
            if len(found["buckets"]) < _PAGE:
                return
            made["after"] = found["after_key"]
