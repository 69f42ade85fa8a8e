"""Redaction leaves every field that is read but for the content: a new one cannot be forgotten."""

import json
import types
from collections.abc import Iterator
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from indexer.conversation import redacted, wire
from indexer.conversation.present import is_of_the_present

OF_OTHER_VERSIONS = {
    "assignee", "conversation_message", "customer", "customers", "user", "ticket_parts", "ticket_attributes",
    "contacts.data", "contacts.contacts.location_data", "contacts.contacts.companies.companies", "tags.data",
}  # fmt: skip
"""Fields that the present API does not have; their values are left under the present names."""

CONTENT = {
    "title",
    "type",
    "source.subject",
    "conversation_rating.remark",
    "ai_agent.rating_remark",
    "contacts.contacts.location.country_name",
    "conversation_parts.conversation_parts.author.email",
    "conversation_parts.conversation_parts.event_details.target",
    "source.author.email",
}
"""Fields that are not left, because of their content or because another field says the same."""

AT = 1_772_442_000


def full(shape: type[msgspec.Struct], path: str = "") -> dict[str, Any]:
    """An object in which every field of the present API has a value."""
    hints = get_type_hints(shape)
    return {
        field.encode_name: _value(hints[field.name], path + field.encode_name)
        for field in msgspec.structs.fields(shape)
        if path + field.encode_name not in OF_OTHER_VERSIONS
    }


def _value(hint: Any, path: str) -> Any:
    if path == "type":
        return "conversation"
    if path.endswith("part_type"):
        return "conversation_sla_target_missed"
    if path.endswith("event_details"):
        return {"sla_target_type": "first_reply_time", "target": "first_reply_time"}
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(one for one in get_args(hint) if one not in (type(None), msgspec.UnsetType))
    if get_origin(hint) is list:
        return [_value(get_args(hint)[0], path)]
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return full(hint, f"{path}.")
    if hint is msgspec.Raw:
        return {"a": 1}
    return {str: "text", int: 5 if path.endswith("rating.rating") else AT, bool: True}[hint]


def paths(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield path + name
            yield from paths(one, f"{path}{name}.")
    elif isinstance(value, list):
        for one in value:
            yield from paths(one, path)


def test_redaction_removes_the_content_and_nothing_else() -> None:
    raw = full(wire.Conversation)
    before = {path for path in paths(raw) if not path.endswith(".a")}
    after = set(paths(json.loads(redacted(json.dumps(raw).encode()))))
    assert before - after == CONTENT


def test_a_conversation_with_every_field_is_of_the_present() -> None:
    assert is_of_the_present(wire.DECODER.decode(json.dumps(full(wire.Conversation))))
