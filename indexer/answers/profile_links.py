"""Links to the profile of a person in the vendor's application, by the customer's own id or by the e-mail address."""

from typing import NamedTuple
from urllib.parse import quote

from sqlalchemy import Connection

from indexer.people.person import Person
from indexer.people.person_key import PersonKey, email_key
from indexer.store.entities.person_keys import look_up


class ProfileLinks(NamedTuple):
    """The links; None if the person lacks the id or the address.

    A link by an address that other people have too would lead nowhere: it is None, and `same_email` are their ids.
    """

    by_user_id: str | None = None
    by_email: str | None = None
    same_email: tuple[str, ...] = ()

    @property
    def given(self) -> dict[str, str | tuple[str, ...]]:
        """What there is of them, by name."""
        return {name: value for name, value in self._asdict().items() if value}


def profile_links(connection: Connection, workspace: str, person: Person, template: str | None) -> ProfileLinks:
    """The links by a template with `{key}` and `{value}`; without a template there are none."""
    external_id, email = person.standard.get("external_id"), person.standard.get("email")
    others: list[str] = []
    if email:
        key: PersonKey = ("email", email_key(str(email)))
        others = [id_ for id_ in look_up(connection, workspace, [key]).get(key, []) if id_ != person.id]
    if template is None:
        return ProfileLinks(same_email=tuple(others))
    return ProfileLinks(
        _link(template, workspace, "user_id", str(external_id)) if external_id else None,
        _link(template, workspace, "email", str(email)) if email and not others else None,
        tuple(others),
    )


def _link(template: str, workspace: str, key: str, value: str) -> str:
    found = template.replace("{workspace}", quote(workspace, safe="")).replace("{key}", key)
    return found.replace("{value}", quote(value, safe=""))
