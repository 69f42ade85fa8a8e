"""A contact, user, lead or visitor of any version of the vendor's API as a person."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from indexer.conversation.values import epoch_seconds, optional_seconds, required_id, shortened
from indexer.errors import Refused
from indexer.people.attribute import Attribute, Catalogue
from indexer.people.attribute_value import Scalar
from indexer.people.custom_attributes import RefusedValue, read_custom
from indexer.people.person import ROLES, Person
from indexer.people.standard import NETWORKS
from indexer.people.standard_reader import entries_of, ids_of, names_of, read_standard
from indexer.records.raw import Raw

TYPES: Final = ("contact", *ROLES)
"""The `type` of a person's record, by version of the API."""


class ReadPerson(NamedTuple):
    """A person, the custom attributes that nobody had declared, and the values that were refused."""

    person: Person
    inferred: tuple[Attribute, ...]
    refused: tuple[RefusedValue, ...]


def read_person(raw: Raw, catalogue: Catalogue) -> ReadPerson:
    """A person from the vendor's JSON; raises `Refused` if there is no id or no time of the creation, or another type.

    Values of attributes that cannot be read are in `refused`, and all others are read.
    """
    type_ = raw.get("type")
    if isinstance(type_, str) and type_ not in ("", *TYPES):
        raise Refused("type", f"is {shortened(type_)}, not one of {', '.join(TYPES)}")
    person_id = required_id(raw.get("id"), "id")
    standard, refused = read_standard(raw, "contact")
    standard |= _profiles(raw)
    if "@" in (address := str(standard.get("email", ""))):
        standard["email_domain"] = address.rpartition("@")[2].lower()
    elif isinstance(domain := raw.get("email_domain"), str) and domain:
        standard["email_domain"] = domain
    custom = read_custom(raw.get("custom_attributes", raw.get("custom_data")), "contact", catalogue)
    created_at = first_moment(raw, "created_at", ("signed_up_at", "remote_created_at", "updated_at", "last_seen_at"))
    person = Person(
        id=person_id,
        role=_role(raw),
        created_at=created_at,
        updated_at=optional_seconds(raw.get("updated_at"), "updated_at") or created_at,
        standard=standard,
        custom=custom.values,
        tags=names_of(raw, "tags"),
        segments=names_of(raw, "segments"),
        companies=ids_of(raw, "companies"),
    )
    return ReadPerson(person, custom.inferred, (*refused, *custom.refused))


def first_moment(raw: Raw, name: str, others: Iterable[str]) -> int:
    """The time of that name, else the first one of the others; raises `Refused` with `name` if there is none."""
    if (found := optional_seconds(raw.get(name), name)) is not None:
        return found
    for other in others:
        if (found := optional_seconds(raw.get(other), other)) is not None:
            return found
    return epoch_seconds(raw.get(name), name)


def _role(raw: Raw) -> str:
    """The role, else what older versions say by the type: there a contact without one is a lead."""
    said = raw.get("role")
    if isinstance(said, str) and said in ROLES:
        return said
    type_ = raw.get("type")
    if isinstance(type_, str) and type_ in ROLES:
        return type_
    return "user" if raw.get("external_id") else "lead"


def _profiles(raw: Raw) -> dict[str, Scalar]:
    found: dict[str, Scalar] = {}
    for entry in entries_of(raw, "social_profiles"):
        if isinstance(entry, Mapping):
            network, url = str(entry.get("name", "")).lower(), entry.get("url")
            if network in NETWORKS and isinstance(url, str) and url:
                found[f"social_profiles.{network}"] = url
    return found
