"""`indexer import` of people, companies and events: its columns, its preview, its outcome."""

from typing import TYPE_CHECKING, Any, Final

import typer

from indexer.cli.import_outcome import Refusals, Taken
from indexer.cli.shared_options import EVENTS
from indexer.errors import OperatorError, Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from indexer.input_files.open_files import OnBytes
    from indexer.input_files.people_table import TableColumns
    from indexer.intake.people_importer import ImportedPeople
    from indexer.people.record_kind import RecordKind

PEOPLE_KINDS: Final["Mapping[str, RecordKind]"] = {"people": "person", "companies": "company", EVENTS: "event"}
"""What `--dataset` names, and the kind of the objects that do not say what they are."""

_MOST_NAMED = 10


def take_people(
    files: list[str],
    workspace: str,
    said_no: Refusals,
    on_bytes: "OnBytes | None",
    *,
    kind: "RecordKind",
    maps: "Sequence[str]",
    force: bool,
    dry_run: bool,
) -> Taken:
    """Import people, companies and events, or say what that would change."""
    from indexer.connections import connections
    from indexer.input_files.people_table import ReadOptions
    from indexer.intake.people_importer import import_people
    from indexer.intake.save_options import Saving
    from indexer.people.attribute import Catalogue
    from indexer.people.column_mapping import read_choices
    from indexer.store.entities.attributes import read_attributes
    from indexer.store.entities.workspaces import get_workspace

    try:
        choices = read_choices(maps)
    except Refused as refused:
        raise OperatorError(f"--map: {refused}", 'name a column and its field: --map "Plan=custom.plan"') from None
    store = connections().store
    with store.connect() as connection:
        zone = get_workspace(connection, workspace).zone

    def catalogue() -> Catalogue:
        with store.connect() as connection:
            return read_attributes(connection, workspace)

    options = ReadOptions(zone, catalogue, choices, _say_columns)
    saving = Saving(store, workspace, force, dry_run)
    imported = import_people(saving, files, kind, options, said_no, on_bytes=on_bytes)
    read = {name: getattr(imported, name).usable for name in ("people", "companies", "events")}
    addition = (
        f" ({', '.join(f'{name}: {count:,}' for name, count in read.items() if count)})" if any(read.values()) else ""
    )
    return Taken(
        imported.counts,
        addition,
        {**read, **_further(imported)},
        list(_notes(imported, dry_run=dry_run)),
        imported.shards,
    )


def _say_columns(columns: "TableColumns") -> None:
    """Show on standard error how the columns of a table are read."""
    for column, type_ in columns.read:
        is_new = any(column.field == f"custom.{one.name}" for one in columns.new)
        new = f" ({type_}, a new attribute)" if is_new else f" ({type_})"
        typer.echo(f"{columns.place}: {column.header} -> {column.field}{new}", err=True)
    if columns.left:
        named = ", ".join(columns.left[:_MOST_NAMED])
        more = f" and {len(columns.left) - _MOST_NAMED} more" if len(columns.left) > _MOST_NAMED else ""
        typer.echo(
            f"{columns.place}: columns that are not read: {named}{more}\n"
            f'  to read one: --map "{columns.left[0]}=custom.NAME"',
            err=True,
        )


def _notes(imported: "ImportedPeople", *, dry_run: bool) -> "Iterable[str]":
    from indexer.people.attribute import OWNERS

    would = "would be " if dry_run else ""
    for one in imported.attributes:
        typed = "" if not one.inferred else ", the type of its first values"
        yield f"new attribute of {OWNERS[one.model]}, {would}added: {one.name} ({one.type}{typed})"
    for name, count in imported.refused_values.most_common(_MOST_NAMED):
        yield f"values refused of {name}: {count:,}; everything else of these records {would or 'is '}saved"
    if dry_run:
        for label, saved in (("people", imported.people), ("companies", imported.companies)):
            for name, count in saved.changed.most_common(_MOST_NAMED):
                yield f"{label} whose {name} would change: {count:,}"
    if imported.events.waiting:
        yield f"events that wait for their person: {imported.events.waiting:,}"
    if imported.merged:
        yield f"people who {'would be' if dry_run else 'were'} merged into others: {imported.merged:,}"
    if imported.events.too_old:
        yield f"events older than single events are kept, and so not taken: {imported.events.too_old:,}"


def _further(imported: "ImportedPeople") -> dict[str, Any]:
    """Facts for programs."""
    return {
        "attributes": [
            {"model": one.model, "name": one.name, "type": one.type, "inferred": one.inferred}
            for one in imported.attributes
        ],
        "refused_values": dict(imported.refused_values),
        "changed": {
            "people": dict(imported.people.changed),
            "companies": dict(imported.companies.changed),
        },
        "waiting": imported.events.waiting,
    }
