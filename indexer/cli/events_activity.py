"""`indexer events activity`: how often people did something, and how many had begun to."""

from typing import Annotated

import typer

from indexer.cli.events import events_app
from indexer.cli.output import FormatOption, counted, print_records
from indexer.cli.people_options import WorkspaceOption
from indexer.cli.report_options import naming_options
from indexer.cli.shared_options import FirstDayOption, LastDayOption
from indexer.errors import OperatorError


@events_app.command("activity")
def activity(
    name: Annotated[str, typer.Argument(metavar="EVENT", help="The name of the event.")],
    *,
    workspace: WorkspaceOption,
    first: FirstDayOption,
    to: LastDayOption,
    interval: Annotated[
        str, typer.Option("--interval", metavar="day|week|month", help="The length of a period.")
    ] = "day",
    output: FormatOption = None,
) -> None:
    """Show how often people did something in each period, and how many of them did it for the first time.

    Days are those of the workspace's time zone. "events" and "people" count single events, which are kept for some
    months; a period that has lost some of them shows neither. "first" and "so far" cover all time: the people who did
    it for the first time in the period, and everyone who had done it by its end, also in percent of the people there
    are now.
    """
    from pydantic import ValidationError

    from indexer.connections import connected
    from indexer.reports import Interval, Question
    from indexer.reports.invalid_question import fault
    from indexer.reports.time_in_state import bounds_of
    from indexer.store.entities.event_activity import read_event_activity
    from indexer.store.entities.workspaces import get_workspace

    if interval not in {"day", "week", "month"}:
        raise OperatorError(f"--interval: {interval!r} is not a period", "choose day, week or month")
    with connected() as here, here.store.connect() as connection, naming_options("events activity"):
        zone = get_workspace(connection, workspace).time_zone
        asked = {"workspace": workspace, "from": first, "to": to, "time_zone": zone, "interval": interval}
        try:
            question = Question.model_validate(asked)
        except ValidationError as error:
            raise fault(error.errors()[0]) from error
        bounds = bounds_of(question, question.span, Interval(interval), whole=True)
        edges = [start for start, _ in bounds.values()] + [end for _, end in list(bounds.values())[-1:]]
        found = read_event_activity(connection, workspace, name, edges)
    records = [
        {
            "period": period.isoformat(),
            "events": one.events,
            "people": one.people,
            "first": one.first_uses,
            "so_far": one.so_far,
            "percent_so_far": round(100 * one.so_far / found.everybody, 1) if found.everybody else None,
        }
        for period, one in zip(bounds, found.periods, strict=True)
    ]
    print_records(records, list(records[0]), output, people=dict.fromkeys(("first", "so_far"), counted))
