"""Rows a second of the detailed export of messages, against a bare COPY of the same rows, and its memory.

Ours: the ZIP of a file for each statistic, from stored receipts and events to the finished file, in one process, as
`indexer export messages` writes it. `vs_copy` is its rate over that of `COPY (…) TO STDOUT` of the same receipts and
events, which a client reads and throws away. Rows are receipts and events. The peaks are those of a process of the
command, at 100,000 and at 2,000,000 rows.

`--size N` takes N rows instead of the 2,000,000, and a twentieth of that instead of the 100,000.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from time import perf_counter

from benchmarks._harness import Progress, Result, timed_in_turn
from benchmarks._messages import Message, numbered, store_messages, told
from benchmarks._site import Site, peak_of, site
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.errors import OperatorError
from indexer.exports.message_request import read_message_request
from indexer.exports.write_messages import export_messages
from indexer.sample import DEFAULT_DAYS, DEFAULT_END

ROWS = 2_000_000
_TWENTIETH = 20

MOST_ROUNDS = 3
"""A round takes a minute or more."""

_LAST = datetime.fromtimestamp(DEFAULT_END, UTC).date() - timedelta(days=1)
_RANGE = {"from": str(_LAST - timedelta(days=DEFAULT_DAYS - 1)), "to": str(_LAST)}

_COPIES = (
    "COPY (SELECT payload FROM records WHERE dataset = '{dataset}' AND workspace_id = 'large') TO STDOUT",
    "COPY (SELECT payload FROM events WHERE dataset = '{dataset}' AND workspace_id = 'large') TO STDOUT",
)


def run(rounds: int, say: Progress, size: int = ROWS) -> Result:
    """Rows a second, a ratio, and memory in MiB."""
    say("generating messages")
    distinct = [_of_people(message) for message in told().messages]
    with site(say) as here:
        _store(here, "small", distinct, size // _TWENTIETH, say)
        rows = _store(here, "large", distinct, size, say)
        timings = timed_in_turn(
            {"ours": lambda: _export(here, rows) / rows, "copy": lambda: _copy(here, rows) / rows},
            min(rounds, MOST_ROUNDS),
            say,
        )
        say("measuring memory")
        peaks = {f"peak_mb_{name}": _peak(name) for name in ("small", "large")}
    return Result(
        figures={
            "rows_per_second": 1 / timings["ours"].median,
            "copy_rows_per_second": 1 / timings["copy"].median,
            **peaks,
        },
        ratios={"vs_copy": timings["copy"].times(timings["ours"])},
    )


def _of_people(message: Message) -> Message:
    """The message without the events that the detailed export leaves out, so that both write the same rows."""
    return Message(message.receipt, [event for event in message.events if not event.machine])


def _store(here: Site, workspace_id: str, distinct: Sequence[Message], rows: int, say: Progress) -> int:
    """Save about so many rows; returns how many there are."""
    say(f"storing {rows:,} rows")
    here.make_workspace(workspace_id)
    rows_each = sum(1 + len(message.events) for message in distinct) / len(distinct)
    count = max(1, round(rows / rows_each))
    return store_messages(here, workspace_id, islice(numbered(distinct, count), count))


def _export(here: Site, rows: int) -> float:
    """Seconds until the archive is finished."""
    request = read_message_request({"workspace": "large", **_RANGE})
    with tempfile.TemporaryFile() as file:
        begun = perf_counter()
        receipts = export_messages(here.here.store.connect, request, file)
        took = perf_counter() - begun
    with here.here.store.connect() as connection:
        stored = connection.exec_driver_sql(
            "SELECT count(*) FROM records WHERE dataset = %(d)s AND workspace_id = 'large'",
            {"d": MESSAGE_RECEIPTS.name},
        ).scalar_one()
    if receipts != stored:
        raise OperatorError(f"{receipts} of {stored} receipts, {rows} rows, were exported", "mend the indexer first")
    return took


def _copy(here: Site, rows: int) -> float:
    """Seconds until the client has read everything."""
    copied = 0
    with here.here.store.connect() as connection:
        driver = connection.connection.driver_connection
        if driver is None:
            raise TypeError("only an open connection can copy")
        begun = perf_counter()
        for statement in _COPIES:
            with driver.cursor() as cursor:
                with cursor.copy(statement.format(dataset=MESSAGE_RECEIPTS.name)) as copy:
                    for _ in copy:
                        pass
                copied += cursor.rowcount
        took = perf_counter() - begun
    if copied != rows:
        raise OperatorError(f"{copied} of {rows} rows were copied", "mend the benchmark first")
    return took


def _peak(workspace_id: str) -> float:
    """MiB of a process of the command, at its peak."""
    with tempfile.TemporaryDirectory() as directory:
        options = ["--workspace", workspace_id, "--from", _RANGE["from"], "--to", _RANGE["to"]]
        process = subprocess.Popen(
            [sys.executable, "-m", "indexer", "export", "messages", *options, "--output", f"{directory}/messages.zip"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        peak = peak_of(process)
    if process.returncode:
        raise OperatorError("indexer export messages failed", "mend the indexer first")
    return peak
