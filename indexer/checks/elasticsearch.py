"""Checks of Elasticsearch as a whole; its indices and mappings have checks of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from indexer.checks.check import Check, Finding, Installation, Verdict
from indexer.checks.postgresql import NO_STORE, read_store
from indexer.embedded.service import Service
from indexer.errors import OperatorError
from indexer.urls import masked_addresses

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

_OLDEST = (8, 19)


@contextmanager
def connected(installation: Installation) -> Iterator["Elasticsearch"]:
    from elasticsearch import ApiError

    from indexer.connections import search_at

    with search_at(installation.url(Service.ELASTICSEARCH)) as client:
        try:
            yield client
        except ApiError as error:
            raise OperatorError(
                f"Elasticsearch refuses the request: {error}",
                "give the user of ELASTICSEARCH_URL the cluster privilege monitor",
            ) from error


def reachable(installation: Installation) -> Finding:
    """Whether it answers, and its version. This asks the nodes: the embedded distribution has no `GET /`."""
    with connected(installation) as client:
        nodes: dict[str, Any] = client.nodes.info(filter_path="nodes.*.version").body["nodes"]
    versions = sorted({node["version"] for node in nodes.values()})
    detail = f"{', '.join(versions)} at {masked_addresses(installation.url(Service.ELASTICSEARCH))}"
    if any(tuple(map(int, version.split(".")[:2])) < _OLDEST for version in versions):
        return Finding(Verdict.FAILED, detail, "use Elasticsearch 8.19 or newer")
    return Finding(Verdict.OK, detail)


def health(installation: Installation) -> Finding:
    """The colour of the cluster: red means that a primary shard, and with it data, is missing."""
    with connected(installation) as client:
        answer = client.cluster.health().body
    detail = f"{answer['status']}, {answer['unassigned_shards']} shards unassigned"
    match answer["status"], answer["number_of_nodes"]:
        case "red", _:
            return Finding(Verdict.FAILED, detail, "see the reason: GET _cluster/allocation/explain")
        case "yellow", nodes if nodes > 1:
            return Finding(
                Verdict.WARNING, detail, "wait for the replicas, or see the reason: GET _cluster/allocation/explain"
            )
        case _:
            return Finding(Verdict.OK, detail)


def blocks(installation: Installation) -> Finding:
    """Whether indices refuse writes: Elasticsearch locks them by itself when the disk is nearly full."""
    prefix = installation.settings.index_prefix
    with connected(installation) as client:
        found = client.indices.get_settings(
            index=f"{prefix}-*", name="index.blocks.*", flat_settings=True, expand_wildcards="all"
        ).body
    blocked = sorted(
        (name, setting)
        for name, entry in found.items()
        for setting, value in entry.get("settings", {}).items()
        if value == "true"
    )
    if blocked:
        name, setting = blocked[0]
        return Finding(
            Verdict.FAILED,
            f"locked: {', '.join(f'{name} ({setting})' for name, setting in blocked)}",
            "free disk space, and Elasticsearch unlocks by itself what it has locked; otherwise unlock each index, "
            f'such as: PUT {name}/_settings {{"{setting}": null}}',
        )
    return Finding(Verdict.OK, f"no index of {prefix}-* is locked")


def auto_create(installation: Installation) -> Finding:
    """Whether a write to a name that does not exist makes an index with a guessed mapping."""
    with connected(installation) as client:
        answer = client.cluster.get_settings(include_defaults=True, flat_settings=True).body
    layers = (answer.get(layer, {}) for layer in ("transient", "persistent", "defaults"))
    value = next((layer["action.auto_create_index"] for layer in layers if "action.auto_create_index" in layer), "true")
    if value == "false":
        return Finding(Verdict.OK, "off")
    return Finding(
        Verdict.WARNING,
        f"action.auto_create_index is {value}: another program's write can create an index with a guessed mapping",
        "set action.auto_create_index: false in elasticsearch.yml or by PUT _cluster/settings",
    )


def documents(installation: Installation) -> Finding:
    """Whether every document was computed by the definitions of this release."""
    from indexer.datasets.registry import datasets
    from indexer.search import alias_name, index_behind

    present: list[str] = []
    with connected(installation) as client:
        for dataset in datasets():
            index = index_behind(client, alias_name(installation.settings.index_prefix, dataset.name))
            if index is None:
                continue
            others = {"bool": {"must_not": {"term": {"metrics_version": dataset.definitions_version}}}}
            if outdated := client.count(index=index, query=others)["count"]:
                return Finding(
                    Verdict.WARNING,
                    f"{outdated:,} in {index} were computed by another release, and lack the new fields of this one",
                    f"recompute them: indexer index rebuild {dataset}",
                )
            present.append(dataset.name)
    if not present:
        return Finding(Verdict.OK, "no index exists yet; the first worker creates them")
    return Finding(Verdict.OK, f"all of {', '.join(present)} were computed with the present definitions")


def refresh(installation: Installation) -> Finding:
    """Whether readers see changes: the indices behind the aliases must be refreshed as declared."""
    from indexer.search import alias_name, datasets
    from indexer.search.refresh import other_refresh

    aliases = [alias_name(installation.settings.index_prefix, dataset) for dataset in datasets()]
    with connected(installation) as client:
        others = other_refresh(client, aliases)
    if not others:
        return Finding(Verdict.OK, "the indices behind the aliases are refreshed as declared")
    said = ", ".join(f"{one.index} has the refresh interval {one.live} instead of {one.declared}" for one in others)
    return Finding(
        Verdict.FAILED,
        f"{said}: reports may not show recently indexed documents",
        "a worker restores it when no process is working on the rebuild (indexer index status): indexer worker",
    )


def owner(installation: Installation) -> Finding:
    """Whether the indices are filled from this store: no worker writes to those of another installation."""
    from indexer.search import Owner, alias_name, datasets
    from indexer.store.installation import read_installation

    found = read_store(installation, read_installation, "")
    if found is None:
        return NO_STORE
    if not found:
        return Finding(Verdict.OK, "nothing is stored yet")
    with connected(installation) as client:
        others = Owner(client, found).others(
            *(f"{alias_name(installation.settings.index_prefix, dataset)}-v*" for dataset in datasets())
        )
    if not others:
        return Finding(Verdict.OK, f"the indices belong to this database, installation {found}")
    index, other = next(iter(others.items()))
    return Finding(
        Verdict.FAILED,
        f"{len(others):,} indices belong to another installation, such as {index} to {other}; this database is "
        f"installation {found}",
        "correct DATABASE_URL or INDEXER_INDEX_PREFIX, or take the indices over: indexer index adopt",
    )


_NEEDS = Service.ELASTICSEARCH
CHECKS = (
    Check("elasticsearch", reachable, _NEEDS),
    Check("elasticsearch health", health, _NEEDS),
    Check("elasticsearch blocks", blocks, _NEEDS),
    Check("elasticsearch auto-create", auto_create, _NEEDS),
    Check("elasticsearch owner", owner, _NEEDS),
    Check("elasticsearch documents", documents, _NEEDS),
    Check("elasticsearch refresh", refresh, _NEEDS),
)
