"""One person, named as people name others: by an id, by the customer's own id, or by an e-mail address."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection

from indexer.datasets.people import PEOPLE, stored_facts
from indexer.errors import OperatorError
from indexer.keys import EntityKey
from indexer.people.person_facts import PersonFacts
from indexer.people.person_key import PersonKey, email_key
from indexer.store.entities.person_keys import look_up
from indexer.store.entities.stored import read_stored

_MOST_NAMED: Final = 10


class NoSuchPerson(OperatorError):
    """The workspace has no person of that name."""


class SeveralPeople(OperatorError):
    """An e-mail address is that of several people; `candidates` are their ids."""

    def __init__(self, written: str, candidates: Sequence[str]) -> None:
        """`candidates` are two or more ids."""
        named = ", ".join(candidates[:_MOST_NAMED]) + (", …" if len(candidates) > _MOST_NAMED else "")
        super().__init__(f"{len(candidates)} people have {written}: {named}", "name one of them by the id")
        self.candidates = tuple(candidates)


def find_person(connection: Connection, workspace: str, written: str) -> PersonFacts:
    """The person with that id, or that external id, or that e-mail address, the first of these that there is.

    The id of a person who was merged into another one stands for that one. Raises `NoSuchPerson` and `SeveralPeople`.
    """
    names: list[PersonKey] = [("id", written), ("external_id", written), ("email", email_key(written))]
    people = look_up(connection, workspace, names)
    for name in names:
        ids = people.get(name, [])
        if len(ids) > 1:
            raise SeveralPeople(written, ids)
        if ids and (found := read_person_facts(connection, workspace, ids[0])) is not None:
            return found
    raise NoSuchPerson(
        f"{workspace} has no person with the id, external id or e-mail address {written!r}",
        f"list people: indexer people list --workspace {workspace}",
    )


def read_person_facts(connection: Connection, workspace: str, person_id: str) -> PersonFacts | None:
    """All that is stored of the person with that id; None if there is nobody."""
    stored = read_stored(connection, PEOPLE, [EntityKey(workspace, person_id)])
    return stored_facts(stored[0]) if stored and not stored[0].deleted else None
