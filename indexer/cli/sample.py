"""`indexer sample`: a made-up support workspace on standard output."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from indexer.cli.app import app
from indexer.cli.shared_options import DEFAULT_DATASET, MESSAGES
from indexer.errors import OperatorError


@app.command()
def sample(
    conversations: Annotated[int, typer.Option(min=0, max=10_000_000, help="How many conversations to write.")] = 1000,
    seed: Annotated[int, typer.Option(help="The seed of the sample. A different seed makes a different history.")] = 1,
    end: Annotated[
        datetime,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="The day before which the history ends (UTC).",
            show_default="2026-11-01",
        ),
    ] = datetime(2026, 11, 1),
    days: Annotated[int, typer.Option(min=1, help="How many days the history covers.")] = 365,
    *,
    dataset: Annotated[
        str,
        typer.Option("--dataset", help="What to write: conversations, or the workspace's outbound messages."),
    ] = DEFAULT_DATASET,
    receipts: Annotated[
        int, typer.Option(min=0, max=100_000_000, help="How many receipts to write, if --dataset is messages.")
    ] = 1000,
) -> None:
    """Write made-up conversations in the shape of Intercom's API, one JSON object a line.

    With --dataset messages it writes the receipts of outbound messages to the same people, the events of these
    receipts, and the checkpoints of series. The same options give the same bytes, and more conversations or receipts
    continue the same sequence. They are not sorted by time.
    """
    import orjson

    from indexer.sample import generate, messages

    if dataset not in (DEFAULT_DATASET, MESSAGES):
        raise OperatorError(f"--dataset: there is no sample of {dataset!r}", f"name {DEFAULT_DATASET} or {MESSAGES}")
    until = int(end.replace(tzinfo=UTC).timestamp())
    try:
        if dataset == MESSAGES:
            lines = messages(receipts, seed, until, days)
        else:
            lines = generate(conversations, seed, until, days)
    except ValueError as error:
        raise OperatorError(str(error), "choose a later --end or fewer --days") from error
    write = sys.stdout.buffer.write
    try:
        for line in lines:
            write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader has seen enough (`| head`); Python must not complain about the closed pipe at its exit.
        sys.stderr.close()
        raise typer.Exit(1) from None
