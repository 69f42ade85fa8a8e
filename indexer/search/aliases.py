"""The aliases of indices: what is behind them, and how they are moved, each in one step."""

from collections.abc import Mapping
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from indexer.errors import OperatorError
from indexer.search.acknowledged import expect_acknowledged
from indexer.search.index_names import write_alias


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
        moved = client.indices.update_aliases(actions=actions)
    except ApiError as error:
        raise OperatorError(
            f"the alias {alias} was not moved from {instead_of or 'nowhere'} to {index}: {reason_of(error)}",
            "see where it points now: indexer index status",
        ) from error
    expect_acknowledged(moved, f"the alias {alias} of {index}")


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
        deleted = client.indices.update_aliases(actions=actions)
    except ApiError as error:
        if client.indices.exists(index=index):
            raise OperatorError(
                f"{index} was not deleted: {reason_of(error)}", "list the indices: indexer index status"
            ) from error
        return
    expect_acknowledged(deleted, f"the deletion of {index}")


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
        given_up = client.indices.update_aliases(actions=actions)
    except ApiError as error:
        raise OperatorError(
            f"{index} was not given up: {reason_of(error)}", "try again: indexer index rollback"
        ) from error
    expect_acknowledged(given_up, f"the removal of the write alias of {index}")


def _only_if_held(alias: str, index: str) -> list[Mapping[str, Any]]:
    """Actions that change nothing, and with which a whole call fails unless the alias points at the index."""
    return [
        {"remove": {"index": index, "alias": alias, "must_exist": True}},
        {"add": {"index": index, "alias": alias, "is_write_index": True}},
    ]


def reason_of(error: ApiError) -> str:
    """Elasticsearch's own words."""
    said = error.body.get("error") if isinstance(error.body, Mapping) else None
    return str(said.get("reason")) if isinstance(said, Mapping) else str(error)
