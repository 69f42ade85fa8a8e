"""The only list of datasets."""

from indexer.datasets.calls import CALLS
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Dataset
from indexer.datasets.teammate_statuses import TEAMMATE_STATUSES
from indexer.errors import OperatorError

_DATASETS: dict[str, Dataset] = {each.name: each for each in (CONVERSATIONS, CALLS, TEAMMATE_STATUSES)}


def datasets() -> tuple[Dataset, ...]:
    """All datasets, the largest first."""
    return tuple(_DATASETS.values())


def dataset_named(name: str) -> Dataset:
    """The dataset of that name; raises `OperatorError` if there is none."""
    if name not in _DATASETS:
        raise OperatorError(f"there is no dataset {name!r}", f"choose one of {', '.join(_DATASETS)}")
    return _DATASETS[name]


def add(dataset: Dataset) -> None:
    """Add a dataset in this process; it replaces one of the same name."""
    _DATASETS[dataset.name] = dataset
