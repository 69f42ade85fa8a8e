"""The values that a shell proposes for options and arguments; no service is started for this."""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from indexer.cli.shared_options import DEFAULT_DATASET, EVENTS, MESSAGES

if TYPE_CHECKING:
    from indexer.reports import Definition

_INTERVALS = ("day", "week", "month", "range")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def report_names() -> list[str]:
    """The reports' names, as their files are called."""
    from indexer.resources import resource_dirs

    files = [file for place in resource_dirs("queries") for file in place.glob("*/*.yaml")]
    return sorted(file.stem for file in files if file.name != "dataset.yaml" and file.parent.name != "dashboards")


def group_names() -> list[str]:
    """The words by which the report can be grouped."""
    report = _report()
    return [] if report is None else [str(name) for name in report.group_by]


def conditions() -> list[str]:
    """The fields that a report's conditions may name, with the sign after them."""
    report = _report()
    return [] if report is None else [f"{name}=" for name in report.words]


def parameter_names() -> list[str]:
    """The parameters of a report, with the sign after them."""
    report = _report()
    return [] if report is None else [f"{name}=" for name in report.parameters]


def _report() -> "Definition | None":
    """The report that the line names: an unfinished line is not parsed, so its words are searched."""
    from indexer.answers.own_reports import installed_reports
    from indexer.settings import settings

    reports = installed_reports(settings()).reports
    return next((reports[word] for word in _line().split() if word in reports), None)


def _line() -> str:
    """The line to be completed."""
    return os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS") or ""


def field_names() -> list[str]:
    """The fields of a document of the dataset that the line names, without one of a conversation."""
    from indexer.datasets.conversation_fields import GROUPS

    words = _line().split()
    if "--dataset" in words and DEFAULT_DATASET not in words:
        from indexer.datasets.registry import datasets

        return [field.path for each in datasets() if each.name in words for field in each.fields]
    return [path for group in GROUPS for path in group.explained]


def time_zones() -> list[str]:
    """The zones of the database of time zones."""
    from importlib import resources

    return (resources.files("tzdata") / "zones").read_text(encoding="utf-8").split()


def dataset_names() -> list[str]:
    """The datasets."""
    from indexer.search import datasets

    return datasets()


def workspace_names() -> list[str]:
    """The workspaces in the store, if it is running; nothing otherwise, and nothing if it does not answer soon."""
    import psycopg

    from indexer.services import Service, running_url
    from indexer.settings import settings
    from indexer.store.entities.workspace_contents import WORKSPACE_IDS

    url = running_url(settings(), Service.POSTGRESQL)
    if url is None:
        return []
    with psycopg.connect(url, connect_timeout=2, options="-c statement_timeout=2000") as connection:
        return [row[0] for row in connection.execute(WORKSPACE_IDS)]


VALUES: dict[str, Callable[[], Iterable[str]]] = {
    "--workspace": workspace_names,
    "--time-zone": time_zones,
    "--interval": lambda: _INTERVALS,
    "--week-start": lambda: _WEEKDAYS,
    "--group-by": group_names,
    "--where": conditions,
    "--param": parameter_names,
    "--dataset": dataset_names,
    "--fields": field_names,
    "--ignore": field_names,
    "--month": lambda: ("this", "last"),
    "--from": lambda: ("today", "yesterday"),
    "--sort": lambda: ("value", "name", "count"),
    "--report": lambda: ("detailed", "overview"),
    "--times": lambda: ("iso", "epoch"),
    "--pipelines": lambda: ("new", "rest", "legacy", "all"),
    "NAME": report_names,
    "FIELD": field_names,
    "WORKSPACE": workspace_names,
    "DATASET": dataset_names,
}
"""The proposals by option, or by the name of an argument in the help."""


OF_COMMANDS: dict[tuple[str, str], Callable[[], Iterable[str]]] = {
    ("alerts create", "--report"): report_names,
    ("import", "--dataset"): lambda: [*dataset_names(), MESSAGES, EVENTS],
}
"""The proposals of an option that has others in one command, by the name of that command."""


def proposals(source: Callable[[], Iterable[str]], begun: str) -> list[str]:
    """The values that begin with the typed text; none, rather than an error in the shell, if they cannot be read."""
    try:
        return [value for value in source() if value.startswith(begun)]
    except Exception:  # an error would be printed into the line that the user is typing
        return []
