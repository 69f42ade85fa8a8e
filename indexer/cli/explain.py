"""`indexer explain`: how the numbers of one conversation were computed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app
from indexer.cli.output import Format, FormatOption, output_format, print_json
from indexer.cli.shared_options import DEFAULT_DATASET
from indexer.documentation import page
from indexer.errors import OperatorError

if TYPE_CHECKING:
    from indexer.answers.load_explanation import Explained


@app.command(name="explain")
def explain_conversation(
    conversation: Annotated[
        str, typer.Argument(metavar="ID", help="The id of the conversation or, with --dataset, of the receipt.")
    ],
    field: Annotated[
        str | None, typer.Argument(metavar="FIELD", help="A path in the document, such as legacy.first_close_at.")
    ] = None,
    *,
    dataset: Annotated[
        str, typer.Option("--dataset", help="conversations or message_receipts: what the id is of.")
    ] = DEFAULT_DATASET,
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="ID", help="The workspace of the conversation or receipt.")
    ] = None,
    file: Annotated[
        str | None, typer.Option("--file", help="Read the conversation from this file. No service is needed.")
    ] = None,
    office_hours: Annotated[
        Path | None, typer.Option("--office-hours", metavar="FILE", help="With --file: a JSON file with the schedule.")
    ] = None,
    bot_admins: Annotated[
        list[str] | None,
        typer.Option("--bot-admin", help="With --file: the id of an admin that is a bot. May be repeated."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="TIME",
            help="Use only the parts, or the events of a receipt, up to this time: epoch seconds, or ISO 8601 (local "
            "time if it has no offset).",
        ),
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option(
            "--time-zone",
            metavar="ZONE",
            help="The time zone to show times in. Default: the workspace's; with --file, that of the office hours.",
        ),
    ] = None,
    output: FormatOption = None,
) -> None:
    """Show how a conversation's numbers were computed: parts, office intervals, rules, and where pipelines differ.

    If you name a field, its rule, its parts and the counted intervals are shown, beside the other pipelines' fields
    with the same meaning.

    With --dataset message_receipts, show the events that made each field of a receipt, and those that do not count,
    with the reason.
    """
    from dataclasses import replace

    from indexer.cli.explain_output import print_explained, print_fields
    from indexer.explaining.field_path import UnknownField, names_of, only

    if dataset != DEFAULT_DATASET:
        _expect_receipts(dataset, file, office_hours, bot_admins)
        _explain_receipt(conversation, field, workspace, as_of, _checked(time_zone), output)
        return
    try:
        if field is not None:
            names_of(field)
    except UnknownField as error:
        raise OperatorError(str(error), f"see {page('metrics')}, or leave the field out") from error
    found = _explained(conversation, workspace, file, office_hours, bot_admins, as_of, _checked(time_zone))
    if field is not None:
        found = replace(found, explanation=only(found.explanation, field))
    match output_format(output):
        case Format.JSON:
            print_json(found.json_object())
        case Format.CSV:
            print_fields(found)
        case Format.TABLE:
            print_explained(found, detailed=field is not None)


def _explained(  # noqa: PLR0917  (the command's own options)
    conversation: str,
    workspace: str | None,
    file: str | None,
    office_hours: Path | None,
    bot_admins: list[str] | None,
    as_of: str | None,
    time_zone: str | None,
) -> "Explained":
    from indexer.answers.load_explanation import explain_in_file, explain_stored
    from indexer.cli.shared_options import read_with_warnings
    from indexer.connections import connections
    from indexer.datasets.dataset import Computation
    from indexer.office_hours import ALWAYS_OPEN

    if file is None:
        if workspace is None:
            raise OperatorError(
                "no workspace is named", "give --workspace, or --file to read the conversation from a file"
            )
        if office_hours is not None or bot_admins:
            raise OperatorError(
                "--office-hours and --bot-admin go with --file", "leave them out: a stored workspace has its own"
            )
        return explain_stored(connections(), workspace, conversation, as_of, time_zone)
    schedule = read_with_warnings(office_hours) if office_hours else None
    computation = Computation(
        workspace or "local", schedule.understood if schedule else ALWAYS_OPEN, frozenset(bot_admins or ())
    )
    zone = time_zone or (schedule.written.get("time_zone_name") if schedule else None) or "UTC"
    return explain_in_file(file, conversation, computation, zone, as_of)


def _expect_receipts(dataset: str, *of_conversations: object) -> None:
    """Raise `OperatorError` unless entities of the dataset are explained like receipts, and without these options."""
    from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
    from indexer.datasets.registry import dataset_named

    of = dataset_named(dataset)
    if of is not MESSAGE_RECEIPTS:
        raise OperatorError(f"{of.entity.several} are not explained", f"choose {DEFAULT_DATASET} or {MESSAGE_RECEIPTS}")
    if any(of_conversations):
        raise OperatorError("--file, --office-hours and --bot-admin are for conversations", "leave them out")


def _explain_receipt(  # noqa: PLR0917  (the command's own options)
    receipt: str,
    field: str | None,
    workspace: str | None,
    as_of: str | None,
    time_zone: str | None,
    output: Format | None,
) -> None:
    from indexer.answers.load_receipt_explanation import explain_stored_receipt
    from indexer.cli.explain_receipt_output import print_receipt, print_receipt_fields
    from indexer.connections import connections
    from indexer.explaining.field_path import UnknownField
    from indexer.explaining.receipt_explanation import names_of_receipt, only_fields
    from indexer.explaining.receipt_words import shown_fields

    try:
        names = names_of_receipt(field)
    except UnknownField as error:
        raise OperatorError(str(error), f"see {page('metrics')}, or leave the field out") from error
    if workspace is None:
        raise OperatorError("no workspace is named", "give --workspace")
    found = explain_stored_receipt(connections(), workspace, receipt, as_of, time_zone)
    match output_format(output):
        case Format.JSON:
            explanation = only_fields(found.explanation, names)
            print_json({"notice": found.notice, "shown": shown_fields(explanation), "explanation": explanation})
        case Format.CSV:
            print_receipt_fields(found, names)
        case Format.TABLE:
            print_receipt(found, names, detailed=field is not None)


def _checked(time_zone: str | None) -> str | None:
    from indexer.calendar.zone_names import checked_zone

    try:
        return None if time_zone is None else checked_zone(time_zone)
    except ValueError as error:
        raise OperatorError(
            f"--time-zone: {error}", "use a name of the IANA database, such as Europe/Dublin or UTC"
        ) from error
