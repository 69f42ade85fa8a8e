"""Documents for reports in a real index, with the fields that reports look at and no others."""

import random
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
from elasticsearch import Elasticsearch

from indexer.search import ONE_SHARD, Outcome, Spread, Write, alias_name, bulk_write, datasets, ensure_dataset

Document = dict[str, Any]

# Around the changes of clocks that are hard: Apia loses a day, Sao Paulo a midnight, and then has one hour
# before midnight twice, as St. John's had one around it; the last two are for weeks and months.
WINDOWS = [
    ("2011-12-27", "2012-01-03"),
    ("2018-11-01", "2018-11-07"),
    ("2018-02-14", "2018-02-21"),
    ("2010-11-04", "2010-11-10"),
    ("2023-12-24", "2024-01-09"),
    ("2024-02-20", "2024-04-05"),
]


@contextmanager
def indexed(url: str, documents: Iterable[Document], spread: Spread = ONE_SHARD) -> Iterator[str]:
    """An installation's index with these documents, visible; gives its prefix."""
    prefix = f"t{uuid.uuid4().hex[:12]}"
    alias = alias_name(prefix, "conversations")
    writes = [
        Write(f"{document['workspace_id']}:{document['conversation_id']}", 1, orjson.dumps(document))
        for document in documents
    ]
    with Elasticsearch(url) as client:
        indices = [ensure_dataset(client, prefix, dataset, spread).index for dataset in datasets()]
        assert {settled.outcome for settled in bulk_write(client, alias, writes)} <= {Outcome.INDEXED}
        client.indices.refresh(index=alias)
        yield prefix
        client.indices.delete(index=indices)


def conversation(number: int, created_at: int, workspace: str = "w", **other: Any) -> Document:
    """One inbound conversation."""
    return {
        "workspace_id": workspace,
        "conversation_id": str(number),
        "created_at": created_at,
        "legacy": {"conversation_created_at": created_at, "message_type": "UserMessage"},
        **other,
    }


def many_conversations(workspace: str, seed: int) -> list[Document]:
    """Some hundred conversations within the windows, of all kinds, with and without values to group by."""
    dice = random.Random(seed)
    found = []
    for first, last in WINDOWS:
        start, end = (int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) for day in (first, last))
        for _ in range(120):
            # Half of them at full hours, where periods begin.
            at = dice.randrange(start, end) if dice.random() < 0.5 else dice.randrange(start, end, 3600)
            document = conversation(len(found), at, workspace)
            document["legacy"]["message_type"] = dice.choice(["UserMessage", "UserMessage", "AdminMessage"])
            for field, values in {
                "channel": ["email", "conversation", "whatsapp"],
                "country": ["Ireland", "Japan"],
                "team_assigned_id": ["7", "70", "8"],
                "teammate_assigned_id": ["Ä", "b"],
            }.items():
                if dice.random() < 0.8:
                    document[field] = dice.choice(values)
            document["tags"] = dice.sample(["billing", "bug", "how to", "<b>vip</b>"], dice.randrange(4))
            document["custom"] = {"plan": "pro"} if dice.random() < 0.3 else {}
            found.append(document)
    return found
