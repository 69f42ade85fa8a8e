"""Saving conversations, some of which bring only a part of their history, or none of it (docs/decisions/0019).

Whole records replace the stored ones, in one statement a batch. A partial record is merged with the stored one, and so
is a whole record that arrived after a newer partial one.
"""

import time
from collections.abc import Sequence

from sqlalchemy import Connection

from indexer.conversation import contact_ids, parse_conversation
from indexer.conversation.history import History, Version, history_of, together
from indexer.datasets.dataset import Incoming
from indexer.intake.save_options import Saving
from indexer.store.entities.conversations import (
    Saved,
    StoredVersion,
    lock_versions,
    save_conversations,
)


def save_histories(saving: Saving, batch: Sequence[Incoming]) -> Saved:
    """Save a batch: the whole records first, then those to be merged, in a transaction of their own."""
    outdone = _before_whole_ones(batch) if saving.force else frozenset()
    with saving.transaction() as connection:
        whole = [one for one in batch if not one.partial]
        saved = save_conversations(connection, saving.workspace_id, whole, force=saving.force)
    saved = saved._replace(older=saved.older + len(outdone))
    apart = [
        one
        for place, one in enumerate(batch)
        if (one.partial and place not in outdone) or one.entity_id in saved.behind
    ]
    if not apart:
        return saved
    with saving.transaction() as connection:
        merged = _save_merged(connection, saving, apart)
    again = sum(not one.partial for one in apart)  # counted as older a moment ago
    return Saved(
        saved.created + merged.created,
        saved.updated + merged.updated,
        saved.unchanged + merged.unchanged,
        saved.older + merged.older - again,
        saved.shards | merged.shards,
    )


def _before_whole_ones(batch: Sequence[Incoming]) -> frozenset[int]:
    """The places of the partial records that are followed by a whole one of the same conversation."""
    last = {one.entity_id: place for place, one in enumerate(batch) if not one.partial}
    return frozenset(place for place, one in enumerate(batch) if one.partial and place < last.get(one.entity_id, 0))


def _save_merged(connection: Connection, saving: Saving, batch: Sequence[Incoming]) -> Saved:
    """Merge each record with the stored one, and save the result.

    The rows do not change between reading and saving. Records that add nothing count as `unchanged`, or as `older`
    if the stored record has a later time.
    """
    stored = lock_versions(connection, saving.workspace_id, list({one.entity_id for one in batch}))
    now = int(time.time())
    found = {id_: _version(known) for id_, known in stored.items()}
    for one in batch:
        version = Version(one.payload, one.updated_at, _history(one.payload, partial=one.partial))
        known = found.get(one.entity_id)
        found[one.entity_id] = version if known is None else together(known, version, now, force=saving.force)
    changed = {
        id_: version for id_, version in found.items() if id_ not in stored or version.payload != stored[id_].payload
    }
    becoming = [_incoming(version) for version in changed.values()]
    saved = save_conversations(connection, saving.workspace_id, becoming, force=saving.force)
    left = [one for one in batch if one.entity_id not in changed]
    older = 0 if saving.force else sum(one.updated_at < stored[one.entity_id].updated_at for one in left)
    more = len(batch) - len(left) - len(changed)  # several of one conversation
    return saved._replace(
        unchanged=saved.unchanged + len(left) - older, older=saved.older + older + more, behind=frozenset()
    )


def _version(stored: StoredVersion) -> Version:
    return Version(stored.payload, stored.updated_at, _history(stored.payload, partial=stored.partial))


def _history(payload: bytes, *, partial: bool) -> History:
    """How much of its history a record has; if it is known to lack parts, its own total does not count."""
    if not partial:
        return History.WHOLE
    found = history_of(payload)
    return History.SHORT if found is History.WHOLE else found


def _incoming(version: Version) -> Incoming:
    conversation = parse_conversation(version.payload)
    return Incoming(
        conversation.id,
        version.payload,
        conversation.said.created_at,
        version.updated_at,
        tuple(contact_ids(conversation)),
        version.history is not History.WHOLE,
    )
