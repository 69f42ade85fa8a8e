"""`indexer people disclose`, `erase` and `erasures`: what is held about a person, and its end."""

from typing import Annotated

import typer

from indexer.cli.audited import actor
from indexer.cli.output import FormatOption, print_records
from indexer.cli.people import people_app
from indexer.cli.people_options import WorkspaceOption
from indexer.cli.shared_options import DryRunOption, YesOption
from indexer.cli.wake_workers import wake_exporting_workers, wake_workers_of
from indexer.errors import OperatorError, Refused

_REMEDY = "give the id, the external id or the e-mail address of a person: indexer people list"

PersonArgument = Annotated[
    str,
    typer.Argument(metavar="PERSON", help="The id, a former id, the external id, or the e-mail address of the person."),
]


@people_app.command("disclose")
def disclose(person: PersonArgument, *, workspace: WorkspaceOption) -> None:
    """Print everything that is held about one person as JSON, to answer a request for information.

    That is the person's record, events, conversations, receipts, checkpoints and calls, and where else the person is
    named. It is exactly what `indexer people erase` removes.
    """
    import orjson

    from indexer.connections import connections
    from indexer.intake.erase_person import export_person

    with connections().store.connect() as connection:
        try:
            held = export_person(connection, workspace, person)
        except Refused as refused:
            raise OperatorError(str(refused), _REMEDY) from refused
    typer.echo(orjson.dumps(held, option=orjson.OPT_INDENT_2))


@people_app.command("erase")
def erase(
    person: PersonArgument,
    *,
    workspace: WorkspaceOption,
    because: Annotated[
        str, typer.Option("--because", metavar="TEXT", help="The reason, for the ledger. Do not name the person.")
    ],
    yes: YesOption = False,
    dry_run: DryRunOption = False,
) -> None:
    """Erase one person everywhere, and keep the person out from now on. This cannot be undone.

    Conversations and messages are counted as before, under a pseudonym and without their content. A later import of
    the person is refused. An e-mail address that other people have too stays theirs.
    """
    from indexer.connections import connections
    from indexer.intake.erase_person import erase_person

    if not (yes or dry_run):
        typer.confirm(f"Erase {person} of {workspace}, for good?", abort=True)
    try:
        erased = erase_person(connections(), workspace, person, requested_by=actor(), because=because, dry_run=dry_run)
    except Refused as refused:
        raise OperatorError(str(refused), _REMEDY) from refused
    counts = ", ".join(f"{name} {count:,}" for name, count in erased.counts.items())
    typer.echo(f"{'would be erased' if dry_run else 'erased'}: {counts}")
    if erased.shared_emails:
        typer.echo("the e-mail address belongs to other people too: it is not barred")
    if erased.exports:
        verb = "would be removed" if dry_run else "are removed"
        typer.echo(f"exports with this person {verb}, or written again: {', '.join(erased.exports)}")
    if not dry_run:
        typer.echo(f"entry {erased.erasure_id} of the ledger: indexer people erasures --workspace {workspace}")
        wake_workers_of(erased.shards, "erased")
        if erased.exports:
            wake_exporting_workers()


@people_app.command("erasures")
def erasures(*, workspace: WorkspaceOption, output: FormatOption = None) -> None:
    """List the last erasures: when, at whose request, why, and how much was removed, but not who was erased."""
    from indexer.connections import connections
    from indexer.store.erasure.ledger import list_erasures

    with connections().store.connect() as connection:
        entries = list_erasures(connection, workspace)
    records = [
        {
            "entry": one.erasure_id,
            "requested_at": one.requested_at.isoformat(timespec="seconds"),
            "requested_by": one.requested_by,
            "because": one.because,
            "completed": one.completed_at is not None,
            "removed": ", ".join(f"{name} {count:,}" for name, count in one.counts.items()),
        }
        for one in entries
    ]
    print_records(records, ("entry", "requested_at", "requested_by", "because", "completed", "removed"), output)
