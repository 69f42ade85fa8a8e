"""How commands print a rebuild: its plan, its progress, and how it stands."""

from typing import TYPE_CHECKING, Any

from indexer.cli.output import Format, counted, in_words, output_format, print_json, print_records

if TYPE_CHECKING:
    from indexer.indexing.rebuild_plan import Plan
    from indexer.operations.rebuild_status import RebuildStatus
    from indexer.store.jobs.rebuilds import Rebuild


def record_of_status(found: "RebuildStatus") -> dict[str, Any]:
    """A rebuild in progress and the progress of its history, with the names of JSON output."""
    rebuild = found.rebuild
    record = {
        "dataset": rebuild.dataset,
        "step": rebuild.step,
        "about": found.about,
        "from_index": rebuild.from_index,
        "to_index": rebuild.to_index,
        "started_at": rebuild.started_at.isoformat(timespec="seconds"),
        "swapped_at": rebuild.swapped_at and rebuild.swapped_at.isoformat(timespec="seconds"),
        "acting": found.acting,
        "error": rebuild.last_error,
    }
    if found.backfill is None:
        return record
    history, progress = found.backfill, found.backfill.progress
    return record | {
        "backfill": history.backfill.state,
        "done": progress.conversations,
        "conversations": history.backfill.conversations,
        "refused": progress.refused,
        "per_second": round(history.per_second),
        "seconds_left": None if history.seconds_left is None else round(history.seconds_left),
        "backfill_error": progress.last_error,
    }


def print_status(found: "RebuildStatus", output: Format | None) -> None:
    """A rebuild in progress as a table for people."""
    rows = [
        {"what": what.replace("seconds", "time").replace("_", " "), "value": _in_words(what, value)}
        for what, value in record_of_status(found).items()
        if value is not None
    ]
    print_records(rows, ["what", "value"], output)


def print_plan(plan: "Plan", current: "Rebuild | None", output: Format | None) -> None:
    """What a rebuild would do, and the step of the one in progress."""
    record = plan._asdict() | {"going_on": None if current is None else current.step}
    if output_format(output) is Format.JSON:
        print_json(record)
        return
    print_records(
        [{"what": name.replace("_", " "), "value": value} for name, value in record.items()], ["what", "value"], output
    )


def print_rebuild(done: "Rebuild", output: Format | None) -> None:
    """A rebuild as it stands."""
    record = {
        name: value.isoformat(timespec="seconds") if hasattr(value, "isoformat") else value
        for name, value in done._asdict().items()
    }
    if output_format(output) is Format.JSON:
        print_json(record)
    else:
        print_records([record], ["step", "from_index", "to_index", "started_at", "swapped_at"], output)


def _in_words(what: str, value: object) -> str:
    from indexer.calendar.durations import duration

    if isinstance(value, int) and not isinstance(value, bool):
        return duration(value) if what.startswith("seconds") else counted(value)
    return in_words(value)
