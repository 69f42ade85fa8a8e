"""Opening a side: from its name to pages of documents in the order of their keys, checked before anything is read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from indexer.connections import Connections
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.registry import dataset_named, datasets
from indexer.diff.document_files import file_pages
from indexer.diff.selection import Selection
from indexer.diff.sides import Side, SideKind
from indexer.diff.stored_sides import source_pages, vendor_pages
from indexer.differences.key_join import Entry
from indexer.errors import OperatorError
from indexer.search import IndexName, index_behind
from indexer.search.key_scan import refresh
from indexer.search.scan import count, scan
from indexer.store.jobs.backfills import Selected, count_selected

Pages = Iterator[list[Entry]]


@contextmanager
def open_side(
    side: Side, selection: Selection, here: Connections, on_uncomputable: Callable[[], None]
) -> Iterator[Pages]:
    """The side's pages; raises `OperatorError` if the side does not exist or, as a file, is broken."""
    match side.kind:
        case SideKind.FILE:
            with file_pages(side.name, selection) as pages:
                yield pages
        case SideKind.SOURCE:
            yield source_pages(here.store, selection, on_uncomputable, bots_interrupt=here.settings.literal_reply_times)
        case SideKind.VENDOR:
            yield vendor_pages(here.store, selection)
        case SideKind.INDEX | SideKind.PIPELINE:
            yield _index_pages(here, index_of(side, here), selection)


def count_expected(side: Side, selection: Selection, here: Connections) -> int:
    """The number of the side's documents, 0 if unknown; raises `OperatorError` if an index does not exist."""
    match side.kind:
        case SideKind.FILE:
            return 0
        case SideKind.SOURCE | SideKind.VENDOR:
            selected = Selected(selection.workspace_id, selection.created_from, selection.created_until)
            with here.store.connect() as connection:
                return count_selected(connection, selected, CONVERSATIONS)[0]
        case SideKind.INDEX | SideKind.PIPELINE:
            return count(here.search, index_of(side, here), selection.filters())


def index_of(side: Side, here: Connections) -> str:
    """The index or alias of a side; raises `OperatorError` if it does not hold conversations."""
    if side.kind is SideKind.PIPELINE:
        return here.alias
    names = [each.name for each in datasets()]
    name = here.alias_of(dataset_named(side.name)) if side.name in names else side.name
    physical = IndexName.parse(name) or IndexName.parse(index_behind(here.search, name) or "")
    if physical is not None and physical.dataset != CONVERSATIONS.name:
        raise OperatorError(f"{name} holds {physical.dataset}", "only documents of conversations are compared")
    return name


def _index_pages(here: Connections, index: str, selection: Selection) -> Pages:
    refresh(here.search, index)
    for page in scan(here.search, index, filters=selection.filters()):
        entries = [Entry((one.workspace_id, one.entity_id), one.body) for one in page]
        yield entries if selection.share >= 1 else [entry for entry in entries if selection.takes(entry.key)]
