"""Changes that the answer of a report does not include yet, for its readers."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from sqlalchemy import Connection

    from indexer.reports import Answer, Definition, Waiting


def say_what_is_missing(
    report: "Definition", answer: "Answer", store: "Callable[[], AbstractContextManager[Connection]]"
) -> "Waiting | None":
    """Say on standard error how much of the workspace is still to be indexed, and what to do if no worker runs.

    Returns None if nothing is, or if the store cannot be asked: the index alone answers reports.
    """
    from sqlalchemy.exc import SQLAlchemyError

    from indexer.datasets.registry import dataset_named
    from indexer.errors import ServiceUnavailable
    from indexer.operations.freshness import still_to_be_indexed, wait_for_a_worker, waiting_of
    from indexer.services import Service, running_url
    from indexer.settings import settings
    from indexer.store.signs import list_signs, takers

    dataset = dataset_named(report.dataset)
    if running_url(settings(), Service.POSTGRESQL) is None:
        return None
    try:
        with store() as connection:
            found = waiting_of(connection, answer.workspace, dataset)
            attended = bool(found) and bool(takers(list_signs(connection), "live"))
    except (ServiceUnavailable, SQLAlchemyError):
        return None
    if found is None:
        return None
    if attended:
        moment = datetime.fromtimestamp(found.as_of, ZoneInfo(answer.time_zone))
        typer.echo(f"as of {moment:%Y-%m-%d %H:%M:%S}: {still_to_be_indexed(found, dataset)}", err=True)
    else:
        typer.echo(wait_for_a_worker(found, dataset), err=True)
    return found
