"""People and companies read from objects, whole records and updates alike, by the attributes that a workspace has."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from msgspec.structs import replace

from indexer.errors import Refused
from indexer.people.attribute import Attribute, Catalogue, Model
from indexer.people.company_reader import read_company
from indexer.people.custom_attributes import RefusedValue
from indexer.people.merge_update import is_update
from indexer.people.person import Company, Person
from indexer.people.person_reader import read_person
from indexer.people.record_flags import with_refused_value
from indexer.records.raw import Raw, inner

NO_ID: Final = "?"
"""Stands for the id of a record that does not say its own, until it is looked up."""


class PlacedObject(NamedTuple):
    """A person or a company as an object, and its place in the input; a row of a table is always an update."""

    place: str
    raw: Raw
    is_row: bool = False


class Reading(NamedTuple):
    """A record, the object that it was read from, whether that says only what changes, and the refused values."""

    place: str
    raw: Raw
    is_update: bool
    record: Person | Company
    values: tuple[RefusedValue, ...]


@dataclass(slots=True)
class ReadBatch:
    """The records of a batch, the attributes that they brought, and the objects that cannot be used."""

    readings: list[Reading] = field(default_factory=list)
    inferred: dict[str, Attribute] = field(default_factory=dict)
    refused: list[tuple[str, Refused]] = field(default_factory=list)


def read_batch(batch: Iterable[PlacedObject], model: Model, catalogue: Catalogue, now: int) -> ReadBatch:
    """Read the objects one after another: the first value of a new attribute decides its type for those that follow."""
    read = ReadBatch()
    for place, raw, is_row in batch:
        try:
            updates = is_row or is_update(inner(raw, ""))
            record, inferred, values = _read(raw, model, catalogue, now if updates else None)
        except Refused as refused:
            read.refused.append((place, refused))
            continue
        if inferred:
            catalogue = catalogue.with_attributes(inferred)
            read.inferred |= {one.name: one for one in inferred}
        read.readings.append(Reading(place, raw, updates, with_refused_value(record) if values else record, values))
    return read


def as_refusal(value: RefusedValue) -> Refused:
    """A value that was not taken, as a refusal at its attribute."""
    return Refused(value.attribute, f"{value.value}: {value.reason}")


def without_attributes(readings: Sequence[Reading], refused: Mapping[str, Refused]) -> list[Reading]:
    """The same records without the values of attributes that cannot be added, which are refused values then."""
    return [_without(reading, refused.keys() & reading.record.custom.keys(), refused) for reading in readings]


def _without(reading: Reading, names: Collection[str], refused: Mapping[str, Refused]) -> Reading:
    if not names:
        return reading
    record = reading.record
    custom = {name: value for name, value in record.custom.items() if name not in names}
    values = [
        RefusedValue(f"custom_attributes.{name}", repr(record.custom[name].value), refused[name].reason)
        for name in sorted(names)
    ]
    record = with_refused_value(replace(record, custom=custom))
    return reading._replace(record=record, values=(*reading.values, *values))


def _read(
    raw: Raw, model: Model, catalogue: Catalogue, now: int | None
) -> tuple[Person | Company, tuple[Attribute, ...], tuple[RefusedValue, ...]]:
    """Read an object; one that is an update is of this moment, and may lack its id."""
    if now is not None:
        own = "id" if model == "contact" or raw.get("id") else "company_id"
        raw = {**raw, own: raw.get(own) or NO_ID, "updated_at": raw.get("updated_at") or now}
    if model == "contact":
        return tuple(read_person(raw, catalogue))  # type: ignore[return-value]
    return tuple(read_company(raw, catalogue))  # type: ignore[return-value]
