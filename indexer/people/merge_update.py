"""An update of a person or a company: what it gives replaces what is stored, and the rest stays."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from indexer.people.attribute import Model
from indexer.people.attribute_value import Scalar
from indexer.people.person import Company, Person
from indexer.people.standard import STANDARD, model_of

Record = Person | Company


def is_update(raw: Mapping[str, Any]) -> bool:
    """Whether an object only says what changes: it lacks the id or the time of the last change of a whole record."""
    return not raw.get("id") or not raw.get("updated_at")


def updated(stored: Record, given: Record, raw: Mapping[str, Any]) -> Record:
    """The stored record with the values of the given one, which was read from the object `raw`.

    Lists that the object names replace the stored ones, and a value that is null in it is removed. If nothing changes,
    it is the stored record with the time of its last change.
    """
    gone, custom_gone = set(_nulls(raw)), set(_nulls(raw.get("custom_attributes")))
    if "email" in gone:
        gone.add("email_domain")
    found = {
        "standard": _without({**stored.standard, **given.standard}, gone, model_of(stored)),
        "custom": {name: value for name, value in {**stored.custom, **given.custom}.items() if name not in custom_gone},
        **{name: getattr(given if raw.get(name) is not None else stored, name) for name in _lists(stored)},
    }
    found["flags"] = tuple(dict.fromkeys((*stored.flags, *given.flags)))
    if isinstance(given, Person) and raw.get("role"):
        found["role"] = given.role
    changed = replace(stored, **found)
    return changed if changed == stored else replace(changed, updated_at=max(stored.updated_at, given.updated_at))


def changes(stored: Record, new: Record) -> Iterator[str]:
    """The names of the attributes and lists that differ: `email`, `custom.plan`, `tags`."""
    for prefix, before, after in (("", stored.standard, new.standard), ("custom.", stored.custom, new.custom)):
        for name in {**before, **after}:
            if before.get(name) != after.get(name):
                yield prefix + name
    yield from (name for name in _lists(stored) if getattr(stored, name) != getattr(new, name))
    if isinstance(stored, Person) and isinstance(new, Person) and stored.role != new.role:
        yield "role"


def _lists(record: Person | Company) -> tuple[str, ...]:
    return ("tags", "segments", "companies") if isinstance(record, Person) else ("tags", "segments")


def _nulls(raw: object, prefix: str = "") -> Iterator[str]:
    """The paths of values that are null."""
    if not isinstance(raw, Mapping):
        return
    for name, value in raw.items():
        if value is None:
            yield prefix + name
        elif name != "custom_attributes":
            yield from _nulls(value, f"{prefix}{name}.")


def _without(values: dict[str, Scalar], gone: set[str], model: Model) -> dict[str, Scalar]:
    """The values without those that have nothing but null in the JSON."""
    standard = STANDARD[model]
    return {name: value for name, value in values.items() if not gone.intersection(standard[name].places or (name,))}
