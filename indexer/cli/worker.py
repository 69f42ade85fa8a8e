"""`indexer worker`: the Celery worker."""

import enum
import logging
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.app import app, say

if TYPE_CHECKING:
    from indexer.connections import Connections
    from indexer.settings import Settings

_LOOK_AGAIN_SECONDS = 5.0


class LogLevel(enum.StrEnum):
    """The standard library's levels."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


@app.command()
def worker(
    queues: Annotated[
        str, typer.Option("--queues", help="The queues to work on, separated by commas.")
    ] = "live,backfill,maintenance",
    *,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="Exit when nothing is left to do.")] = False,
    no_beat: Annotated[
        bool, typer.Option("--no-beat", help="Do not run the schedule (the beat), because another worker runs it.")
    ] = False,
    processes: Annotated[
        int | None,
        typer.Option("--processes", min=1, help="How many processes to run. Default: INDEXER_WORKER_PROCESSES."),
    ] = None,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet", help="Print nothing on standard output, and no progress bar. The log is still written."
        ),
    ] = False,
    log_level: Annotated[
        LogLevel, typer.Option("--log-level", help="The lowest level of log events to write.")
    ] = LogLevel.WARNING,
) -> None:
    """Index changes until interrupted. After Ctrl-C, it finishes its work in progress first."""
    import structlog

    from indexer import logs
    from indexer.connections import Connections
    from indexer.settings import settings
    from indexer.tasks import ENDING, QUEUES, TASK_SECONDS
    from indexer.tasks import app as celery
    from indexer.worker.metrics_server import figures_served
    from indexer.worker.until_idle import IdleWatch
    from indexer.worker.watchdog import Watchdog, kill_left_children, restart_command

    restarted = kill_left_children()
    names = queues.split(",")
    unknown = set(names) - set(QUEUES)
    if unknown:
        raise typer.BadParameter(f"there is no queue {', '.join(sorted(unknown))}; choose from {', '.join(QUEUES)}")
    logs.configure(logging.getLevelName(log_level.value))
    used = settings()
    _prepare(Connections(used), patient=restarted)
    # Celery warns of pickle as root; only JSON is accepted here.
    warnings.filterwarnings("ignore", message=".*superuser privileges.*")
    watch = IdleWatch(celery, names)
    if until_idle:
        from celery.signals import worker_ready

        @worker_ready.connect(weak=False)
        def _watch(**_: object) -> None:
            watch.start()

    def exit_code() -> int:
        if watch.fault is None:
            return 1
        say(watch.fault)
        return watch.fault.exit_code

    ENDING.enforce(used.shutdown_seconds, exit_code)
    dog = Watchdog(Connections(used).redis, names, ENDING, used, task_seconds=TASK_SECONDS)
    dog.start()
    try:
        with (
            figures_served(used),
            _gives_signs(used, names, processes or used.worker_processes),
            _says_what_it_does(
                used,
                names,
                processes or used.worker_processes,
                speaks=not quiet,
                restarted=restarted,
                until_idle=until_idle,
            ),
        ):
            celery.worker_main(_arguments(queues, log_level, beat=not no_beat, processes=processes))
    finally:
        if watch.fault is not None:
            raise watch.fault
    if dog.gave_up():
        if not (dog.was_ready() or restarted):
            raise typer.Exit(1)
        structlog.get_logger().error("worker_gave_up")
        time.sleep(_LOOK_AGAIN_SECONDS)
        restart_command()


@contextmanager
def _gives_signs(used: "Settings", queues: Sequence[str], processes: int) -> Iterator[None]:
    """Give signs of life while inside."""
    from celery.signals import worker_ready

    from indexer.tasks import ENDING
    from indexer.worker.signs_of_life import Signs

    signs = Signs(used, "worker", queues, processes)
    signs.begin()

    @worker_ready.connect(weak=False)
    def _go_on(**_: object) -> None:
        signs.start()

    try:
        yield
    finally:
        if ENDING.begun:
            signs.end()


@contextmanager
def _says_what_it_does(
    used: "Settings", queues: Sequence[str], processes: int, *, speaks: bool, restarted: bool, until_idle: bool
) -> Iterator[None]:
    """Print what this worker does while inside; a worker that restarts has printed its purpose already."""
    from celery.signals import worker_ready

    from indexer.cli.worker_lines import WorkerLines
    from indexer.services import Service, service_urls
    from indexer.tasks import ENDING

    _quieten_celery(speaks=speaks, until_idle=until_idle)
    if not speaks:
        yield
        return
    lines = WorkerLines(service_urls(used, Service.POSTGRESQL).database)
    lines.begin(processes, queues, until_idle=until_idle, is_said=restarted)

    @worker_ready.connect(weak=False)
    def _go_on(**_: object) -> None:
        lines.start(shows_bar=until_idle and sys.stderr.isatty())

    try:
        yield
    finally:
        if ENDING.begun:
            lines.end()


def _quieten_celery(*, speaks: bool, until_idle: bool) -> None:
    """Print our own words instead of Celery's when the worker is told to stop."""
    import os

    import celery.apps.worker
    from celery.signals import worker_shutting_down

    celery.apps.worker.safe_say = lambda *_: None

    @worker_shutting_down.connect(weak=False)
    def _ends(how: str, sig: str, **_: object) -> None:
        # An idle worker stops itself by SIGTERM. Written without a lock, because this is a signal handler.
        with suppress(OSError):
            if speaks and how == "Warm" and not (until_idle and sig == "SIGTERM"):
                os.write(1, b"ending: what is under way is finished first; Ctrl-C again ends at once\n")


def _prepare(here: "Connections", *, patient: bool) -> None:
    """Check that all services answer, and make the index if it does not exist; one of an older version gets new fields.

    A worker that was started fails if a service is away; one that restarts is `patient`: it was at work before.
    """
    import structlog

    from indexer.datasets.registry import datasets
    from indexer.errors import ServiceUnavailable
    from indexer.search import ensure_dataset
    from indexer.search.drift import catch_up

    while True:
        try:
            here.expect_redis()
            here.store.dispose()
            for dataset in datasets():
                ensured = ensure_dataset(
                    here.search, here.settings.index_prefix, dataset.name, here.spread, here.owner.installation
                )
                here.owner.expect(ensured.alias)
                for index, fields in catch_up(here.search, here.settings.index_prefix, dataset.name).items():
                    structlog.get_logger().warning(
                        "index_extended", index=index, fields=fields, remedy="indexer index rebuild"
                    )
            here.search.close()
        except ServiceUnavailable as error:
            if not patient:
                raise
            structlog.get_logger().warning("put_off", error=str(error), remedy=error.remedy)
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            return


def _arguments(queues: str, log_level: LogLevel, *, beat: bool, processes: int | None) -> list[str]:
    return [
        "--quiet",
        "worker",
        "--queues",
        queues,
        "--loglevel",
        log_level.value,
        # Nothing listens to what workers tell each other. And if Redis is away, a heartbeat is sent again and again,
        # during which nothing else happens, not even a stop.
        "--without-mingle",
        "--without-gossip",
        "--without-heartbeat",
        *(["--beat"] if beat else []),
        *(["--concurrency", str(processes)] if processes else []),
    ]
