"""The indices of a dataset: their names, the alias that readers and writers use, and their state."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from elasticsearch import ApiError, Elasticsearch

from indexer.errors import OperatorError
from indexer.search.mappings import OWNER, IndexDefinition, definition, expected, versions

_NAME = re.compile(r"([a-z][a-z0-9]*)-([a-z][a-z0-9_]*)-v([1-9]\d*)-(\d{8}t\d{6})")


class IndexName(NamedTuple):
    """The parts of a physical index's name, `<prefix>-<dataset>-v<N>-<UTC stamp>`."""

    prefix: str
    dataset: str
    version: int
    stamp: str

    def __str__(self) -> str:
        return f"{self.prefix}-{self.dataset}-v{self.version}-{self.stamp}"

    @classmethod
    def parse(cls, name: str) -> "IndexName | None":
        """The parts of `name`, None if it is not one of ours."""
        found = _NAME.fullmatch(name)
        return cls(found[1], found[2], int(found[3]), found[4]) if found else None


_WHILE_FILLED = {
    "refresh_interval": "-1",
    "auto_expand_replicas": False,
    "merge.policy.segments_per_tier": 30,
    "translog.flush_threshold_size": "128mb",
}
"""Settings of an index that is being filled, see `create_for_bulk`; `restore_settings` puts them back."""


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


@dataclass(frozen=True, slots=True)
class Ensured:
    """A dataset that can be written to: its alias, the index behind it, and whether that was made just now."""

    alias: str
    index: str
    created: bool


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The state of one physical index.

    `alias`: whether the dataset's alias points at it. `documents` are whole documents (None while they cannot be
    counted), `size` is bytes on disk with replicas, `health` is green, yellow or red. `drift`: its mapping is not
    that of the released file of its version, by the checksum it was made with or by the fields it has now; fields
    added from a newer version do not count. `refresh`: its refresh interval, -1 for never.
    """

    dataset: str
    index: str
    version: int
    alias: bool
    documents: int | None
    size: int
    health: str
    drift: bool
    refresh: str


def utc_stamp(now: datetime) -> str:
    """The stamp in the name of an index made at `now` (aware): UTC to the second, like 20240304t214000."""
    return f"{now.astimezone(UTC):%Y%m%dt%H%M%S}"


def alias_name(prefix: str, dataset: str) -> str:
    """The alias by which a dataset is read and written."""
    return f"{prefix}-{dataset}"


def write_alias(index: str) -> str:
    """The alias for writing an index that is not, or not only, behind the dataset's alias."""
    return f"{index}-writes"


def unused_name(client: Elasticsearch, prefix: str, dataset: str, now: datetime) -> str:
    """An unused name for an index of the newest version: stamped `now`, or some seconds later."""
    version = definition(dataset).version
    name = str(IndexName(prefix, dataset, version, utc_stamp(now)))
    while client.indices.exists(index=name):
        now += timedelta(seconds=1)
        name = str(IndexName(prefix, dataset, version, utc_stamp(now)))
    return name


def create_for_bulk(
    client: Elasticsearch, name: str, spread: Spread = ONE_SHARD, installation: str | None = None
) -> None:
    """Make an index to be filled from its `IndexName`, with its write alias; an existing one is left as it is.

    It belongs to the installation.

    Until `restore_settings` the index is not refreshed by itself, has no replicas, and merges segments more rarely:
    they are not searched yet, and repeated merging would slow writing down, the more the longer it takes. Writes go to
    the disk in small portions from the start. Otherwise the first half-minute would be quicker than the rest, when the
    system writes the backlog; and after a crash there would be up to 10 GB to replay.
    """
    parsed = IndexName.parse(name)
    if parsed is None:
        raise ValueError(f"{name} is not the name of an index")
    made_from = definition(parsed.dataset, parsed.version)
    quick = made_from.settings["index"] | _WHILE_FILLED | {"number_of_replicas": 0}
    try:
        _create(client, name, made_from, quick, {write_alias(name): {}}, spread=spread, installation=installation)
    except ApiError as error:
        if error.message != "resource_already_exists_exception":
            raise _refused(name, error) from error


def restore_settings(client: Elasticsearch, name: str) -> None:
    """Give an index the refresh interval and the replicas of its version."""
    parsed = IndexName.parse(name)
    if parsed is None:
        raise ValueError(f"{name} is not the name of an index")
    declared = definition(parsed.dataset, parsed.version).settings["index"]
    client.indices.put_settings(index=name, settings={"index": {key: declared.get(key) for key in _WHILE_FILLED}})


