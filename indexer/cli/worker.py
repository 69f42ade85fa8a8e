"""`indexer worker`: the Celery worker."""

import enum
import warnings
from typing import Annotated

import typer

from indexer.cli.app import app


class LogLevel(enum.StrEnum):
    """The standard library's levels."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


@app.command()
def worker(
    queues: Annotated[
        str, typer.Option("--queues", help="Queues to take from, with commas between.")
    ] = "live,backfill,maintenance",
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when nothing is left to do.")] = False,
    no_beat: Annotated[bool, typer.Option("--no-beat", help="Leave the schedule to another worker.")] = False,
    processes: Annotated[
        int | None, typer.Option("--processes", min=1, help="How many; else INDEXER_WORKER_PROCESSES.")
    ] = None,
    log_level: Annotated[LogLevel, typer.Option("--log-level", help="What is logged from here on.")] = LogLevel.WARNING,
) -> None:
    """Index what changes, until interrupted (Ctrl-C: what is under way is finished first)."""
    from indexer.pipeline.connections import Connections
    from indexer.pipeline.idling import IdleWatch
    from indexer.pipeline.scraping import figures_served
    from indexer.search import ensure_dataset
    from indexer.settings import settings
    from indexer.tasks import QUEUES
    from indexer.tasks import app as celery

    unknown = set(queues.split(",")) - set(QUEUES)
    if unknown:
        raise typer.BadParameter(f"no queue {', '.join(sorted(unknown))}; there are {', '.join(QUEUES)}")
    here = Connections(settings())
    here.expect_redis()
    here.store.dispose()
    ensure_dataset(here.search, here.settings.index_prefix, "conversations")
    here.search.close()
    # Celery warns of pickle as root; only JSON is accepted here.
    warnings.filterwarnings("ignore", message=".*superuser privileges.*")
    arguments = [
        "--quiet",
        "worker",
        "--queues",
        queues,
        "--loglevel",
        log_level.value,
        "--without-mingle",
        "--without-gossip",
    ]
    if not no_beat:
        arguments.append("--beat")
    if processes:
        arguments += ["--concurrency", str(processes)]
    watch = IdleWatch(celery)
    if until_idle:
        from celery.signals import worker_ready

        @worker_ready.connect(weak=False)
        def _watch(**_: object) -> None:
            watch.start()

    try:
        with figures_served(here.settings):
            celery.worker_main(arguments)
    finally:
        if watch.fault is not None:
            raise watch.fault
