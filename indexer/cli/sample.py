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
        typer.Option("--dataset", help="What to write: conversations, messages, people, companies or events."),
    ] = DEFAULT_DATASET,
    receipts: Annotated[
        int, typer.Option(min=0, max=100_000_000, help="How many receipts to write, if --dataset is messages.")
    ] = 1000,
    people: Annotated[
        int,
        typer.Option(min=0, max=100_000, help="How many people --dataset people, companies or events is about."),
    ] = 1000,
) -> None:
    """Write made-up conversations in the shape of Intercom's API, one JSON object a line.

    With --dataset messages it writes the receipts of outbound messages to the same people, the events of these
    receipts, and the checkpoints of series. With --dataset people it writes these people as contacts, with companies
    their companies, and with events what they did in the product. The same options give the same bytes, and more
    conversations, receipts or people continue the same sequence. They are not sorted by time.
    """
    import orjson

    from indexer import sample as samples

    about_people = {"people": samples.people, "companies": samples.companies, "events": samples.events}
    known = (DEFAULT_DATASET, MESSAGES, *about_people)
    if dataset not in known:
        raise OperatorError(f"--dataset: there is no sample of {dataset!r}", f"name one of {', '.join(known)}")
    until = int(end.replace(tzinfo=UTC).timestamp())
    try:
        if dataset in about_people:
            lines = about_people[dataset](people, seed, until, days)
        elif dataset == MESSAGES:
            lines = samples.messages(receipts, seed, until, days)
        else:
            lines = samples.generate(conversations, seed, until, days)
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
