"""The names under which erased people may come again, known only by keyed hashes (docs/decisions/0041)."""

import hmac
from collections.abc import Iterable

from sqlalchemy import Connection

from indexer.store.entities.person_keys import PersonKey

_READ_KEY = """
SELECT erasure_key FROM installation
WHERE EXISTS (SELECT FROM erased_keys WHERE workspace_id = %(workspace_id)s)
"""

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


def read_erased(connection: Connection, workspace_id: str, keys: Iterable[PersonKey]) -> frozenset[PersonKey]:
    """Those of the names that belong to erased people; one quick look-up if nobody of the workspace was erased."""
    key = connection.exec_driver_sql(_READ_KEY, {"workspace_id": workspace_id}).scalar()
    if key is None:
        return frozenset()
    hashes = {_hash(key, workspace_id, one): one for one in keys}
    found = connection.exec_driver_sql(
        _READ,
        {
            "workspace_id": workspace_id,
            "kinds": [kind for kind, _ in hashes.values()],
            "hashes": list(hashes),
        },
        execution_options={"binary_results": True},
    )
    return frozenset(hashes[hash_] for hash_ in found.scalars())


def bar_keys(connection: Connection, workspace_id: str, keys: Iterable[PersonKey]) -> None:
    """Keep people of these names out of the workspace from now on."""
    key = connection.exec_driver_sql("SELECT erasure_key FROM installation").scalar_one()
    given = list(dict.fromkeys(keys))
    connection.exec_driver_sql(
        _BAR,
        {
            "workspace_id": workspace_id,
            "kinds": [kind for kind, _ in given],
            "hashes": [_hash(key, workspace_id, one) for one in given],
        },
    )


def _hash(key: bytes, workspace_id: str, named: PersonKey) -> bytes:
    kind, value = named
    return hmac.digest(bytes(key), f"{workspace_id}\0{kind}\0{value}".encode(), "sha256")
