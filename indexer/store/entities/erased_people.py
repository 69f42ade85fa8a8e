"""The names under which erased people may come again, known only by keyed hashes (docs/decisions/0041)."""

import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from indexer.people.person_key import PersonKey

ERASURE_KEY: Final = """
SELECT erasure_key FROM installation
WHERE EXISTS (SELECT FROM erased_keys WHERE workspace_id = %(workspace_id)s)
"""
"""The query for the key of the hashes; no row if nobody of the workspace was erased."""

_READ = """
SELECT hash FROM erased_keys
JOIN unnest(%(kinds)s::text[], %(hashes)b::bytea[]) AS given (kind, hash) USING (kind, hash)
WHERE workspace_id = %(workspace_id)s
"""

_BAR = """
INSERT INTO erased_keys (workspace_id, kind, hash)
SELECT %(workspace_id)s, kind, hash FROM unnest(%(kinds)s::text[], %(hashes)b::bytea[]) AS given (kind, hash)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class ErasedPeople:
    """The erased people of a workspace, as far as somebody who knows a name can ask for it."""

    connection: Connection
    workspace_id: str
    key: bytes

    def among(self, keys: Iterable[PersonKey]) -> frozenset[PersonKey]:
        """Those of the names that belong to erased people."""
        hashes = {self._hash(*key): key for key in keys}
        found = self.connection.exec_driver_sql(
            _READ,
            {
                "workspace_id": self.workspace_id,
                "kinds": [kind for kind, _ in hashes.values()],
                "hashes": list(hashes),
            },
            execution_options={"binary_results": True},
        )
        return frozenset(hashes[hash_] for hash_ in found.scalars())

    def bar(self, keys: Collection[PersonKey]) -> None:
        """Keep people of these names out of the workspace from now on."""
        self.connection.exec_driver_sql(
            _BAR,
            {
                "workspace_id": self.workspace_id,
                "kinds": [kind for kind, _ in keys],
                "hashes": [self._hash(*key) for key in keys],
            },
        )

    def pseudonym(self, id_: str) -> str:
        """The id that stands in the place of an erased person's; without the key nobody can tell whose it is."""
        return f"erased-{self._hash('pseudonym', id_).hex()[:24]}"

    def _hash(self, kind: str, value: str) -> bytes:
        said = f"{self.workspace_id}\0{kind}\0{value}".encode(errors="surrogatepass")
        return hmac.digest(self.key, said, "sha256")


def read_erasures(connection: Connection, workspace_id: str) -> ErasedPeople | None:
    """The erased people of a workspace; None if nobody was erased."""
    key = connection.exec_driver_sql(ERASURE_KEY, {"workspace_id": workspace_id}).scalar()
    return None if key is None else ErasedPeople(connection, workspace_id, bytes(key))


def begin_erasures(connection: Connection, workspace_id: str) -> ErasedPeople:
    """The erased people of a workspace, even if nobody was erased before."""
    key = connection.exec_driver_sql("SELECT erasure_key FROM installation").scalar_one()
    return ErasedPeople(connection, workspace_id, bytes(key))


def read_erased(connection: Connection, workspace_id: str, keys: Iterable[PersonKey]) -> frozenset[PersonKey]:
    """Those of the names that belong to erased people; one quick look-up if nobody of the workspace was erased."""
    erasures = read_erasures(connection, workspace_id)
    return frozenset() if erasures is None else erasures.among(keys)


def among_erased(
    connection: Connection, workspace_id: str, key: bytes | None, keys: Iterable[PersonKey]
) -> frozenset[PersonKey]:
    """The same if `ERASURE_KEY` was read before."""
    return frozenset() if key is None else ErasedPeople(connection, workspace_id, key).among(keys)
