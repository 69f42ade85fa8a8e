"""Short words for accounts in tests, and hashes of passwords that cost almost nothing."""

from indexer.store.access.password_hashes import Cost, hash_password
from indexer.store.access.scopes import Grants, Scope

CHEAP = Cost(passes=1, memory_kib=8, lanes=1)
"""For tests alone: a guess at such a hash costs nothing."""

PASSWORD = "correct horse battery"
HASHED = hash_password(PASSWORD, CHEAP)

READER = Grants({Scope.REPORTS: frozenset({"acme"})})
