"""Conversations: the largest dataset, with a table of its own and numbers within office hours."""

from indexer.datasets.conversation_fields import FIELDS
from indexer.datasets.conversations.document import conversation_document, stored_document
from indexer.datasets.conversations.incoming import LISTS, incoming_conversation
from indexer.datasets.dataset import Dataset, Noun, Table
from indexer.metrics import METRICS_VERSION

__all__ = ["CONVERSATIONS", "conversation_document"]

CONVERSATIONS = Dataset(
    name="conversations",
    entity=Noun("conversation", "conversations"),
    key_field="conversation_id",
    lists=LISTS,
    incoming=incoming_conversation,
    document=stored_document,
    definitions_version=METRICS_VERSION,
    own_table=Table("conversations", "conversation_id", "true"),
    fields=tuple(FIELDS.values()),
)