def add_write_alias(client: Elasticsearch, name: str) -> None:
    """Let an index be written by its write alias too."""
    client.indices.put_alias(index=name, name=write_alias(name))


def wait_until_healthy(client: Elasticsearch, name: str, seconds: int = 600) -> None:
    """Wait for the index and all its replicas; raises `OperatorError` if that takes longer."""
    found = client.options(request_timeout=seconds + 10, ignore_status=408).cluster.health(
        index=name, wait_for_status="green", timeout=f"{seconds}s"
    )
    if found["status"] != "green":
        raise OperatorError(
            f"{name} is {found['status']} after {seconds} s", "see why: GET _cluster/allocation/explain"
        )


def free_bytes(client: Elasticsearch) -> int | None:
    """The free bytes on the disks of all data nodes, None if they do not report them."""
    nodes = client.nodes.stats(metric="fs", filter_path="nodes.*.fs.total.available_in_bytes").body
    sizes = [node["fs"]["total"]["available_in_bytes"] for node in nodes.get("nodes", {}).values() if node]
    return sum(sizes) if sizes else None


def hold_refresh(client: Elasticsearch, name: str) -> None:
    """Keep the documents that searches of an index see as they are now."""
    client.indices.put_settings(index=name, settings={"index": {"refresh_interval": "-1"}})


def ensure_dataset(
    client: Elasticsearch, prefix: str, dataset: str, spread: Spread = ONE_SHARD, installation: str | None = None
) -> Ensured:
    """Make index and alias of the newest version unless the alias exists; the index belongs to the installation.

    Safe for any number of processes at once: index and alias are made in one step, and Elasticsearch refuses a second
    index to write to for one alias, so all but one process make nothing and use the index that the one made.
    """
    alias = alias_name(prefix, dataset)
    if (index := index_behind(client, alias)) is not None:
        return Ensured(alias, index, created=False)
    newest = definition(dataset)
    name = str(IndexName(prefix, dataset, newest.version, utc_stamp(datetime.now(UTC))))
    try:
        _create(
            client,
            name,
            newest,
            newest.settings["index"],
            {alias: {"is_write_index": True}},
            spread=spread,
            installation=installation,
        )
    except ApiError as error:
        if (index := index_behind(client, alias)) is None:
            raise _refused(name, error) from error
        return Ensured(alias, index, created=False)
    return Ensured(alias, name, created=True)


def index_behind(client: Elasticsearch, alias: str) -> str | None:
    """The index that writes to `alias` go to, None if the alias does not exist.

    Raises `OperatorError` if the alias points at several indices and none of them takes its writes.
    """
    answer = client.options(ignore_status=404).indices.get_alias(name=alias)
    if answer.meta.status == 404:
        return None
    holders: dict[str, Any] = answer.body
    for index, held in holders.items():
        if len(holders) == 1 or held["aliases"][alias].get("is_write_index"):
            return index
    raise OperatorError(
        f"the alias {alias} points at {', '.join(sorted(holders))}, and none of them takes its writes",
        "remove the alias from all of them but one",
    )


def point_alias(
    client: Elasticsearch, alias: str, index: str, *, instead_of: str | None = None, written: bool = False
) -> None:
    """Point `alias` at `index`, in one step in which readers and writers find either the old or the new.

    `instead_of` is the index that has it now (None: no index); with `written`, the index must have its write alias.
    Raises `OperatorError`, and changes nothing, if that is no longer so or if the index does not exist.
    """
    actions: list[Mapping[str, Any]] = [{"add": {"index": index, "alias": alias, "is_write_index": True}}]
    if instead_of is not None:
        actions.insert(0, {"remove": {"index": instead_of, "alias": alias, "must_exist": True}})
    if written:
        actions += [
            {"remove": {"index": index, "alias": write_alias(index), "must_exist": True}},
            {"add": {"index": index, "alias": write_alias(index)}},
        ]
    try:
        client.indices.update_aliases(actions=actions)
    except ApiError as error:
        raise OperatorError(
            f"the alias {alias} was not moved from {instead_of or 'nowhere'} to {index}: {_reason(error)}",
            "see where it points now: indexer index status",
        ) from error


