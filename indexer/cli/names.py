"""What may be a name on the command line."""

from typing import Annotated

import typer

_LONGEST = 100


def workspace_name(name: str) -> str:
    """A workspace's name as it stands in the ids of its documents; anything else is a usage error."""
    if not name.strip() or not name.isprintable() or len(name) > _LONGEST:
        raise typer.BadParameter(f"a workspace has a name of 1 to {_LONGEST} printable characters")
    return name


DatasetOption = Annotated[str, typer.Option("--dataset", help="conversations, calls or teammate_statuses.")]
