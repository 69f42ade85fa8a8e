"""The names under which sources speak of a person."""

from typing import Literal, NamedTuple

from indexer.people.person import Person

KeyKind = Literal["id", "external_id", "email"]
"""The ways in which a source can name a person."""

PersonKey = tuple[KeyKind, str]
"""A name of a person; an e-mail address is in lower case."""


def email_key(address: str) -> str:
    """An e-mail address as it is looked up: capitals do not matter."""
    return address.strip().lower()


class Mention(NamedTuple):
    """A person as a record names one."""

    id: str | None
    external_id: str | None = None
    email: str | None = None

    @property
    def keys(self) -> list[PersonKey]:
        """The names that it has, the id first."""
        found: list[PersonKey] = []
        if self.id:
            found.append(("id", self.id))
        if self.external_id:
            found.append(("external_id", self.external_id))
        if self.email:
            found.append(("email", email_key(self.email)))
        return found


def keys_of(person: Person) -> list[PersonKey]:
    """All names of a person, the id first."""
    external_id, email = person.standard.get("external_id"), person.standard.get("email")
    return Mention(person.id, str(external_id) if external_id else None, str(email) if email else None).keys
