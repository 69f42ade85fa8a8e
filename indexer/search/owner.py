"""The owner of an index: its `_meta` names the installation from whose store it is filled (docs/decisions/0028).

Otherwise a program with the DATABASE_URL of another installation would find that no document of the index belongs
there, delete them all and write its own in their place.
"""

import time
from collections.abc import Mapping
from typing import Any

from elasticsearch import Elasticsearch

from indexer.errors import OperatorError
from indexer.search.mappings import OWNER

_GOOD_FOR_SECONDS = 60.0


class OtherInstallation(OperatorError):
    """An index is filled from the store of another installation."""


class Owner:
    """An installation, as the owner of indices. A process has one; its threads share it."""

    def __init__(self, client: Elasticsearch, installation: str) -> None:
        """`installation` is the id in the store, see `store.installation`."""
        self._client = client
        self.installation = installation
        self._found_at: dict[str, float] = {}

    def expect(self, *names: str) -> None:
        """Raise `OtherInstallation` unless these indices, and those behind these aliases, belong to this installation.

        An index that names no owner was made by an earlier release, and is claimed. A name that does not exist is
        skipped, since nothing can be written to it. The result is valid for a minute.
        """
        now = time.monotonic()
        asked = [name for name in names if now - self._found_at.get(name, -_GOOD_FOR_SECONDS) >= _GOOD_FOR_SECONDS]
        if not asked:
            return
        for index, meta in self._metas(asked).items():
            match meta.get(OWNER):
                case None:
                    self.claim(index)
                case self.installation:
                    pass
                case other:
                    raise OtherInstallation(
                        f"the index {index} belongs to installation {other}, and the database in use is that of "
                        f"installation {self.installation}",
                        "correct DATABASE_URL, or take an INDEXER_INDEX_PREFIX of your own; if the index is to be "
                        "filled from this database from now on: indexer index adopt",
                    )
        self._found_at.update(dict.fromkeys(asked, now))

    def others(self, *names: str) -> dict[str, str]:
        """The indices among these, and behind these aliases, that belong to other installations, each with its id."""
        return {
            index: str(meta[OWNER])
            for index, meta in self._metas(names).items()
            if meta.get(OWNER) not in (None, self.installation)
        }

    def claim(self, index: str) -> None:
        """Record in an index that it belongs to this installation, whatever it said before."""
        meta = self._metas([index])[index]
        self._client.indices.put_mapping(index=index, meta={**meta, OWNER: self.installation})

    def _metas(self, names: list[str] | tuple[str, ...]) -> dict[str, Mapping[str, Any]]:
        found = self._client.indices.get_mapping(
            index=list(names), ignore_unavailable=True, allow_no_indices=True, expand_wildcards="open"
        ).body
        return {index: held["mappings"].get("_meta", {}) for index, held in sorted(found.items())}
