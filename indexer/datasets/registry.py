"""The only list of datasets."""

from pathlib import Path

from indexer.datasets.calls import CALLS
from indexer.datasets.companies import COMPANIES
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
from indexer.datasets.people import PEOPLE
from indexer.datasets.series_checkpoints import SERIES_CHECKPOINTS
from indexer.datasets.teammate_statuses import TEAMMATE_STATUSES
from indexer.errors import OperatorError
from indexer.resources import add_resources

_DATASETS: dict[str, Dataset] = {
    each.name: each
    for each in (
        CONVERSATIONS,
        MESSAGE_RECEIPTS,
        PEOPLE,
        CALLS,
        SERIES_CHECKPOINTS,
        TEAMMATE_STATUSES,
        COMPANIES,
    )
}


_TOGETHER = {"messages": (MESSAGE_RECEIPTS, SERIES_CHECKPOINTS)}
"""Names of several datasets, which an import takes: a file can have records of all of them."""


def datasets() -> tuple[Dataset, ...]:
    """All datasets, the largest first."""
    return tuple(_DATASETS.values())


def dataset_named(name: str) -> Dataset:
    """The dataset of that name; raises `OperatorError` if there is none."""
    if name not in _DATASETS:
        refuse_together(name)
        raise OperatorError(f"there is no dataset {name!r}", f"choose one of {', '.join(_DATASETS)}")
    return _DATASETS[name]


def refuse_together(name: str) -> None:
    """Raise `OperatorError` for a name of several datasets."""
    if name in _TOGETHER:
        raise OperatorError(
            f"{name} are two datasets",
            f"choose {' or '.join(each.name for each in _TOGETHER[name])}; only indexer import takes both",
        )


def imported_as(name: str) -> str:
    """What `indexer import --dataset` calls the dataset of that name: several have one name together."""
    return next((said for said, several in _TOGETHER.items() if name in {each.name for each in several}), name)


def add(dataset: Dataset, directory: Path | None = None) -> None:
    """Add a dataset in this process; it replaces one of the same name.

    `directory` has its files, if they are not the package's: `mappings/<dataset>/` and `queries/<dataset>/`. A program
    adds a dataset before it calls `indexer.cli.main`, so that commands and the processes of a worker know it.
    """
    _DATASETS[dataset.name] = dataset
    if directory is not None:
        add_resources(directory)
