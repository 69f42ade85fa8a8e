"""How an import saves: into which workspace, whether over newer records, or as a dry run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine


@dataclass(frozen=True, slots=True)
class Saving:
    """Saves into a workspace; with `force` also over newer or deleted records, with `dry_run` nothing stays."""

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
