"""Checks of the work to do: whether it waits in vain, and whether workers do it."""

from collections.abc import Callable
from functools import wraps

from indexer.calendar.durations import duration
from indexer.checks.check import Check, Finding, Installation, Verdict
from indexer.checks.postgresql import connected
from indexer.embedded.service import Service
from indexer.keys import is_usable_name
from indexer.operations.overview import Overview, read_overview
from indexer.store.database import SCHEMA_REVISION, schema_revision
from indexer.store.entities.workspace_contents import WORKSPACE_IDS
from indexer.store.signs import Role

_MOST_NAMED = 5
_OLD_SECONDS = 300
"""A change that has waited for this long, although a worker is there, is more than a moment's delay."""


def _of_overview(judge: Callable[[Overview], Finding]) -> Callable[[Installation], Finding]:
    """Make a check that judges the overview; without the tables of this release there is nothing to judge."""

    @wraps(judge)
    def check(installation: Installation) -> Finding:
        with connected(installation) as connection:
            match schema_revision(connection):
                case None:
                    return Finding(Verdict.OK, "nothing is stored yet")
                case revision if revision == SCHEMA_REVISION:
                    return judge(read_overview(connection))
                case _:
                    return Finding(Verdict.SKIPPED, "the tables are not those of this release")

    return check


@_of_overview
def changes(found: Overview) -> Finding:
    """Whether changes wait without a worker, or for longer than a worker needs."""
    if not found.waiting:
        return Finding(Verdict.OK, "all changes are in the index")
    detail = f"{found.waiting:,} wait to be indexed, the oldest for {duration(round(found.oldest_age_seconds))}"
    if not found.alive("worker"):
        return Finding(Verdict.WARNING, f"{detail}, and no worker runs", "start one: indexer worker")
    if found.oldest_age_seconds > _OLD_SECONDS:
        return Finding(
            Verdict.WARNING,
            detail,
            "if many are due (see indexer status), add workers; if few, see in the workers' log why they are put off",
        )
    return Finding(Verdict.OK, detail)


@_of_overview
def workers(found: Overview) -> Finding:
    """Whether a worker gives signs of life; one that was told to stop is only missed if something waits."""
    living = found.alive("worker")
    if living:
        hosts = ", ".join(f"{sign.host} (pid {sign.pid})" for sign in living)
        return Finding(Verdict.OK, f"{len(living)} on {hosts}")
    return _absent(found, "worker")


@_of_overview
def beat(found: Overview) -> Finding:
    """Whether the beat gives signs of life: without it, changes that were put off or missed wait for a worker."""
    living = found.alive("beat")
    if living:
        return Finding(Verdict.OK, f"on {living[0].host} (pid {living[0].pid})")
    if found.alive("worker"):
        return Finding(
            Verdict.WARNING,
            "a worker runs without a beat: nothing retries changes that were put off, or removes expired exports",
            "start one worker without --no-beat",
        )
    return _absent(found, "beat")


def _absent(found: Overview, role: Role) -> Finding:
    last = found.last(role)
    if last is None:
        return Finding(Verdict.OK, "none has run yet")
    ago = duration(round(last.silent_seconds))
    where = f"the {role} on {last.host} (pid {last.pid})"
    if last.ended_at is not None:
        return Finding(Verdict.OK, f"none runs; {where} ended {ago} ago")
    return Finding(
        Verdict.WARNING,
        f"none runs; {where} fell silent {ago} ago",
        "see why in its log, and start it again: indexer worker",
    )


@_of_overview
def quarantine(found: Overview) -> Finding:
    """Whether documents could not be indexed, so that readers see old ones or none."""
    if not found.quarantined:
        return Finding(Verdict.OK, "empty")
    return Finding(
        Verdict.WARNING,
        f"{found.quarantined:,} could not be indexed; their documents are old or missing",
        "see why: indexer quarantine list; correct the cause, then: indexer quarantine replay",
    )


@_of_overview
def events(found: Overview) -> Finding:
    """Whether events wait for records that should have come with them."""
    waiting = [one for one in found.events if one.waiting.events]
    if not waiting:
        return Finding(Verdict.OK, "none waits for its record")
    detail = "; ".join(one.detail for one in waiting)
    if max(one.waiting.oldest_age_seconds for one in waiting) <= _OLD_SECONDS:
        return Finding(Verdict.OK, detail)
    return Finding(
        Verdict.WARNING,
        f"{detail}, and until then no report counts them",
        "import what is missing: indexer import --dataset messages or people; if it is lost, the events can stay as is",
    )


@_of_overview
def jobs(found: Overview) -> Finding:
    """Whether workers are there for the rebuilds, backfills and exports that are under way."""
    if not found.jobs:
        return Finding(Verdict.OK, "none is in progress")
    said = ", ".join(f"{job.kind} {job.name}" for job in found.jobs)
    if any(job.unattended for job in found.jobs):
        idle = ", ".join(f"{job.kind} {job.name}" for job in found.jobs if job.unattended)
        return Finding(
            Verdict.WARNING,
            f"no worker works on {idle}",
            "start a worker that takes from the queues backfill and maintenance: indexer worker",
        )
    return Finding(Verdict.OK, f"in progress: {said}")


def workspaces(installation: Installation) -> Finding:
    """Whether the store has workspaces whose names no new workspace could have."""
    with connected(installation) as connection:
        if schema_revision(connection) is None:
            return Finding(Verdict.OK, "none is stored yet")
        names: list[str] = list(connection.exec_driver_sql(WORKSPACE_IDS).scalars())
    odd = [name for name in names if not is_usable_name(name)]
    if not odd:
        return Finding(Verdict.OK, f"{len(names):,}, all with usable names")
    named = ", ".join(repr(name) for name in odd[:_MOST_NAMED])
    return Finding(
        Verdict.WARNING,
        f"{len(odd):,} of {len(names):,} have a name that a new workspace could not have, such as {named}",
        "they still work; to replace such a name, import the records into a workspace with a name of 1 to 100 "
        "printable characters without a colon, then delete them here: indexer conversation delete",
    )


_NEEDS = Service.POSTGRESQL
CHECKS = (
    Check("workspaces", workspaces, _NEEDS),
    Check("changes", changes, _NEEDS),
    Check("workers", workers, _NEEDS),
    Check("beat", beat, _NEEDS),
    Check("quarantine", quarantine, _NEEDS),
    Check("events", events, _NEEDS),
    Check("jobs", jobs, _NEEDS),
)
