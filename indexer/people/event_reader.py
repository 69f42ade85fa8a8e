"""An event of a person, as the vendor's API takes and gives it."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from indexer.conversation.values import epoch_seconds, identifier, kind, shortened
from indexer.errors import Refused
from indexer.people.attribute_value import DataType, Value
from indexer.people.custom_attributes import RefusedValue, shortened_name, written
from indexer.people.person_event import PersonEvent
from indexer.people.typed_values import read_value
from indexer.records.raw import Raw

MOST_KEYS: Final = 10
"""The most keys of metadata that an event keeps: the first ones in the order in which they were sent."""

LONGEST_KEY: Final = 190
LONGEST_NAME: Final = 190
"""The most characters of a key of metadata, and of the name of an event."""

_TYPES: Final = ("event", "data_event")
_PAIRS: Final[Mapping[str, DataType]] = {"url": "string", "value": "string", "amount": "integer", "currency": "string"}
_RICH_LINK: Final = frozenset({"url", "value"})
_AMOUNT: Final = frozenset({"amount", "currency"})


class ReadEvent(NamedTuple):
    """An event, and the values of its metadata that were refused."""

    event: PersonEvent
    refused: tuple[RefusedValue, ...]


def read_event(raw: Raw) -> ReadEvent:
    """An event from the vendor's JSON; raises `Refused` without a name, a time or a person.

    The person is named by `intercom_user_id` or `id`, by `user_id` or `external_id`, or by `email`. A value of the
    metadata that cannot be taken is in `refused`, and all others are read. A rich link is two values, `KEY.url` and
    `KEY.value`; an amount of money is `KEY.amount`, in cents, and `KEY.currency`.
    """
    type_ = raw.get("type")
    if isinstance(type_, str) and type_ not in ("", *_TYPES):
        raise Refused("type", f"is {shortened(type_)}, not 'event'")
    name = _name(raw.get("event_name"))
    at = epoch_seconds(raw.get("created_at"), "created_at")
    person_id, external_id, email = _person(raw)
    metadata: dict[str, Value] = {}
    refused: list[RefusedValue] = []
    said = raw.get("metadata")
    if said is not None and not isinstance(said, dict):
        refused.append(RefusedValue("metadata", kind(said), f"is {kind(said)}, not an object"))
    keys: set[str] = set()
    for key, value in said.items() if isinstance(said, dict) else ():
        if value is None or value == "":
            continue
        try:
            found = _values(key, value, keys)
        except Refused as fault:
            refused.append(RefusedValue(f"metadata.{shortened_name(key)}", written(value), fault.reason))
            continue
        keys.add(key.lower())
        metadata |= found
    event = PersonEvent(name=name, at=at, id=person_id, external_id=external_id, email=email, metadata=metadata)
    return ReadEvent(event, tuple(refused))


def _name(said: object) -> str:
    if said is None or said == "":
        raise Refused("event_name", "is missing")
    if not isinstance(said, str):
        raise Refused("event_name", f"is {kind(said)}, not a text")
    if len(said) > LONGEST_NAME:
        raise Refused("event_name", f"has {len(said):,} characters; the limit is {LONGEST_NAME}")
    if not said.strip() or min(said) < " ":
        raise Refused("event_name", f"{shortened(said)} is not a name")
    return said


def _person(raw: Raw) -> tuple[str | None, str | None, str | None]:
    """The ids of the person, by the vendor and by the customer, and the e-mail address.

    An event that the vendor gives has its own id under `id`, and the person's under `intercom_user_id`.
    """
    external_id = identifier(raw.get("user_id")) or identifier(raw.get("external_id"))
    email = raw.get("email")
    address = email if isinstance(email, str) and email else None
    person_id = identifier(raw.get("intercom_user_id"))
    if person_id is None and (raw.get("type") is None or not (external_id or address)):
        person_id = identifier(raw.get("id"))
    if not (person_id or external_id or address):
        raise Refused("", "names no person: give id, user_id or email")
    for path, found in (("id", person_id), ("user_id", external_id), ("email", address)):
        if found is not None and "\0" in found:
            raise Refused(path, "holds a NUL character")
    return person_id, external_id, address


def _values(key: str, value: object, keys: set[str]) -> dict[str, Value]:
    lowered = key.lower()
    if lowered in keys:
        raise Refused("", "is given twice, with different capitals")
    if len(keys) >= MOST_KEYS:
        raise Refused("", f"is more than the {MOST_KEYS} keys that an event has; the first ones are kept")
    if not key or len(key) > LONGEST_KEY or "." in key or "$" in key or min(key) < " ":
        raise Refused(
            "", f"is not a key: it has `.`, `$` or a control character, or more than {LONGEST_KEY} characters"
        )
    if not isinstance(value, dict):
        return {lowered: _value(lowered, value)}
    if value.keys() in (_RICH_LINK, _AMOUNT):
        return {f"{lowered}.{part}": _part(part, inner) for part, inner in value.items()}
    raise Refused("", "is an object, but neither a link (url, value) nor an amount of money (amount, currency)")


def _part(part: str, value: object) -> Value:
    found = _typed(_PAIRS[part], value)
    if part == "amount" and isinstance(found.value, int) and found.value < 0:
        raise Refused("", f"{written(value)} is not an amount of money")
    return found


def _typed(type_: DataType, value: object) -> Value:
    found = read_value(value, type_)
    if found is None:
        raise Refused("", f"{written(value)} stands for nothing")
    return Value(type_, found)


def _value(key: str, value: object) -> Value:
    type_: DataType
    match value:
        case bool():
            type_ = "boolean"
        case int() | float():
            whole = isinstance(value, int) or value.is_integer()
            type_ = "datetime" if key.endswith("_date") else "integer" if whole else "float"
        case str():
            type_ = "string"
        case _:
            raise Refused("", f"is {kind(value)}; values are texts, numbers, links and amounts of money")
    return _typed(type_, value)
