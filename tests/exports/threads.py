"""An index with message threads, and a store with the values that exports look up."""

import csv
import io
import random
from typing import Any

from elasticsearch import Elasticsearch
from sqlalchemy import Engine

from indexer.exports.request import ExportRequest, read_request
from indexer.exports.write_export import export_conversations
from indexer.search import alias_name
from tests.reports.indexed import Document, many_conversations

TYPES = ["UserMessage", "AdminMessage", "Campaign", "Automated", "Operator", None]


def threads() -> list[Document]:
    """Conversations around hard changes of clocks, whose threads are at times days older, some at the same second."""
    dice = random.Random(7)
    found = many_conversations("w", seed=3)
    for document in found:
        created = document["created_at"]
        legacy = document["legacy"]
        legacy["message_type"] = dice.choice(TYPES)
        legacy["thread_created_at"] = created - dice.choice([0, 0, 1, 3_600, 86_400, 200_000])
        document["title"] = dice.choice(['=HYPERLINK("x")', "a, b\r\nc", None])
        document["statistics"] = {"count_reopens": dice.randrange(3)}
    return found


class Exporting:
    """An index with the threads, and a store with the values that exports look up."""

    def __init__(self, client: Elasticsearch, store: Engine, prefix: str, documents: list[Document]) -> None:
        self.client = client
        self.store = store
        self.alias = alias_name(prefix, "conversations")
        self.documents = documents

    def file(self, request: ExportRequest) -> bytes:
        file = io.BytesIO()
        export_conversations(self.client, self.store.connect, self.alias, request, file)
        return file.getvalue()

    def rows(self, **parameters: Any) -> list[dict[str, str]]:
        return read(self.file(asked(**parameters)))


def asked(first: str = "2023-12-24", last: str = "2024-04-05", **more: Any) -> ExportRequest:
    return read_request({"workspace": "w", "from": first, "to": last} | more)


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))
