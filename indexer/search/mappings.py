"""The mappings: one JSON file per dataset and version, never edited once it is released."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.errors import OperatorError
from indexer.resources import resource_dirs

_FILE = re.compile(r"v([1-9]\d*)\.json")
_CHECKSUMS = "checksums.json"

OWNER = "installation"
"""The key in the `_meta` of a live index with the id of the installation that it belongs to, see `owner`."""


@dataclass(frozen=True, slots=True)
class IndexDefinition:
    """The definition from which the indices of one version of a dataset are made.

    `checksum` is the SHA-256 (hex) of the file's content as canonical JSON, so that layout does not count.
    """

    dataset: str
    version: int
    settings: dict[str, Any]
    mappings: dict[str, Any]
    checksum: str

    @property
    def meta(self) -> dict[str, Any]:
        """The origin of an index, as its `mappings._meta` has it."""
        return {"dataset": self.dataset, "version": self.version, "checksum": self.checksum}


def datasets() -> list[str]:
    """The datasets that have a mapping, by name."""
    return sorted({file.parent.name for place in resource_dirs("mappings") for file in place.glob("*/v*.json")})


def versions(dataset: str) -> list[int]:
    """The versions of a dataset's mapping, oldest first; raises `OperatorError` for an unknown dataset."""
    files = _directory(dataset).glob("v*.json")
    return sorted(int(found[1]) for file in files if (found := _FILE.fullmatch(file.name)))


def definition(dataset: str, version: int | None = None) -> IndexDefinition:
    """The given version of a dataset's mapping; without `version`, the newest one.

    Raises `OperatorError` if the file does not exist, or if it was edited after its release: indices made from
    the old and from the new content would have the same version, and could not be told apart.
    """
    known = versions(dataset)
    chosen = known[-1] if version is None else version
    file = _directory(dataset) / f"v{chosen}.json"
    if chosen not in known:
        raise OperatorError(f"{file} does not exist", f"choose one of the versions {', '.join(map(str, known))}")
    content = json.loads(file.read_bytes())
    checksum = hashlib.sha256(
        json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()
    released = released_checksums().get(f"{dataset}/v{chosen}")
    if released not in (None, checksum):
        raise OperatorError(
            f"{file} was edited after its release (its checksum is {checksum}, the released one {released})",
            f"put it back as it was, and write the change as v{known[-1] + 1}.json",
        )
    return IndexDefinition(dataset, chosen, content["settings"], content["mappings"], checksum)


def mapped_fields(dataset: str) -> dict[str, str]:
    """The path and type of every field of the dataset's newest mapping, those inside objects too.

    A nested object is a field of its own (type `nested`): conditions on the document cannot use the fields inside it.
    """
    return dict(_leaves("", definition(dataset).mappings["properties"]))


def _leaves(prefix: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, field in properties.items():
        if field.get("type") == "nested":
            yield f"{prefix}{name}", "nested"
        if "properties" in field:
            yield from _leaves(f"{prefix}{name}.", field["properties"])
        else:
            yield f"{prefix}{name}", field["type"]


def expected(made_from: IndexDefinition, live: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping that a live index should have: that of its version, with `_meta` and the fields added since.

    The installation that it belongs to is taken from the live index. An index of an older version gets the fields of
    the newest one while it is in use (`drift.catch_up`).
    """
    owner = {key: value for key, value in live.get("_meta", {}).items() if key == OWNER}
    declared = {"_meta": made_from.meta | owner, **made_from.mappings}
    newest = definition(made_from.dataset)
    if newest.version > made_from.version and "properties" in declared:
        declared["properties"] = _with_later(
            declared["properties"], newest.mappings["properties"], live.get("properties", {})
        )
    return declared


def _with_later(declared: Mapping[str, Any], newest: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """The declared fields, and those of the newest version that the live mapping has too."""
    found = dict(declared)
    for name in newest.keys() & live.keys():
        if name not in declared:
            found[name] = newest[name]
        elif "properties" in declared[name] and "properties" in newest[name]:
            inner = _with_later(
                declared[name]["properties"], newest[name]["properties"], live[name].get("properties", {})
            )
            found[name] = declared[name] | {"properties": inner}
    return found


def start_next(dataset: str) -> Path:
    """Copy the newest version of a dataset's mapping to the next one, to be changed until it is released.

    Raises `OperatorError` if the newest one has not been released: it may be changed itself.
    """
    newest = versions(dataset)[-1]
    file = _directory(dataset) / f"v{newest}.json"
    if f"{dataset}/v{newest}" not in released_checksums():
        raise OperatorError(f"{file} has not been released", "change that file")
    following = file.with_name(f"v{newest + 1}.json")
    following.write_bytes(file.read_bytes())
    return following


def released_checksums() -> dict[str, str]:
    """The checksum of every released mapping by `<dataset>/v<N>`; a file that is not listed may still change."""
    checksums: dict[str, str] = {}
    for file in (place / _CHECKSUMS for place in resource_dirs("mappings")):
        if file.exists():
            checksums |= json.loads(file.read_bytes())
    return checksums


def _directory(dataset: str) -> Path:
    for place in resource_dirs("mappings"):
        if any((place / dataset).glob("v*.json")):
            return place / dataset
    from indexer.datasets.registry import refuse_together  # a shell that completes a name does not need datasets

    refuse_together(dataset)
    raise OperatorError(f"there is no dataset {dataset!r}", f"choose one of {', '.join(datasets())}")
