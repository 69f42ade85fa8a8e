"""Bounds of a walk along the keys of a dataset, as conditions that its primary key can begin and end at."""

from typing import Final, Literal

from indexer.datasets.dataset import Dataset
from indexer.keys import EntityKey

_SIGNS: Final = {"after": ">", "until": "<="}


def key_bound(
    side: Literal["after", "until"], key: EntityKey | None, dataset: Dataset, workspace_id: str | None
) -> tuple[str, dict[str, str]]:
    """A condition that begins with AND, and its parameters; both empty if there is no key.

    It holds for keys after the given one, or up to it. `workspace_id` is the one workspace that the walk is limited to,
    None if it is not. Within its workspace a bound is a condition on the id alone: if another condition gives the
    workspace, PostgreSQL does not begin at a pair of both, but reads the index from the beginning of the workspace.
    """
    if key is None:
        return "", {}
    workspace, id_ = key
    own = dataset.table.id
    if workspace == workspace_id:
        return f" AND {own} {_SIGNS[side]} %({side}_id)s", {f"{side}_id": id_}
    return (
        f" AND (workspace_id, {own}) {_SIGNS[side]} (%({side}_workspace)s, %({side}_id)s)",
        {f"{side}_workspace": workspace, f"{side}_id": id_},
    )
