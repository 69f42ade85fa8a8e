"""The indices of a dataset: how they are made, filled, and got ready for readers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from indexer.errors import OperatorError
from indexer.search.acknowledged import expect_acknowledged
from indexer.search.aliases import index_behind, reason_of
from indexer.search.index_names import IndexName, alias_name, utc_stamp, write_alias
from indexer.search.index_spread import ONE_SHARD, Spread
from indexer.search.mappings import OWNER, IndexDefinition, definition

_WHILE_FILLED = {
    "refresh_interval": "-1",
    "auto_expand_replicas": False,
    "merge.policy.segments_per_tier": 30,
    "translog.flush_threshold_size": "128mb",
}
"""Settings of an index that is being filled, see `create_for_bulk`; `restore_settings` puts them back."""


@dataclass(frozen=True, slots=True)
class Ensured:
    """A dataset that can be written to: its alias, the index behind it, and whether that was made just now."""

    alias: str
    index: str
    created: bool


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
    settings = {"index": {key: declared.get(key) for key in _WHILE_FILLED}}
    expect_acknowledged(client.indices.put_settings(index=name, settings=settings), f"the settings of {name}")


def add_write_alias(client: Elasticsearch, name: str) -> None:
    """Let an index be written by its write alias too."""
    added = client.indices.put_alias(index=name, name=write_alias(name))
    expect_acknowledged(added, f"the write alias of {name}")


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
    held = client.indices.put_settings(index=name, settings={"index": {"refresh_interval": "-1"}})
    expect_acknowledged(held, f"holding the refresh of {name}")


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
    created = client.indices.create(
        index=name,
        settings={"index": {**settings, **spread.settings}},
        mappings={"_meta": made_from.meta | owner, **made_from.mappings, **spread.mapping},
        aliases=aliases,
    )
    expect_acknowledged(created, f"the new index {name}")


def _refused(name: str, error: ApiError) -> OperatorError:
    return OperatorError(
        f"Elasticsearch did not create the index {name}: {reason_of(error)}",
        "list the indices: indexer index status",
    )
