"""Opening a side: from its name to pages of documents in the order of their keys, checked before anything is read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from indexer.connections import Connections
from indexer.datasets.dataset import Dataset
from indexer.datasets.registry import dataset_named, datasets
from indexer.diff.document_files import file_pages
from indexer.diff.selection import Selection
from indexer.diff.sides import Side, SideKind
from indexer.diff.stored_sides import source_pages, vendor_pages
from indexer.differences.key_join import Entry
from indexer.errors import OperatorError
from indexer.keys import EntityKey
from indexer.search import IndexName, index_behind
from indexer.search.key_scan import refresh
from indexer.search.scan import count, scan
from indexer.store.jobs.backfills import Selected, count_selected

Pages = Iterator[list[Entry]]


@contextmanager
def open_side(
    side: Side, dataset: Dataset, selection: Selection, here: Connections, on_uncomputable: Callable[[], None]
) -> Iterator[Pages]:
    """The side's pages; raises `OperatorError` if the side does not exist or, as a file, is broken."""
    match side.kind:
        case SideKind.FILE:
            with file_pages(side.name, dataset, selection) as pages:
                yield pages
        case SideKind.SOURCE:
            bots = here.settings.literal_reply_times
            yield source_pages(here.store, dataset, selection, on_uncomputable, bots_interrupt=bots)
        case SideKind.VENDOR:
            yield vendor_pages(here.store, dataset, selection)
        case SideKind.INDEX | SideKind.PIPELINE:
            yield _index_pages(here, index_of(side, dataset, here), dataset, selection)


def count_expected(side: Side, dataset: Dataset, selection: Selection, here: Connections) -> int:
    """The number of the side's documents, 0 if unknown; raises `OperatorError` if an index does not exist."""
    match side.kind:
        case SideKind.FILE:
            return 0
        case SideKind.SOURCE | SideKind.VENDOR:
            selected = Selected(selection.workspace_id, selection.created_from, selection.created_until)
            with here.store.connect() as connection:
                return count_selected(connection, selected, dataset)[0]
        case SideKind.INDEX | SideKind.PIPELINE:
            return count(here.search, index_of(side, dataset, here), selection.filters(dataset))


def index_of(side: Side, dataset: Dataset, here: Connections) -> str:
    """The index or alias of a side; raises `OperatorError` if it holds documents of another dataset."""
    if side.kind is SideKind.PIPELINE:
        return here.alias_of(dataset)
    names = [each.name for each in datasets()]
    name = here.alias_of(dataset_named(side.name)) if side.name in names else side.name
    physical = IndexName.parse(name) or IndexName.parse(index_behind(here.search, name) or "")
    named = side.name if side.name in names else dataset.name
    held = named if physical is None else physical.dataset
    if held != dataset.name:
        raise OperatorError(f"{name} holds {held}", f"to compare two sides of {held}, add --dataset {held}")
    return name


def _index_pages(here: Connections, index: str, dataset: Dataset, selection: Selection) -> Pages:
    refresh(here.search, index)
    for page in scan(here.search, index, key=dataset.key_field, filters=selection.filters(dataset)):
        entries = [Entry(EntityKey(one.workspace_id, one.entity_id), one.body) for one in page]
        yield entries if selection.share >= 1 else [entry for entry in entries if selection.takes(entry.key)]
