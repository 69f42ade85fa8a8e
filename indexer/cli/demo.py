"""`indexer demo`: the main job on an empty machine, by the usual commands."""

import shlex
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from indexer.cli.app import app
from indexer.cli.audited import record

_INDEXER = (sys.executable, "-P", "-m", "indexer")  # -P: do not import files from the user's directory
_WORKSPACE = "demo"
_DAYS = 90
_SHOWN_DAYS = 28


@app.command()
def demo(
    conversations: Annotated[
        int, typer.Option("--conversations", min=1, help="How many conversations the sample workspace has.")
    ] = 5_000,
    seed: Annotated[
        int, typer.Option("--seed", help="The seed of the sample. A different seed makes a different workspace.")
    ] = 1,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Exit after printing the reports.")] = False,
    port: Annotated[int, typer.Option("--port", help="The port of the dashboard.")] = 8080,
) -> None:
    """Load a sample workspace, index it through the real workers, print reports, and serve the dashboard.

    Starts the embedded services whose URL is not set. Conversations that an earlier demo saved are not saved again.
    """
    from indexer.cli.progress import count_progress
    from indexer.cli.serve import listening
    from indexer.connections import connections
    from indexer.intake.load_sample import load_sample
    from indexer.sample import DEFAULT_END, NODES_OF_WELCOME

    if not no_serve and port:
        listening("127.0.0.1", port).close()  # before the long steps
    workspace = _WORKSPACE if seed == 1 else f"{_WORKSPACE}-{seed}"
    here = connections()
    with count_progress("saving conversations", conversations) as on_done:
        loaded = load_sample(here.store, workspace, conversations, seed=seed, days=_DAYS, on_done=on_done)
    with here.store.begin() as connection:
        record(connection, "sample_loaded", workspace=workspace, details={"created": loaded.created})
    typer.echo(f"{loaded.created:,} saved, {loaded.unchanged:,} already stored", err=True)
    _index_through_workers()

    last = datetime.fromtimestamp(DEFAULT_END, UTC).date() - timedelta(days=1)
    first = last - timedelta(days=_SHOWN_DAYS - 1)
    options = ("--workspace", workspace, "--from", str(first), "--to", str(last))
    _run("report", "run", "new_inbound_conversations", *options, "--format", "table")
    at_once = (*options, "--interval", "range", "--format", "table")
    _run(
        "report", "run", "message_performance", *at_once, "--group-by", "content_title", "--where", "content_type=email"
    )
    of_series = (word for node in NODES_OF_WELCOME for word in ("--where", f"node={node}"))
    _run("report", "run", "series_nodes", *at_once, *of_series)
    _run(
        *("people", "list", 'plan is "free" and event "export" count > 3', "--workspace", workspace, "--limit", "5"),
        *("--columns", "name,custom.plan,event.export.count,last_seen_at", "--format", "table"),
    )
    if not no_serve:
        with suppress(KeyboardInterrupt):  # the way to stop it
            _run("serve", "--port", str(port), "--link")


def _index_through_workers() -> None:
    """Start a worker that stops when nothing is left to do, and show its progress."""
    from indexer.cli.progress import count_progress
    from indexer.connections import connections
    from indexer.operations.queue_status import read_depth
    from indexer.store.queue.changes import Depth
    from indexer.worker.until_idle import wait_until_empty

    here = connections()
    with here.store.connect() as connection:
        queued = read_depth(connection)
    total = queued.unindexed
    command = [*_INDEXER, "worker", "--until-idle", "--no-beat", "--log-level", "WARNING", "--quiet"]
    with subprocess.Popen(command) as worker, count_progress("indexing", total) as on_done:

        def show(found: Depth) -> None:
            if worker.poll() not in (None, 0):
                raise typer.Exit(worker.returncode)
            on_done(max(0, total - found.unindexed))

        wait_until_empty(here, show)
    if worker.returncode:
        raise typer.Exit(worker.returncode)


def _run(*arguments: str) -> None:
    """Run one of our own commands, and show it first."""
    typer.echo(f"\n$ indexer {shlex.join(arguments)}", err=True)
    code = subprocess.run([*_INDEXER, *arguments], check=False).returncode
    if code:
        raise typer.Exit(code)
