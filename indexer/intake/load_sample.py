"""The sample workspace in the store: its settings, names, conversations, calls, statuses, messages and people."""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

import orjson
from sqlalchemy import Engine

from indexer.datasets.calls import CALLS
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset
from indexer.datasets.teammate_statuses import TEAMMATE_STATUSES
from indexer.intake.importer import BATCH, Imported, Placed, save_batch
from indexer.intake.message_importer import import_messages
from indexer.intake.people_batches import EVENT_BATCH
from indexer.intake.read_people import PlacedObject
from indexer.intake.save_options import Saving
from indexer.intake.save_people import PeopleSaver
from indexer.intake.save_person_events import EventSaver, PlacedEvent
from indexer.sample import (
    calls,
    companies,
    events,
    generate,
    messages,
    office_hours,
    people,
    status_changes,
    workspace,
)
from indexer.store.entities.names import Named, save_names
from indexer.store.entities.workspaces import Workspace, save_workspace

TIME_ZONE = "Europe/Dublin"

_RECORD_DAYS = 28
"""The most days of calls and statuses."""

_MOST_RECEIPTS = 2_000

_MOST_PEOPLE = 2_000


def load_sample(
    store: Engine, workspace_id: str, count: int, *, seed: int, days: int, on_done: Callable[[int], None]
) -> Imported:
    """Save the sample workspace and `count` conversations of its last `days`; a repetition changes nothing.

    Calls and statuses of the last weeks are saved too, and as many receipts of messages and as many people, with their
    companies and events, as there are conversations, up to `_MOST_RECEIPTS` and `_MOST_PEOPLE`; the result counts the
    conversations.
    """
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
    _load(store, workspace_id, CALLS, calls(seed, days=min(days, _RECORD_DAYS)))
    _load(store, workspace_id, TEAMMATE_STATUSES, status_changes(seed, days=min(days, _RECORD_DAYS)))
    _load_messages(store, workspace_id, messages(min(count, _MOST_RECEIPTS), seed, days=days))
    _load_people(store, workspace_id, min(count, _MOST_PEOPLE), seed)
    imported = Imported()
    conversations = (Placed("", CONVERSATIONS.incoming(orjson.dumps(one))) for one in generate(count, seed, days=days))
    while batch := list(islice(conversations, BATCH)):
        save_batch(Saving(store, workspace_id), batch, imported, CONVERSATIONS)
        on_done(imported.read)
    return imported


def _load(store: Engine, workspace_id: str, dataset: Dataset, records: Iterable[Mapping[str, object]]) -> None:
    taken_in = (Placed("", dataset.incoming(orjson.dumps(one))) for one in records)
    while batch := list(islice(taken_in, BATCH)):
        save_batch(Saving(store, workspace_id), batch, Imported(), dataset)


def _load_people(store: Engine, workspace_id: str, count: int, seed: int) -> None:
    """Save people, their companies, and what they did in the year before the sample ends."""
    saving = Saving(store, workspace_id)
    for saver, objects in (
        (PeopleSaver(saving.transaction, workspace_id, "company"), companies(count, seed)),
        (PeopleSaver(saving.transaction, workspace_id, "contact"), people(count, seed)),
    ):
        placed = (PlacedObject("", one) for one in objects)
        while batch := list(islice(placed, BATCH)):
            saver.save(batch)
    events_saver = EventSaver(saving.transaction, workspace_id)
    happened = (PlacedEvent("", one) for one in events(count, seed))
    while some := list(islice(happened, EVENT_BATCH)):
        events_saver.save(some)


def _load_messages(store: Engine, workspace_id: str, lines: Iterable[Mapping[str, object]]) -> None:
    """Save messages as an import of a file with these lines does."""

    def refuse(place: str, reason: object) -> None:
        raise ValueError(f"the sample has a line that cannot be used: {place}: {reason}")

    with tempfile.NamedTemporaryFile(suffix=".ndjson") as file:
        file.writelines(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)
        file.flush()
        import_messages(store, [file.name], workspace_id, refuse, refuse)
