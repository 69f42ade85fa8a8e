"""The output of `indexer status`: lines for a screen, and an object for programs."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import typer

from indexer.calendar.durations import duration
from indexer.operations.index_status import ReadIndex
from indexer.operations.job_status import JobStatus
from indexer.operations.overview import Overview
from indexer.operations.queue_status import QueueStatus
from indexer.store.signs import Role, Sign

_WHAT = 11


def as_rows(found: Overview, shown: Sequence[ReadIndex]) -> list[dict[str, str]]:
    """One row for each thing: `what`, its `name`, its `state` in a word, and a `detail`."""
    return [
        *_queues(found),
        *_events(found),
        *_programs(found),
        *_quarantine(found),
        *map(_job, found.jobs),
        *_indices(found, shown),
    ]


def print_rows(rows: Iterable[dict[str, str]]) -> None:
    """Print a line or two for each row, none wider than the terminal; `what` only if it differs from the row above."""
    import shutil
    import textwrap

    width = max(40, shutil.get_terminal_size().columns)
    above = ""
    for row in rows:
        said = " ".join(filter(None, (f"{row['name']}:" if row["name"] else "", row["detail"])))
        first = f"{row['what'] if row['what'] != above else '':<{_WHAT}} "
        typer.echo(
            textwrap.fill(
                said, width, initial_indent=first, subsequent_indent=" " * (_WHAT + 3), break_on_hyphens=False
            )
        )
        above = row["what"]


def as_object(found: Overview, shown: Sequence[ReadIndex]) -> dict[str, Any]:
    """The whole status with its numbers; times are ISO 8601."""
    return {
        "at": _moment(found.at),
        "waiting": found.waiting,
        "due": found.due,
        "oldest_age_seconds": found.oldest_age_seconds,
        "queues": [
            {
                "dataset": one.dataset.name,
                **one.depth._asdict(),
                "stopped": None if one.stop is None else one.stop.reason,
            }
            for one in found.queues
        ],
        "waiting_events": [
            {
                "dataset": one.dataset.name,
                **one.waiting._asdict(),
                "awaited": [{"workspace": workspace_id, "id": id_} for workspace_id, id_ in one.awaited],
            }
            for one in found.events
        ],
        "workers": [_sign(one) for one in found.alive("worker")],
        "last_worker": _sign(found.last("worker")),
        "last_beat": _sign(found.last("beat")),
        "jobs": [one._asdict() for one in found.jobs],
        "indices": [
            {
                "dataset": one.status.dataset,
                "index": one.status.index,
                "version": one.status.version,
                "documents": one.status.documents,
                "bytes": one.status.size,
                "health": one.status.health,
                "newest_updated_at": None if one.newest is None else _moment(one.newest),
            }
            for one in shown
        ],
    }


def described(sign: Sign) -> str:
    """A process in words: its host and its work, or the time since it is silent."""
    where = f"{sign.role} on {sign.host} (pid {sign.pid})"
    if sign.alive:
        processes = "1 process" if sign.processes == 1 else f"{sign.processes} processes"
        does = f", {processes}, queues {', '.join(sign.queues)}" if sign.role == "worker" else ""
        return f"{where}{does}, last seen {_ago(sign.silent_seconds)}"
    return f"{where} {'ended' if sign.ended_at else 'was last seen'} {_ago(sign.silent_seconds)}"


def _queues(found: Overview) -> Iterator[dict[str, str]]:
    for queue in found.queues:
        depth = queue.depth
        if queue.stop is not None:
            detail = f"indexing has stopped: {queue.stop.reason}; correct the cause, then: indexer quarantine resume"
            yield _row("due", queue.dataset.name, "stopped", detail)
        elif depth.unindexed:
            yield _row("due", queue.dataset.name, "due" if depth.due else "moving", _depth(queue))
        else:
            yield _row("due", queue.dataset.name, "ok", "all changes are in the index")


def _depth(queue: QueueStatus) -> str:
    depth = queue.depth
    parts = (
        f"{depth.due:,} due",
        f"{depth.leased:,} with a worker" if depth.leased else "",
        f"{depth.waiting:,} put off for a moment" if depth.waiting else "",
        f"the oldest {duration(depth.oldest_age_seconds)} old",
    )
    return ", ".join(filter(None, parts))


def _events(found: Overview) -> Iterator[dict[str, str]]:
    for one in found.events:
        if one.waiting.events:
            yield _row("events", one.dataset.name, "waiting", f"{one.detail}: import them too")


def _programs(found: Overview) -> Iterator[dict[str, str]]:
    living = found.alive("worker")
    for sign in living:
        yield _row("workers", "", "ok", described(sign))
    if not living:
        yield _row("workers", "", "none", _none("worker", found.last("worker"), "indexer worker"))
    beats = found.alive("beat")
    for sign in beats:
        yield _row("beat", "", "ok", described(sign))
    if not beats:
        yield _row("beat", "", "none", _none("beat", found.last("beat"), "indexer worker"))


def _none(role: Role, last: Sign | None, remedy: str) -> str:
    return f"no {role} runs: {remedy}" if last is None else f"no {role} runs, the {described(last)}: {remedy}"


def _quarantine(found: Overview) -> Iterator[dict[str, str]]:
    if not found.quarantined:
        yield _row("quarantine", "", "ok", "empty")
    for queue in found.queues:
        if queue.depth.quarantined:
            detail = f"{queue.depth.quarantined:,} could not be indexed: indexer quarantine list"
            yield _row("quarantine", queue.dataset.name, "entries", detail)


def _job(job: JobStatus) -> dict[str, str]:
    far = f"{job.done:,}" if job.total is None else f"{job.done:,} of {job.total:,}"
    rate = f"{job.per_second:,.0f} a second" if job.per_second else ""
    nobody = "no worker takes its work; start one: indexer worker" if job.unattended else ""
    parts = (job.state, far, rate, nobody, f"error: {job.error}" if job.error else "")
    return _row(job.kind, job.name, "unattended" if job.unattended else job.state, ", ".join(filter(None, parts)))


def _indices(found: Overview, shown: Sequence[ReadIndex]) -> Iterator[dict[str, str]]:
    for one in shown:
        documents = (
            "documents cannot be counted" if one.status.documents is None else f"{one.status.documents:,} documents"
        )
        newest = "" if one.newest is None else f"the newest updated {_ago((found.at - one.newest).total_seconds())}"
        detail = ", ".join(filter(None, (f"version {one.status.version}", documents, newest, one.status.health)))
        yield _row("index", one.status.dataset, one.status.health, detail)
    if not shown:
        yield _row("index", "", "none", "missing, or not visible")


def _ago(seconds: float) -> str:
    return f"{duration(max(0, round(seconds)))} ago" if seconds >= 0 else f"{duration(round(-seconds))} from now"


def _row(what: str, name: str, state: str, detail: str) -> dict[str, str]:
    return {"what": what, "name": name, "state": state, "detail": detail}


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _sign(sign: Sign | None) -> dict[str, Any] | None:
    if sign is None:
        return None
    moments = {
        name: value and _moment(value)
        for name in ("began_at", "seen_at", "ended_at")
        for value in [getattr(sign, name)]
    }
    return {**sign._asdict(), **moments, "alive": sign.alive}
