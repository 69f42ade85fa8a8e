"""What the documents of people and of companies have in common."""

from typing import Any

from indexer.people.person import Company, Person
from indexer.people.standard import standard_scalars


def record_document(record: Person | Company, workspace_id: str, revision: int, version: int) -> dict[str, Any]:
    """The facts about the document itself, and the standard attributes as fields; a dot in a name makes an object."""
    document: dict[str, Any] = {"workspace_id": workspace_id, "revision": revision, "metrics_version": version}
    if record.flags:
        document["data_quality"] = list(record.flags)
    for name, value in standard_scalars(record).items():
        if "." in name:
            holder, _, last = name.rpartition(".")
            document.setdefault(holder, {})[last] = value
        else:
            document[name] = value
    if record.tags:
        document["tags"] = list(record.tags)
    if record.segments:
        document["segments"] = list(record.segments)
    return document
