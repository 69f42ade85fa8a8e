"""The custom attributes of people and companies that a workspace has."""

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from indexer.errors import Refused
from indexer.keys import is_text
from indexer.people.attribute import Attribute, Catalogue, Model
from indexer.people.custom_attributes import MOST_ATTRIBUTES, refuse_name, shortened_name
from indexer.store.entities.revision_locks import share_workspace
from indexer.store.entities.workspaces import expect_usable_name
from indexer.store.schema import attributes

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%(workspace_id)s, 22))"


def read_attributes(connection: Connection, workspace_id: str) -> Catalogue:
    """The custom attributes of a workspace, archived ones too."""
    rows = connection.execute(
        select(attributes)
        .where(attributes.c.workspace_id == workspace_id)
        .order_by(attributes.c.model, attributes.c.name)
    )
    return Catalogue().with_attributes(_attribute(row) for row in rows)


def add_attributes(connection: Connection, workspace_id: str, added: Iterable[Attribute]) -> Catalogue:
    """Save attributes, all or none, and return the catalogue with them.

    An inferred attribute changes nothing if there is one of that name. A declared one replaces options and marks, takes
    the place of an archived one of the same type, and is no longer inferred. Raises `Refused`, whose path is the name:
    if a name cannot be used, if its type is another than the one it has, or if there would be too many.
    """
    expect_usable_name(connection, workspace_id)
    share_workspace(connection, workspace_id)
    connection.exec_driver_sql(_LOCK, {"workspace_id": workspace_id})
    catalogue = read_attributes(connection, workspace_id)
    active = sum(not one.archived for one in catalogue.attributes.values())
    for attribute in added:
        _refuse_unusable(attribute)
        before = catalogue.get(attribute.model, attribute.name)
        if before is not None and attribute.inferred:
            continue
        if before is not None and before.type != attribute.type:
            raise Refused(attribute.name, f"already has the type {before.type} and cannot become {attribute.type}")
        if not attribute.archived and (before is None or before.archived):
            active += 1
        if active > MOST_ATTRIBUTES:
            raise Refused(
                attribute.name, f"would be more than the {MOST_ATTRIBUTES} custom attributes that a workspace can have"
            )
        _save(connection, workspace_id, attribute)
        catalogue = catalogue.with_attributes([attribute])
    return catalogue


def archive_attribute(connection: Connection, workspace_id: str, model: Model, name: str) -> Attribute:
    """Archive an attribute: values stay stored, filters and forms no longer offer it, and its place is free.

    Raises `Refused` if there is no such attribute.
    """
    connection.exec_driver_sql(_LOCK, {"workspace_id": workspace_id})
    row = connection.execute(
        attributes.update()
        .where(attributes.c.workspace_id == workspace_id, attributes.c.model == model, attributes.c.name == name)
        .values(archived=True, saved_at=func.now())
        .returning(attributes)
    ).one_or_none()
    if row is None:
        raise Refused(name, f"is not a custom attribute of the model {model}")
    return _attribute(row)


def _refuse_unusable(attribute: Attribute) -> None:
    name = attribute.name
    if not is_text(name):
        raise Refused(name, "has characters that cannot be stored")
    try:
        refuse_name(attribute.model, name)
    except Refused as refused:
        raise Refused(shortened_name(name), refused.reason) from None
    if attribute.type == "list" and len(set(attribute.options)) < 2:
        raise Refused(name, "is a list and needs at least two options")
    if attribute.type != "list" and attribute.options:
        raise Refused(name, f"is of type {attribute.type}: only a list has options")


def _save(connection: Connection, workspace_id: str, attribute: Attribute) -> None:
    values = {
        "type": attribute.type,
        "options": list(attribute.options),
        "qualification": attribute.qualification,
        "inferred": attribute.inferred,
        "archived": attribute.archived,
        "saved_at": func.now(),
    }
    connection.execute(
        insert(attributes)
        .values(workspace_id=workspace_id, model=attribute.model, name=attribute.name, **values)
        .on_conflict_do_update(index_elements=["workspace_id", "model", "name"], set_=values)
    )


def _attribute(row: Any) -> Attribute:
    return Attribute(
        model=row.model,
        name=row.name,
        type=row.type,
        options=tuple(row.options),
        qualification=row.qualification,
        archived=row.archived,
        inferred=row.inferred,
    )
