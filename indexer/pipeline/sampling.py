"""The sample workspace in the store: its settings, its names and its conversations."""

from collections.abc import Callable
from itertools import islice

import orjson
from sqlalchemy import Engine

from indexer.pipeline.importing import BATCH, Imported, incoming, save_batch
from indexer.sample import generate, office_hours, workspace
from indexer.store.names import Named, save_names
from indexer.store.workspaces import Workspace, save_workspace

TIME_ZONE = "Europe/Dublin"


def load_sample(
    store: Engine, workspace_id: str, count: int, *, seed: int, days: int, on_done: Callable[[int], None]
) -> Imported:
    """Save the sample workspace and `count` conversations of its last `days`; the same again changes nothing."""
    sample = workspace()
    with store.begin() as connection:
        save_workspace(
            connection,
            Workspace(
                workspace_id,
                time_zone=TIME_ZONE,
                office_hours=office_hours(),
                bot_admin_ids=tuple(sample["bot_admin_ids"]),
            ),
        )
        save_names(connection, workspace_id, Named.TEAM, sample["teams"])
        save_names(connection, workspace_id, Named.TEAMMATE, sample["teammates"])
    imported = Imported()
    conversations = (incoming(orjson.dumps(one)) for one in generate(count, seed, days=days))
    while batch := list(islice(conversations, BATCH)):
        save_batch(store, workspace_id, batch, imported)
        on_done(imported.read)
    return imported
