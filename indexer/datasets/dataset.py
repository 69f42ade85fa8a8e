"""The contract of a dataset: all differences between datasets on the way from a record's JSON to its document.

Everything else is the same for all datasets: the queue, the drain, backfills, rebuilds, reconciling, the quarantine.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from indexer.datasets.field import Field
from indexer.errors import Refused
from indexer.keys import MOST_BYTES, EntityKey, is_too_long
from indexer.office_hours import ALWAYS_OPEN, OfficeHours

Input = Literal["events", "linked", "summaries"]
"""What a document can be computed from besides its entity: fields of `Stored`."""

RECORDS = "records"
"""The table that datasets share if they have no table of their own."""


class Noun(NamedTuple):
    """The word for one entity, and for several."""

    one: str
    several: str

    def of(self, count: int) -> str:
        """The word for that many."""
        return self.one if count == 1 else self.several


class Table(NamedTuple):
    """Where the entities of a dataset are stored: the table, the column of their ids, and which rows are its own."""

    table: str
    id: str
    own: str


class Excerpt(bytes):
    """The JSON of a record from a webhook's notification, which brings only the newest part of a conversation.

    `topic` is that of the notification, and `told_at` (epoch seconds) when it was made, None if it does not say so.
    """

    topic: str
    told_at: int | None

    def __new__(cls, item: bytes, topic: str = "", told_at: int | None = None) -> "Excerpt":
        """The item of a notification."""
        made = super().__new__(cls, item)
        made.topic, made.told_at = topic, told_at
        return made


class Incoming(NamedTuple):
    """An entity to be saved: its JSON, and its own two times in epoch seconds.

    `contact_ids` are those of its contacts. `partial` says that its JSON may lack parts of its history. `ahead` is the
    time of its last change according to the record, if that is in the future, so that `updated_at` is another time.
    `series` names the series that it belongs to, if entities follow one another. A `precedence` decides in place of
    `updated_at` which of two versions is kept: the greater one by its bytes, then the one with the greater JSON.
    """

    entity_id: str
    payload: bytes
    created_at: int
    updated_at: int
    contact_ids: tuple[str, ...] = ()
    partial: bool = False
    ahead: int | None = None
    series: str | None = None
    precedence: str | None = None


class IncomingEvent(NamedTuple):
    """An event of an entity, to be saved, `at` in epoch seconds; its key tells it from others of the entity.

    Of two payloads with one key the greater one by its bytes is kept. The entity itself may come later.
    """

    record_id: str
    event_key: str
    at: int
    payload: bytes


def newest_of(batch: Sequence[Incoming], *, force: bool) -> dict[str, Incoming]:
    """The version of each entity to be saved, by id: the greatest by precedence, or with the latest `updated_at`.

    Of equal ones it is the last; with `force` it is the last one given, whatever its time.
    """
    newest: dict[str, Incoming] = {}
    for incoming in batch:
        rival = newest.get(incoming.entity_id)
        if rival is None or force or _rank(incoming) >= _rank(rival):
            newest[incoming.entity_id] = incoming
    return newest


def _rank(incoming: Incoming) -> tuple[int, bytes, bytes]:
    """The order of the versions of an entity; all of a dataset have a precedence, or none has."""
    if incoming.precedence is None:
        return incoming.updated_at, b"", b""
    return 0, incoming.precedence.encode(), incoming.payload


class Stored(NamedTuple):
    """An entity as saved; `revision` is the number of its last write. A deleted entity has no payload.

    `merged` are those of its contacts that were merged: from which id into which. `saved_at` is in epoch seconds.
    `ends_at` (epoch seconds) is when the next of its series begins; `is_first` says that none comes before it. `events`
    are the payloads of its events, by time and then by key. `linked` are the payloads of entities of another dataset
    that its document is computed from too, as a person's is from companies; `summaries` are those of its events.
    """

    workspace_id: str
    entity_id: str
    payload: bytes
    revision: int
    deleted: bool
    merged: dict[str, str] | None = None
    saved_at: int | None = None
    ends_at: int | None = None
    is_first: bool = True
    events: tuple[bytes, ...] = ()
    linked: tuple[bytes, ...] = ()
    summaries: tuple[bytes, ...] = ()

    @property
    def key(self) -> EntityKey:
        """The workspace and the id in it."""
        return EntityKey(self.workspace_id, self.entity_id)


@dataclass(frozen=True, slots=True)
class Computation:
    """The inputs of a workspace's documents besides the entities themselves."""

    workspace_id: str
    office_hours: OfficeHours = ALWAYS_OPEN
    bot_admin_ids: frozenset[str] = frozenset()
    bots_interrupt: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A dataset, from a record's JSON to its document; each dataset is one object.

    `key_field` is the field of a document that has the entity's id. `lists` are the names under which the vendor's
    pages hold records. `incoming` turns a record's JSON into an entity to save, `document` makes the JSON of a stored
    entity's document, with the version given; both raise `Refused`. `definitions_version` is the version of
    the definitions that documents are computed by. `within_office_hours` says whether documents depend on the
    workspace's office hours. `creation_field` is the field of a document that has the entity's `created_at`. `fields`
    is the catalogue of the document's fields; without one, the kind of a field is told from its name. `inputs` are the
    fields of a `Stored` that documents are computed from besides the entity itself, if the entities are records.
    `batch` is how many of them a backfill reads and writes at once, which should make a request of some megabytes.
    """

    name: str
    entity: Noun
    key_field: str
    lists: tuple[str, ...]
    incoming: Callable[[bytes], Incoming]
    document: Callable[[Stored, Computation, int], bytes]
    definitions_version: int
    within_office_hours: bool = True
    own_table: Table | None = field(default=None, kw_only=True)
    creation_field: str = field(default="created_at", kw_only=True)
    fields: tuple[Field, ...] = field(default=(), kw_only=True)
    inputs: tuple[Input, ...] = field(default=(), kw_only=True)
    batch: int = field(default=1_000, kw_only=True)

    def __str__(self) -> str:
        """The name of the dataset in commands, settings and messages, and of its directory of mappings."""
        return self.name

    @property
    def table(self) -> Table:
        """Where the entities are stored."""
        return self.own_table or Table(RECORDS, "record_id", f"dataset = '{self.name}'")

    @property
    def has_events(self) -> bool:
        """Whether entities have events, which come on their own."""
        return "events" in self.inputs

    @property
    def are_records(self) -> bool:
        """Whether the entities are stored in the table of records."""
        return self.own_table is None


def refuse_long_key(workspace_id: str, entity_id: str) -> None:
    """Raise `Refused` if the id makes the `_id` of its document longer than Elasticsearch allows."""
    if is_too_long(EntityKey(workspace_id, entity_id).document_id):
        raise Refused("id", f"is longer than {MOST_BYTES} bytes together with the name of the workspace")
