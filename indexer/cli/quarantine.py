"""`indexer quarantine`: entities that could not be indexed, and the limit that stops the drain."""

from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app
from indexer.cli.audited import note
from indexer.cli.output import Format, FormatOption, output_format, print_json
from indexer.cli.quarantine_records import moment, print_entry, print_rows, record_of
from indexer.cli.shared_options import DEFAULT_DATASET, DatasetOption, DryRunOption
from indexer.cli.wake_workers import wake_workers

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from indexer.operations.quarantine_status import FoundEntries
    from indexer.store.queue.quarantine import Selection

quarantine_app = typer.Typer(no_args_is_help=True, help="Show, retry or remove what could not be indexed.")
app.add_typer(quarantine_app, name="quarantine")

WorkspaceArgument = Annotated[str | None, typer.Argument(metavar="WORKSPACE", help="The workspace.")]
ConversationsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="CONVERSATION…", help="Ids of conversations or records of the workspace. Default: all of them."
    ),
]
ReasonOption = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help="Only entries whose reason contains this text.")
]
AllOption = Annotated[bool, typer.Option("--all", help="All entries in quarantine.")]


@quarantine_app.command("list")
def list_(
    *,
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="ID", help="Only entries of this workspace.")
    ] = None,
    reason: ReasonOption = None,
    limit: Annotated[int, typer.Option(min=1, help="How many entries to list, the newest first.")] = 50,
    purged: Annotated[bool, typer.Option("--purged", help="List the records of purged entries instead.")] = False,
    dataset: DatasetOption = DEFAULT_DATASET,
    output: FormatOption = None,
) -> None:
    """List the entries in quarantine, the newest first, and count them by reason.

    JSON output is one object: `reasons` counts all matching entries, `entries` lists them up to the limit.
    """
    from indexer.connections import connections
    from indexer.datasets.registry import dataset_named
    from indexer.operations.quarantine_status import read_quarantine
    from indexer.store.queue.quarantine import Entry, Purge, Reason, Selection, list_purges

    selection = Selection(dataset_named(dataset), workspace, reason=reason)
    with connections().store.connect() as connection:
        if purged:
            print_rows(list_purges(connection, selection, limit), Purge, output)
            return
        reasons, entries = read_quarantine(connection, selection, limit)
    match output_format(output):
        case Format.JSON:
            print_json({"reasons": list(map(record_of, reasons)), "entries": list(map(record_of, entries))})
        case Format.CSV:
            print_rows(entries, Entry, output)
        case Format.TABLE:
            print_rows(entries, Entry, output, f"the newest {limit}" if len(entries) == limit else "")
            print_rows(reasons, Reason, output, "by reason")


@quarantine_app.command()
def show(
    workspace: Annotated[str, typer.Argument(metavar="WORKSPACE", help="The workspace.")],
    conversation: Annotated[str, typer.Argument(metavar="CONVERSATION", help="The id of the conversation or record.")],
    *,
    payload: Annotated[
        bool,
        typer.Option(
            "--payload",
            help="Also show the conversation as it was refused, or as it is stored now if that was not kept.",
        ),
    ] = False,
    dataset: DatasetOption = DEFAULT_DATASET,
    output: FormatOption = None,
) -> None:
    """Show a quarantine entry with its full error."""
    from indexer.connections import connections
    from indexer.datasets.registry import dataset_named
    from indexer.operations.quarantine_status import read_payload
    from indexer.store.queue.quarantine import Selection, list_entries

    chosen_one = dataset_named(dataset)
    with connections().store.connect() as connection:
        found = list_entries(connection, Selection(chosen_one, workspace, (conversation,)))
        kept = read_payload(connection, chosen_one, workspace, conversation) if payload else None
    if not found:
        typer.echo(f"{workspace} {conversation} is not in quarantine", err=True)
        raise typer.Exit(1)
    shown = {} if kept is None else {"payload_is": kept.origin, "payload": kept.value}
    print_entry(record_of(found[0]) | shown, output)


