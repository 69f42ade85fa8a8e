"""How an import saves what it has read: into which workspace, and whether over what is newer, or only to see."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine


@dataclass(frozen=True, slots=True)
class Saving:
    """Saves into a workspace; with `force` also over what is newer or deleted, with `dry_run` nothing stays."""

    store: Engine
    workspace_id: str
    force: bool = False
    dry_run: bool = False

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that is committed at its end, unless it is a dry run."""
        with self.store.connect() as connection:
            yield connection
            if self.dry_run:
                connection.rollback()
            else:
                connection.commit()
