"""The explanation of a receipt as text for a terminal, and as CSV."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.padding import Padding
from rich.text import Text

from indexer.cli.output import print_csv, print_table
from indexer.explaining.field_words import local
from indexer.explaining.receipt_words import counts_words, event_words, field_words, shown_fields
from indexer.terminal import console

if TYPE_CHECKING:
    from indexer.answers.load_receipt_explanation import ExplainedReceipt
    from indexer.explaining.receipt_explanation import ReceiptExplanation, ReceiptField

COLUMNS = ("field", "value", "shown", "events", "left_out", "rule")


def print_receipt_fields(found: "ExplainedReceipt", names: list[str]) -> None:
    """Print one line of CSV for each of the fields."""
    shown = shown_fields(found.explanation)
    fields = (found.explanation.fields[name] for name in names)
    rows = (
        (one.name, one.value, shown[one.name], *map(_joined, (one.events, one.left_out)), one.rule) for one in fields
    )
    print_csv(COLUMNS, rows)


def print_receipt(found: "ExplainedReceipt", names: list[str], *, detailed: bool) -> None:
    """Print the events, then those of the fields that have a value or an event; `detailed` also shows the rules."""
    explanation = found.explanation
    out = console()
    zone = ZoneInfo(explanation.time_zone)
    as_of = "" if explanation.as_of is None else f", as of {local(explanation.as_of, zone)}"
    out.print(
        Text(f"Receipt {explanation.receipt_id},", style="bold"),
        Text(f"workspace {explanation.workspace_id}, {explanation.time_zone}{as_of}", style="dim"),
    )
    if found.notice:
        out.print(Text(found.notice, style="yellow"))
    if explanation.as_of is not None:
        out.print(Text("Events are those until then; the facts of the receipt are those of now.", style="dim"))
    if explanation.events:
        rows = [
            [str(one.number), local(one.at, zone)[:19], event_words(one), counts_words(one)]
            for one in explanation.events
        ]
        print_table(["#", "time", "event", "counts"], rows, right=[0])
    else:
        out.print(Text("Nothing happened to it.", style="dim"))
    for name in names:
        field = explanation.fields[name]
        if detailed or field.value is not None or field.left_out:
            for line, indent in _field(explanation, field, zone, detailed=detailed):
                out.print(Padding(line, (0, 0, 0, indent)))
    if not detailed:
        out.print(Text("Name a field to see its rule.", style="dim"))


def _field(
    explanation: "ReceiptExplanation", field: "ReceiptField", zone: ZoneInfo, *, detailed: bool
) -> Iterator[tuple[Text, int]]:
    numbers = " ".join(f"#{number}" for number in field.events)
    yield (
        Text.assemble(
            (f"{field.name}: ", "bold"), field_words(field, zone), (f"  {numbers}" if numbers else "", "dim")
        ),
        0,
    )
    if detailed:
        yield Text(field.rule), 2
    for reason, left_out in _by_reason(explanation, field).items():
        which = " ".join(f"#{number}" for number in left_out)
        yield Text(f"not {which}: {reason}", style="dim"), 2


def _by_reason(explanation: "ReceiptExplanation", field: "ReceiptField") -> dict[str, list[int]]:
    """The events that do not count for the field, by the reason."""
    found: dict[str, list[int]] = {}
    for number in field.left_out:
        found.setdefault(explanation.events[number - 1].reason or "", []).append(number)
    return found


def _joined(numbers: tuple[int, ...]) -> str:
    return " ".join(map(str, numbers))