@quarantine_app.command()
def replay(
    workspace: WorkspaceArgument = None,
    conversations: ConversationsArgument = None,
    *,
    reason: ReasonOption = None,
    everything: AllOption = False,
    dataset: DatasetOption = DEFAULT_DATASET,
    dry_run: DryRunOption = False,
) -> None:
    """Try entries again, after you have corrected the cause.

    Entries stay in quarantine, marked as replayed, until they are indexed. If an entry fails again, it gets its new
    error. If you name an entry that is not in quarantine, it is listed, and the exit code is 1.
    """
    from indexer.connections import connections
    from indexer.store.queue.quarantine import replay as replay_entries

    selection = _selection(workspace, conversations, reason, everything, dataset)
    with connections().store.begin() as connection:
        found = _found(connection, selection)
        replayed = None if dry_run or not found.entries else replay_entries(connection, selection)
    if replayed is None:
        typer.echo(f"{found.entries} would be tried again" if dry_run else "0 are due again")
    else:
        note(entries=replayed.entries)
        typer.echo(f"{replayed.entries} are due again")
        wake_workers(replayed.shards, "due", selection.dataset)
    if not found.is_complete:
        raise typer.Exit(1)


@quarantine_app.command()
def purge(
    workspace: WorkspaceArgument = None,
    conversations: ConversationsArgument = None,
    *,
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="The reason, which is kept on record.")],
    reason: ReasonOption = None,
    everything: AllOption = False,
    dataset: DatasetOption = DEFAULT_DATASET,
    yes: Annotated[bool, typer.Option("--yes", help="Remove without asking first.")] = False,
    dry_run: DryRunOption = False,
) -> None:
    """Remove entries from quarantine for good, and keep a record of who removed which entries, when and why.

    The conversation itself stays in the store, and in the index as it was last indexed. If you name an entry that is
    not in quarantine, it is listed, and the exit code is 1.
    """
    from indexer.connections import connections
    from indexer.store.queue.quarantine import purge as purge_entries

    if not because.strip():
        raise typer.BadParameter("--because must give a reason")
    selection = _selection(workspace, conversations, reason, everything, dataset)
    store = connections().store
    with store.connect() as connection:
        found = _found(connection, selection)
    if dry_run or not found.entries:
        typer.echo(f"{found.entries} would be removed" if dry_run else "0 removed")
    else:
        if not yes:
            typer.confirm(f"Remove {found.entries} from quarantine?", abort=True)
        with store.begin() as connection:
            purged = purge_entries(connection, selection, _operator(), because.strip())
        note(entries=purged, because=because.strip())
        typer.echo(f"{purged} removed; indexer quarantine list --purged shows the records")
        if (kept := found.entries - purged) > 0:
            typer.echo(
                f"{kept} were not removed, because a worker was trying them; see: indexer quarantine list", err=True
            )
    if not found.is_complete:
        raise typer.Exit(1)


@quarantine_app.command()
def resume(dataset: DatasetOption = DEFAULT_DATASET, dry_run: DryRunOption = False) -> None:
    """Resume indexing after the quarantine's limit has stopped it. Correct the cause first."""
    from indexer.connections import connections
    from indexer.datasets.registry import dataset_named
    from indexer.store.queue.changes import due_shards
    from indexer.store.queue.drain_stops import drain_stop, resume_drain

    of = dataset_named(dataset)
    with connections().store.begin() as connection:
        stop = drain_stop(connection, of) if dry_run else resume_drain(connection, of)
        shards = due_shards(connection, of)
    if stop is None:
        typer.echo("indexing is not stopped")
        return
    typer.echo(f"stopped since {moment(stop.since)}: {stop.reason}\n  for example {stop.error}")
    if dry_run:
        typer.echo("indexing would resume")
    else:
        typer.echo("indexing resumes")
        wake_workers(shards, "due", of)


def _selection(
    workspace: str | None, conversations: list[str] | None, reason: str | None, everything: bool, dataset: str
) -> "Selection":
    from indexer.datasets.registry import dataset_named
    from indexer.store.queue.quarantine import Selection

    if everything and (workspace or reason):
        raise typer.BadParameter("leave out the workspace and --reason, or leave out --all")
    if not (everything or workspace or reason):
        raise typer.BadParameter("give a workspace, a --reason, or --all")
    return Selection(dataset_named(dataset), workspace, tuple(conversations) if conversations else None, reason)


def _found(connection: "Connection", selection: "Selection") -> "FoundEntries":
    """The entries that a selection finds; names keys that are not in quarantine."""
    from indexer.operations.quarantine_status import find_entries

    found = find_entries(connection, selection)
    for workspace, entity_id in found.missing:
        typer.echo(f"{workspace} {entity_id} is not in quarantine", err=True)
    if found.is_nothing:
        of = f" of workspace {selection.workspace_id}" if selection.workspace_id else ""
        why = f' with a reason like "{selection.reason}"' if selection.reason else ""
        typer.echo(f"nothing{of}{why} is in quarantine", err=True)
    return found


def _operator() -> str:
    """The account of the operating system that runs this, by its name if it has one."""
    import os
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
