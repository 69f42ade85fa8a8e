"""What may be a name on the command line."""

from typing import TYPE_CHECKING, Annotated

import typer

from indexer.errors import OperatorError
from indexer.keys import LONGEST_WORKSPACE, is_name

if TYPE_CHECKING:
    from sqlalchemy import Connection


def workspace_name(name: str) -> str:
    """A workspace's name as it stands in the ids of its documents; anything else is a usage error."""
    if not is_name(name):
        raise typer.BadParameter(f"a workspace has a name of 1 to {LONGEST_WORKSPACE} printable characters")
    return name


def expect_usable_name(connection: "Connection", workspace: str) -> None:
    """Raise `OperatorError` if a new workspace would have a colon in its name.

    The colon stands between the workspace and the id in the `_id` of a document. A workspace that is in the store
    already keeps its name; in the ids of its documents the colon is encoded.
    """
    from indexer.store.workspaces import has_workspace

    if ":" in workspace and not has_workspace(connection, workspace):
        raise OperatorError(
            f"a new workspace cannot be named {workspace}: the ids of documents have the colon between the workspace "
            "and the id in it",
            f"name it without a colon, such as {workspace.replace(':', '-')}",
        )


def _not_in_the_future(at: int | None) -> int | None:
    import time

    from indexer.conversation.ahead import is_ahead

    if at is not None and is_ahead(at, int(time.time())):
        raise typer.BadParameter("is in the future: nothing that changes before it could come back")
    return at


DeletionTime = Annotated[
    int | None,
    typer.Option(
        metavar="SECONDS",
        help="When they were deleted, in epoch seconds; now if not given.",
        callback=_not_in_the_future,
    ),
]

DatasetOption = Annotated[str, typer.Option("--dataset", help="conversations, calls or teammate_statuses.")]
