"""`indexer views`: names for addresses of the dashboard."""

from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app
from indexer.cli.change_named import delete_named
from indexer.cli.output import Format, FormatOption, minute, output_format, print_records
from indexer.cli.shared_options import DryRunOption, YesOption

if TYPE_CHECKING:
    from indexer.store.entities.saved_views import SavedView

views_app = typer.Typer(no_args_is_help=True, help="Save pages and reports of the dashboard under names.")
app.add_typer(views_app, name="views")

NameArgument = Annotated[str, typer.Argument(metavar="VIEW", help="The name of the view.")]
WorkspaceOption = Annotated[str, typer.Option("--workspace", help="The workspace of the view.")]


@views_app.command("create")
def create(
    name: NameArgument,
    address: Annotated[
        str,
        typer.Argument(
            metavar="ADDRESS", help="The address of a page or a report, such as '/pages/overview?range=28d'."
        ),
    ],
    *,
    workspace: WorkspaceOption,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a view that has the name already.")] = False,
    dry_run: DryRunOption = False,
    output: FormatOption = None,
) -> None:
    """Save an address of the dashboard under a name, for all users of the workspace.

    The address can be copied from a browser. A range such as 28d keeps moving with the day; dates stay as they are.
    """
    from indexer.answers.own_reports import usable_reports
    from indexer.answers.page_catalogue import usable_pages
    from indexer.answers.workspace_views import create_view
    from indexer.cli.audited import record
    from indexer.cli.report_options import naming_options
    from indexer.connections import connected

    with naming_options("views create"), connected() as here, here.store.connect() as connection:
        reports = usable_reports(here.settings)
        pages = usable_pages(here.settings, reports)
        found = create_view(connection, workspace, name, address, pages=pages, reports=reports, replace=replace)
        # Without its conditions, which may name a person: entries are not removed.
        page = found.address.partition("?")[0]
        record(connection, "view_saved", workspace=workspace, target=name, details={"address": page})
        if not dry_run:
            connection.commit()
    if output_format(output) is Format.TABLE:
        typer.echo(f"{'would save' if dry_run else 'saved'} the view {name}: {found.address}")
    else:
        _print([found], output)


@views_app.command("list")
def list_(*, workspace: WorkspaceOption, output: FormatOption = None) -> None:
    """List the saved views of a workspace."""
    from indexer.connections import connected
    from indexer.store.entities.saved_views import read_views

    with connected() as here, here.store.connect() as connection:
        _print(read_views(connection, workspace), output)


@views_app.command("show")
def show(name: NameArgument, *, workspace: WorkspaceOption, output: FormatOption = None) -> None:
    """Show a saved view: its address on the server, which can be opened in a browser."""
    from indexer.answers.workspace_views import show_view, url_of
    from indexer.connections import connected

    with connected() as here, here.store.connect() as connection:
        found = show_view(connection, workspace, name)
    if output_format(output) is Format.TABLE:
        typer.echo(f"{here.settings.public_url}{url_of(found)}")
    else:
        _print([found], output)


@views_app.command("delete")
def delete(
    name: NameArgument, *, workspace: WorkspaceOption, yes: YesOption = False, dry_run: DryRunOption = False
) -> None:
    """Delete a saved view. A view with a subscription cannot be deleted."""
    from indexer.answers.workspace_views import delete_named_view

    delete_named("view", workspace, name, delete_named_view, yes=yes, dry_run=dry_run)


def _print(found: "list[SavedView]", output: Format | None) -> None:
    records = [{"name": one.name, "address": one.address, "created_at": one.created_at} for one in found]
    print_records(records, ["name", "address", "created_at"], output, people={"created_at": minute})
