"""The mappings: one JSON file per dataset and version, never edited once it is released."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.errors import OperatorError
from indexer.resources import resource_dir

_FILE = re.compile(r"v([1-9]\d*)\.json")
_CHECKSUMS = "checksums.json"


@dataclass(frozen=True, slots=True)
class IndexDefinition:
    """What the indices of one version of a dataset are made from.

    `checksum` is the SHA-256 (hex) of the file's content as canonical JSON, so that layout does not count.
    """

    dataset: str
    version: int
    settings: dict[str, Any]
    mappings: dict[str, Any]
    checksum: str

    @property
    def meta(self) -> dict[str, Any]:
        """What an index says of its own origin, in `mappings._meta`."""
        return {"dataset": self.dataset, "version": self.version, "checksum": self.checksum}


def datasets() -> list[str]:
    """The datasets that have a mapping, by name."""
    return sorted({file.parent.name for file in resource_dir("mappings").glob("*/v*.json")})


def versions(dataset: str) -> list[int]:
    """The versions of a dataset's mapping, oldest first; raises `OperatorError` for an unknown dataset."""
    files = _directory(dataset).glob("v*.json")
    return sorted(int(found[1]) for file in files if (found := _FILE.fullmatch(file.name)))


def definition(dataset: str, version: int | None = None) -> IndexDefinition:
    """The given version of a dataset's mapping, the newest one without `version`.

    Raises `OperatorError` if there is no such file, or if it was edited after its release: indices made from
    the old and from the new content would share a version, and nobody could tell them apart.
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


def start_next(dataset: str) -> Path:
    """Copy the newest version of a dataset's mapping to the next one, to be changed until it is released.

    Raises `OperatorError` where the newest one has not been released: it may be changed itself.
    """
    newest = versions(dataset)[-1]
    file = _directory(dataset) / f"v{newest}.json"
    if f"{dataset}/v{newest}" not in released_checksums():
        raise OperatorError(f"{file} has not been released", "change that one")
    following = file.with_name(f"v{newest + 1}.json")
    following.write_bytes(file.read_bytes())
    return following


def released_checksums() -> dict[str, str]:
    """The checksum of every released mapping by `<dataset>/v<N>`; a file that is not listed may still change."""
    checksums: dict[str, str] = json.loads((resource_dir("mappings") / _CHECKSUMS).read_bytes())
    return checksums


def _directory(dataset: str) -> Path:
    if dataset not in datasets():
        raise OperatorError(f"there is no dataset {dataset!r}", f"choose one of {', '.join(datasets())}")
    return resource_dir("mappings") / dataset
