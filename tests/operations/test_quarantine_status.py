import pytest

from indexer.datasets.conversations import CONVERSATIONS
from indexer.operations.quarantine_status import FoundEntries
from indexer.store.queue.quarantine import Selection

ALL = Selection(CONVERSATIONS)
MISSING = (("w", "1"),)


@pytest.mark.parametrize(
    ("selection", "entries", "missing", "is_nothing", "is_complete"),
    [
        (ALL, 0, (), False, True),
        (ALL, 3, (), False, True),
        (ALL._replace(workspace_id="w"), 0, (), True, False),
        (ALL._replace(reason="mapping"), 0, (), True, False),
        (ALL._replace(workspace_id="w"), 3, (), False, True),
        (ALL._replace(workspace_id="w", entity_ids=("1", "2")), 1, MISSING, False, False),
        (ALL._replace(workspace_id="w", entity_ids=("1",)), 0, MISSING, False, False),
    ],
)
def test_a_selection_is_complete_if_it_finds_what_it_names(
    selection: Selection,
    entries: int,
    missing: tuple[tuple[str, str], ...],
    is_nothing: bool,
    is_complete: bool,
) -> None:
    found = FoundEntries(selection, entries, missing)
    assert (found.is_nothing, found.is_complete) == (is_nothing, is_complete)
