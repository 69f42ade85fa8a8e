"""From a conversation's JSON to the JSON of its reporting document: the one way, with and without a store."""

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.json import Encoder

from indexer.conversation import parse_conversation
from indexer.conversation.ahead import AHEAD, is_ahead
from indexer.errors import Refused
from indexer.keys import MOST_BYTES, document_id, is_too_long
from indexer.metrics import reporting_document
from indexer.office_hours import ALWAYS_OPEN, OfficeHours

_encode = Encoder().encode


@dataclass(frozen=True, slots=True)
class Computation:
    """What a workspace's documents are computed with, beside the conversations themselves."""

    workspace_id: str
    office_hours: OfficeHours = ALWAYS_OPEN
    bot_admin_ids: frozenset[str] = frozenset()
    bots_interrupt: bool = False

    def document(
        self,
        payload: bytes,
        revision: int | None = None,
        merged: Mapping[str, str] | None = None,
        saved_at: int | None = None,
    ) -> bytes:
        """The reporting document as JSON, from the conversation as JSON; raises `Refused`.

        `merged` says which contacts have become which others, `saved_at` (epoch seconds) when the store got it.
        """
        conversation = parse_conversation(payload, self.bot_admin_ids)
        refuse_long_key(self.workspace_id, conversation.id)
        document = reporting_document(
            conversation, self.workspace_id, self.office_hours, revision, bots_interrupt=self.bots_interrupt
        )
        if merged and document.contact_ids:
            document.contact_ids = list(dict.fromkeys(merged.get(id_, id_) for id_ in document.contact_ids))
        if saved_at is not None and is_ahead(conversation.changed_at, saved_at):
            document.data_quality = [*(document.data_quality or ()), AHEAD]
        return _encode(document)


def refuse_long_key(workspace_id: str, entity_id: str) -> None:
    """Raise `Refused` for an id of which, with the workspace's name, Elasticsearch takes no document."""
    if is_too_long(document_id(workspace_id, entity_id)):
        raise Refused("id", f"is longer than {MOST_BYTES} bytes together with the name of the workspace")
