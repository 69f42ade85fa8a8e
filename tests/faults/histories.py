"""Conversations and how they came to be: each in several versions, every one longer and later than the one before."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from indexer.sample import generate

Raw = dict[str, Any]


def conversations(count: int, seed: int = 1) -> list[Raw]:
    """This many conversations of the sample workspace."""
    return list(generate(count, seed=seed))


def version(raw: Raw, number: int, of: int) -> Raw:
    """The conversation as it was at one of its versions, 1 to `of`; the last is all of it."""
    parts = raw["conversation_parts"]["conversation_parts"]
    kept = parts[: len(parts) * number // of]
    listed = raw["conversation_parts"] | {"conversation_parts": kept, "total_count": len(kept)}
    return raw | {"updated_at": raw["updated_at"] - of + number, "conversation_parts": listed}


def versions(raws: Iterable[Raw], number: int, of: int) -> list[Raw]:
    """All of them as they were at that version."""
    return [version(raw, number, of) for raw in raws]


def ndjson(raws: Iterable[Raw]) -> bytes:
    """One line each."""
    return b"".join(orjson.dumps(raw) + b"\n" for raw in raws)


def written(file: Path, raws: Iterable[Raw]) -> Path:
    """A file of them."""
    file.write_bytes(ndjson(raws))
    return file
