"""A person and a company, in the one form in which they are stored, whatever shape they came in."""

from typing import Final

from msgspec import Struct
from msgspec.json import Decoder

from indexer.people.attribute_value import Scalar, Value

ROLES: Final = ("user", "lead", "visitor")
"""What a person can be."""


class Person(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A contact or a visitor. `standard` has the standard attributes that have a value, by name (`people.standard`).

    `role` is one of `ROLES`. `custom` has the values of custom attributes by name, archived ones too.
    `tags` and `segments` are names, or ids where the source has no names. `companies` are the ids of the person's
    companies. Times are epoch seconds. `flags` names what is doubtful about the record (`people.record_flags`).
    """

    id: str
    role: str
    created_at: int
    updated_at: int
    standard: dict[str, Scalar] = {}
    custom: dict[str, Value] = {}
    tags: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


class Company(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A company; `id` is the vendor's, `standard` has `company_id` (the customer's own id) and what else is known."""

    id: str
    created_at: int
    updated_at: int
    standard: dict[str, Scalar] = {}
    custom: dict[str, Value] = {}
    tags: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


person_from = Decoder(Person).decode
"""A stored person from its JSON."""

company_from = Decoder(Company).decode
"""A stored company from its JSON."""
