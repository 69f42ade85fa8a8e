"""`indexer people attribute`: the custom attributes of people and companies."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.output import FormatOption, print_records
from indexer.cli.people import people_app
from indexer.cli.people_options import WorkspaceOption
from indexer.cli.shared_options import DryRunOption
from indexer.errors import OperatorError, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.people.attribute import Model

attribute_app = typer.Typer(no_args_is_help=True, help="Declare, list and archive custom attributes.")
people_app.add_typer(attribute_app, name="attribute")

NameArgument = Annotated[str, typer.Argument(metavar="ATTRIBUTE", help="The attribute's name; capitals count.")]
CompaniesOption = Annotated[bool, typer.Option("--companies", help="An attribute of companies instead of people.")]


@attribute_app.command("create")
def create(
    name: NameArgument,
    *,
    workspace: WorkspaceOption,
    type_: Annotated[
        str,
        typer.Option(
            "--type",
            metavar="TYPE",
            help="string, integer, float, boolean, date, datetime or list (one of a fixed set of texts).",
        ),
    ],
    companies: CompaniesOption = False,
    option: Annotated[
        list[str] | None, typer.Option("--option", metavar="TEXT", help="A value that a list allows. May be repeated.")
    ] = None,
    qualification: Annotated[
        bool, typer.Option("--qualification", help="Mark the attribute as one that qualifies leads.")
    ] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Declare a custom attribute, so that values of another type are refused.

    An attribute that was not declared takes the type of its first value. A type cannot be changed later.
    """
    from indexer.connections import connections
    from indexer.people.attribute import OWNERS, Attribute
    from indexer.people.attribute_value import DATA_TYPES
    from indexer.store.entities.attributes import add_attributes

    if type_ not in DATA_TYPES:
        raise OperatorError(f"--type: there is no type {type_!r}", f"choose one of {', '.join(DATA_TYPES)}")
    attribute = Attribute(
        model=_model(companies=companies),
        name=name,
        type=type_,
        options=tuple(option or ()),
        qualification=qualification,
    )
    with connections().store.connect() as connection, _refusals(workspace):
        add_attributes(connection, workspace, [attribute])
        if not dry_run:
            connection.commit()
    will = "would be" if dry_run else "is"
    typer.echo(f"attribute of {OWNERS[attribute.model]} {will} declared: {name} ({type_})")


@attribute_app.command("list")
def list_(*, workspace: WorkspaceOption, output: FormatOption = None) -> None:
    """List the custom attributes of people and of companies, archived ones too."""
    from indexer.connections import connections
    from indexer.people.attribute import OWNERS
    from indexer.store.entities.attributes import read_attributes

    with connections().store.connect() as connection:
        catalogue = read_attributes(connection, workspace)
    records = [
        {
            "of": OWNERS[one.model],
            "name": one.name,
            "type": one.type,
            "options": list(one.options),
            "qualification": one.qualification,
            "inferred": one.inferred,
            "archived": one.archived,
        }
        for _, one in sorted(catalogue.attributes.items())
    ]
    columns = ("of", "name", "type", "options", "qualification", "inferred", "archived")
    print_records(records, columns, output)


@attribute_app.command("archive")
def archive(
    name: NameArgument,
    *,
    workspace: WorkspaceOption,
    companies: CompaniesOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Archive a custom attribute: its values stay stored, and it no longer counts towards the limit of 250."""
    from indexer.connections import connections
    from indexer.people.attribute import OWNERS
    from indexer.store.entities.attributes import archive_attribute

    model = _model(companies=companies)
    with connections().store.connect() as connection, _refusals(workspace):
        archive_attribute(connection, workspace, model, name)
        if not dry_run:
            connection.commit()
    typer.echo(f"attribute of {OWNERS[model]} {'would be' if dry_run else 'is'} archived: {name}")


def _model(*, companies: bool) -> "Model":
    return "company" if companies else "contact"


@contextmanager
def _refusals(workspace: str) -> "Iterator[None]":
    """Turn refusals into errors that name the list of the attributes."""
    try:
        yield
    except Refused as refused:
        remedy = f"list the attributes: indexer people attribute list --workspace {workspace}"
        raise OperatorError(str(refused), remedy) from refused
