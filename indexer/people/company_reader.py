"""A company of any version of the vendor's API."""

from typing import NamedTuple

from indexer.conversation.values import optional_seconds, required_id
from indexer.people.attribute import Attribute, Catalogue
from indexer.people.custom_attributes import RefusedValue, read_custom
from indexer.people.person import Company
from indexer.people.person_reader import first_moment
from indexer.people.standard_reader import names_of, read_standard
from indexer.records.raw import Raw, refuse_other_type


class ReadCompany(NamedTuple):
    """A company, the custom attributes that nobody had declared, and the values that were refused."""

    company: Company
    inferred: tuple[Attribute, ...]
    refused: tuple[RefusedValue, ...]


def read_company(raw: Raw, catalogue: Catalogue) -> ReadCompany:
    """A company from the vendor's JSON; raises `Refused` if there is no id or no time of the creation, or another type.

    A record without the vendor's `id` is known by its `company_id`.
    """
    refuse_other_type(raw, "company")
    company_id = required_id(raw.get("id") or raw.get("company_id"), "id")
    standard, refused = read_standard(raw, "company")
    custom = read_custom(raw.get("custom_attributes", raw.get("custom_data")), "company", catalogue)
    created_at = first_moment(raw, "created_at", ("remote_created_at", "updated_at", "last_request_at"))
    company = Company(
        id=company_id,
        created_at=created_at,
        updated_at=optional_seconds(raw.get("updated_at"), "updated_at") or created_at,
        standard=standard,
        custom=custom.values,
        tags=names_of(raw, "tags"),
        segments=names_of(raw, "segments"),
    )
    return ReadCompany(company, custom.inferred, (*refused, *custom.refused))
