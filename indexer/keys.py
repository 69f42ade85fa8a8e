"""The key of an entity: from a workspace and an id in it to the `_id` and the routing in Elasticsearch, and back.

A document's `_id` is `<workspace>:<id>`. Characters that would make that ambiguous are percent-encoded in the
workspace: the colon, control characters, and a percent sign that would read as the beginning of such a code. So no two
keys have one `_id`, and that of an ordinary workspace has no codes in it (docs/decisions/0020).
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

MOST_BYTES: Final = 512
"""The longest `_id` in Elasticsearch, and so the longest id of anything, in bytes of UTF-8."""

LONGEST_WORKSPACE = 100
"""The longest name of a workspace, in characters."""

_SHORT: Final = MOST_BYTES // 4
"""A text of this many characters never has more bytes than that."""

_AMBIGUOUS = re.compile(r"[:\x00-\x1f\x7f-\x9f]|%(?=[0-9A-F]{2})")
_CODE = re.compile(r"%([0-9A-F]{2})")


class EntityKey(NamedTuple):
    """What tells an entity of a dataset from all others: its workspace, and its id there.

    Keys are in the order of the store and of the index: by workspace, then by id, each by code points.
    """

    workspace_id: str
    entity_id: str

    @classmethod
    def from_document_id(cls, document: str) -> "EntityKey":
        """The key of the document with this `_id`: the inverse of `document_id`."""
        workspace, _, entity_id = document.partition(":")
        return cls(_CODE.sub(lambda code: chr(int(code[1], 16)), workspace), entity_id)

    @property
    def document_id(self) -> str:
        """The `_id` of the entity's document."""
        return f"{_encoded(self.workspace_id)}:{self.entity_id}"

    @property
    def routing(self) -> str:
        """The routing of the entity's document: that of its workspace."""
        return workspace_routing(self.workspace_id)


def is_name(workspace_id: str) -> bool:
    """Whether a workspace can have this name: 1 to 100 printable characters."""
    return bool(workspace_id.strip()) and len(workspace_id) <= LONGEST_WORKSPACE and workspace_id.isprintable()


def is_usable_name(workspace_id: str) -> bool:
    """Whether a new workspace can have this name, which then has no colon either."""
    return is_name(workspace_id) and ":" not in workspace_id


def is_text(value: str) -> bool:
    """Whether PostgreSQL can hold this as text: without NUL characters and lone surrogates."""
    return "\0" not in value and value.encode(errors="ignore").decode() == value


def routing_of(document: str) -> str:
    """The routing of the document with this `_id`, without decoding it: the `routing` of its key.

    It decides in which shards of an index a document can be: it is the workspace, as in the `_id`.

    Every document is written and looked up with it, even if the index has one shard and it decides nothing; so no
    writer needs to know how many shards an index has. A search takes a comma for the end of one routing and the
    beginning of another, so a routing has no comma in it.
    """
    return _without_comma(document.partition(":")[0])


def workspace_routing(workspace_id: str) -> str:
    """The routing of all documents of a workspace."""
    return _without_comma(_encoded(workspace_id))


def is_too_long(document: str) -> bool:
    """Whether an id, of a document or of anything else, is too long."""
    return len(document) > _SHORT and len(document.encode(errors="surrogatepass")) > MOST_BYTES


@lru_cache(maxsize=1024)
def _encoded(workspace_id: str) -> str:
    """The name of a workspace, encoded; cached, since it is needed for each of its documents."""
    return _AMBIGUOUS.sub(lambda found: f"%{ord(found[0]):02X}", workspace_id)


def _without_comma(part: str) -> str:
    return part.replace(",", "%2C")
