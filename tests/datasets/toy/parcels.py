"""Parcels: a dataset from outside of the package, with a list of stops in each document."""

from msgspec import Struct, field
from msgspec.json import Encoder

from indexer.conversation.values import epoch_seconds, required_id, text
from indexer.datasets.dataset import Computation, Dataset, Incoming, Noun, Stored
from indexer.errors import Refused
from indexer.records.raw import inner, object_from

VERSION = 1


class Stop(Struct):
    at: int
    place: str


class Parcel(Struct):
    id: str
    sent_at: int
    updated_at: int
    carrier: str
    stops: list[Stop]


class ParcelDocument(Struct, omit_defaults=True):
    workspace_id: str
    parcel_id: str
    metrics_version: int
    revision: int
    sent_at: int
    updated_at: int
    carrier: str
    stops: list[Stop] = field(default_factory=list)


def parse(payload: bytes) -> Parcel:
    raw = object_from(payload)
    stops = raw.get("stops", [])
    if not isinstance(stops, list):
        raise Refused("stops", "is not a list")
    sent_at = epoch_seconds(raw.get("sent_at"), "sent_at")
    return Parcel(
        required_id(raw.get("id"), "id"),
        sent_at,
        epoch_seconds(raw.get("updated_at", sent_at), "updated_at"),
        text(raw.get("carrier")) or "unknown",
        [Stop(epoch_seconds(one.get("at"), "stops.at"), str(one.get("place"))) for one in _objects(stops)],
    )


def incoming(payload: bytes) -> Incoming:
    parcel = parse(payload)
    return Incoming(parcel.id, payload, parcel.sent_at, parcel.updated_at)


def document(stored: Stored, computation: Computation, version: int) -> bytes:
    parcel = parse(stored.payload)
    return Encoder().encode(
        ParcelDocument(
            computation.workspace_id,
            parcel.id,
            VERSION,
            version,
            parcel.sent_at,
            parcel.updated_at,
            parcel.carrier,
            parcel.stops,
        )
    )


def _objects(values: list[object]) -> list[dict[str, object]]:
    return [dict(inner(value, "stops")) for value in values]


PARCELS = Dataset(
    name="parcels",
    entity=Noun("parcel", "parcels"),
    key_field="parcel_id",
    lists=("data", "parcels"),
    incoming=incoming,
    document=document,
    definitions_version=VERSION,
    within_office_hours=False,
    creation_field="sent_at",
)