def delete_unread(client: Elasticsearch, alias: str, index: str) -> None:
    """Delete an index that is not behind `alias`, in one step, so that the alias cannot come to it meanwhile.

    An index that is gone already is not an error. Raises `OperatorError`, and deletes nothing, if readers use it.
    """
    holder = index_behind(client, alias)
    if holder == index:
        raise OperatorError(
            f"{index} is behind the alias {alias}, and is not deleted", "list the indices: indexer index status"
        )
    actions: list[Mapping[str, Any]] = [{"remove_index": {"index": index}}]
    if holder is not None:
        actions += _only_if_held(alias, holder)
    try:
        client.indices.update_aliases(actions=actions)
    except ApiError as error:
        if client.indices.exists(index=index):
            raise OperatorError(
                f"{index} was not deleted: {_reason(error)}", "list the indices: indexer index status"
            ) from error


def give_up(client: Elasticsearch, alias: str, index: str, instead: str) -> None:
    """Take the write alias off an index, so that `alias` cannot be pointed at it any more; it must be at `instead`.

    Raises `OperatorError`, and changes nothing, if the alias is elsewhere. An index that is gone is not an error.
    """
    if not client.indices.exists(index=index):
        return
    actions = [
        *_only_if_held(alias, instead),
        {"remove": {"index": index, "alias": write_alias(index), "must_exist": False}},
    ]
    try:
        client.indices.update_aliases(actions=actions)
    except ApiError as error:
        raise OperatorError(
            f"{index} was not given up: {_reason(error)}", "try again: indexer index rollback"
        ) from error


def _only_if_held(alias: str, index: str) -> list[Mapping[str, Any]]:
    """Actions that change nothing, and with which a whole call fails unless the alias points at the index."""
    return [
        {"remove": {"index": index, "alias": alias, "must_exist": True}},
        {"add": {"index": index, "alias": alias, "is_write_index": True}},
    ]


def status(client: Elasticsearch, prefix: str, datasets: Iterable[str]) -> list[IndexStatus]:
    """The state of the physical indices of the named datasets, by dataset and name; closed ones are left out."""
    patterns = [f"{alias_name(prefix, dataset)}-v*" for dataset in datasets]
    found = client.indices.get(index=patterns, expand_wildcards="open").body
    ours = sorted((parsed, name) for name in found if (parsed := IndexName.parse(name)))
    if not ours:
        return []
    health = client.cluster.health(index=patterns, level="indices")["indices"]
    sizes = client.indices.stats(index=patterns, metric="store")["indices"]
    return [
        IndexStatus(
            dataset=parsed.dataset,
            index=name,
            version=parsed.version,
            alias=alias_name(prefix, parsed.dataset) in found[name]["aliases"],
            documents=_documents(client, name, health[name]["status"]),
            size=sizes[name]["total"]["store"]["size_in_bytes"] if name in sizes else 0,
            health=health[name]["status"],
            drift=_drifted(parsed, found[name]["mappings"]),
            refresh=found[name]["settings"]["index"].get("refresh_interval", "1s"),
        )
        for parsed, name in ours
    ]


def _documents(client: Elasticsearch, index: str, health: str) -> int | None:
    """Count documents by a search: the index's own statistics count every nested action as a document."""
    if health == "red":
        return None
    try:
        return int(client.count(index=index)["count"])
    except ApiError as error:
        if error.message == "search_phase_execution_exception":  # an index that is being made has no shard to ask yet
            return None
        raise


def _drifted(name: IndexName, live: Mapping[str, Any]) -> bool:
    """Whether an index's mapping differs from that of its version's file (which may be gone)."""
    if name.version not in versions(name.dataset):
        return True
    found = {key: value for key, value in live.items() if key != ROUTING}
    return found != expected(definition(name.dataset, name.version), live)


def _create(
    client: Elasticsearch,
    name: str,
    made_from: IndexDefinition,
    settings: Mapping[str, Any],
    aliases: Mapping[str, Mapping[str, Any]],
    *,
    spread: Spread,
    installation: str | None,
) -> None:
    owner = {} if installation is None else {OWNER: installation}
    client.indices.create(
        index=name,
        settings={"index": {**settings, **spread.settings}},
        mappings={"_meta": made_from.meta | owner, **made_from.mappings, **spread.mapping},
        aliases=aliases,
    )


def _refused(name: str, error: ApiError) -> OperatorError:
    return OperatorError(
        f"Elasticsearch did not create the index {name}: {_reason(error)}",
        "list the indices: indexer index status",
    )


def _reason(error: ApiError) -> str:
    """Elasticsearch's own words."""
    said = error.body.get("error") if isinstance(error.body, Mapping) else None
    return str(said.get("reason")) if isinstance(said, Mapping) else str(error)
