"""The person whom somebody asks about, by whatever name, and all names under which something is held of that person.

People may be known from nothing but a receipt, a call, a conversation, or an event that waits for its person.
"""

from collections.abc import Collection, Iterator

from sqlalchemy import Connection

from indexer.errors import Refused
from indexer.keys import is_text
from indexer.people.person_key import KeyKind, Mention, PersonKey, email_key
from indexer.store.entities.person_keys import look_up
from indexer.store.erasure.inventory import PLACES
from indexer.store.erasure.mentions import read_people_named
from indexer.store.erasure.subject import Subject, others_with, subject_of


def find_subject(connection: Connection, workspace_id: str, person: str) -> Subject:
    """The person of an id, also an earlier one, of an external id, or of an e-mail address.

    Raises `Refused` if nothing is held of such a person, and for a name of several people.
    """
    if not is_text(person):
        raise Refused("", f"{person!r} is not the name of a person")
    for candidate in _candidates(connection, workspace_id, person):
        subject = _with_names_in_records(connection, candidate)
        # The places that need no look into every record come last in the list.
        if any(place.read(connection, subject) for place in reversed(PLACES)):
            return subject
    raise Refused(
        "",
        f"{person!r} is neither the id nor the external id or e-mail address of a person of the workspace"
        f" {workspace_id}",
    )


def _candidates(connection: Connection, workspace_id: str, person: str) -> Iterator[Subject]:
    yield subject_of(connection, workspace_id, person)
    names: list[PersonKey] = [("external_id", person)]
    if "@" in person:
        names.append(("email", email_key(person)))
    living = look_up(connection, workspace_id, names)
    for name in names:
        if id_ := _only(name, living.get(name, [])):
            yield subject_of(connection, workspace_id, id_)
    mentions = read_people_named(connection, workspace_id, names)
    for name in names:
        ids = sorted({one.id for one in mentions if one.id and name in one.keys})
        if id_ := _only(name, ids):
            yield subject_of(connection, workspace_id, id_)
    emails = tuple(value for kind, value in names if kind == "email")
    yield Subject(workspace_id, (), (person,), emails)


def _only(name: PersonKey, ids: Collection[str]) -> str | None:
    """The only one of the ids, None if there is none; raises `Refused` if there are several."""
    if len(ids) > 1:
        raise Refused("", f"{name[1]} belongs to several people ({', '.join(ids)}): name one of them by the id")
    return next(iter(ids), None)


def _with_names_in_records(connection: Connection, subject: Subject) -> Subject:
    """The person with the names that records give as well; names that others have too are not taken from records."""
    workspace_id, new = subject.workspace_id, True
    while new:
        mentions = read_people_named(connection, workspace_id, subject.keys)
        own = [one for one in mentions if _is_of(one, subject)]
        others = {key for one in mentions if one.id and one not in own for key in one.keys}
        subject = subject._replace(
            shared_emails=subject.shared_emails.union(one for one in subject.emails if ("email", one) in others)
        )
        found = {key for one in own for key in one.keys} - {*subject.keys} - others
        external_ids, emails = (_nobody_elses(connection, subject, found, kind) for kind in ("external_id", "email"))
        new = bool(external_ids or emails)
        subject = subject._replace(
            external_ids=(*subject.external_ids, *external_ids), emails=(*subject.emails, *emails)
        )
    return subject


def _nobody_elses(connection: Connection, subject: Subject, found: Collection[PersonKey], kind: KeyKind) -> list[str]:
    values = {value for of_kind, value in found if of_kind == kind}
    return sorted(values - others_with(connection, subject.workspace_id, subject.ids, values, kind))


def _is_of(mention: Mention, subject: Subject) -> bool:
    """Whether a record means this person: by an address only if it has no id."""
    if mention.id in subject.ids or mention.external_id in subject.external_ids:
        return True
    return mention.id is None and not {*mention.keys}.isdisjoint(subject.own_keys)
