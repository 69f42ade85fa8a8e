"""Checkpoints as the vendor's file writes them, and their documents."""

import json
from itertools import permutations
from typing import Any

import pytest

from indexer.datasets.dataset import Computation, Stored, newest_of
from indexer.datasets.series_checkpoints import SERIES_CHECKPOINTS, incoming_checkpoint
from indexer.errors import Refused
from indexer.messages.checkpoint import Checkpoint, checkpoint_from, read_checkpoint, stored_checkpoint
from indexer.messages.checkpoint_document import STATUS_NAMES, CheckpointDocument, checkpoint_document, left_by
from tests.messages.made_receipts import T

ROW = {
    "user_id": "5f1",
    "company_id": "-1",
    "ruleset_id": "101",
    "status_code": "1",
    "status_name": "",
    "created_at": str(T),
    "last_processed_at": str(T + 60),
    "expires_at": "-1",
    "times_processed": "3",
}
MEANT = Checkpoint("5f1", "101", T, status_code=1, last_processed_at=T + 60, times_processed=3)


def test_a_row_of_the_file_and_the_same_as_json_are_one_checkpoint() -> None:
    assert read_checkpoint(ROW) == MEANT
    typed = {"type": "checkpoint", "user_id": "5f1", "company_id": -1, "ruleset_id": 101, "status_code": 1}
    typed |= {"created_at": T, "last_processed_at": T + 60, "expires_at": None, "times_processed": 3.0}
    assert read_checkpoint(typed) == MEANT
    assert checkpoint_from(stored_checkpoint(MEANT)) == MEANT


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("", None),
        (0, 0),
        ("0", 0),
        (-7, -7),
        ("-7", -7),
        (10**30, None),
        ("9" * 19, None),
        ("done", None),
        (True, None),
    ],
)
def test_a_status_code_is_any_whole_number(said: Any, code: int | None) -> None:
    assert read_checkpoint(ROW | {"status_code": said}).status_code == code


@pytest.mark.parametrize("name", ["user_id", "ruleset_id", "created_at"])
def test_a_checkpoint_without_person_node_or_time_is_refused(name: str) -> None:
    with pytest.raises(Refused, match=f"{name}: is missing"):
        read_checkpoint(ROW | {name: ""})


def test_a_checkpoint_is_known_by_person_company_node_second_and_ordinal() -> None:
    others: list[dict[str, Any]] = [
        {"user_id": "5f2"},
        {"company_id": "c"},
        {"ruleset_id": "102"},
        {"created_at": T + 1},
    ]
    some = [MEANT, *(read_checkpoint(ROW | other) for other in others), read_checkpoint(ROW, 1)]
    assert len({one.checkpoint_id for one in some}) == len(some)
    assert len({one.visitor for one in some}) == 4
    moved_on = read_checkpoint(ROW | {"status_code": "4", "times_processed": "9", "last_processed_at": ""})
    assert (moved_on.checkpoint_id, moved_on.visitor) == (MEANT.checkpoint_id, MEANT.visitor)


def test_the_version_that_was_processed_later_is_kept_in_every_order() -> None:
    versions = [
        read_checkpoint(ROW | {"last_processed_at": "", "status_code": "0"}),
        read_checkpoint(ROW | {"times_processed": "10"}),
        MEANT,
        read_checkpoint(ROW | {"times_processed": "10", "status_code": "4"}),
    ]
    for order in permutations(map(incoming_checkpoint, versions)):
        kept = newest_of(order, force=False)[MEANT.checkpoint_id]
        assert checkpoint_from(kept.payload).status_code == 4


def test_an_imported_checkpoint_is_one_of_its_visitors_series() -> None:
    one = SERIES_CHECKPOINTS.incoming(json.dumps(ROW | {"ordinal": 2}).encode())
    assert (one.entity_id, one.series) == (read_checkpoint(ROW, 2).checkpoint_id, MEANT.visitor)
    assert (one.created_at, one.updated_at) == (T, T + 60)


def test_a_document_has_the_facts_of_its_checkpoint() -> None:
    assert checkpoint_document(MEANT, "w", 7, first_pass=True) == CheckpointDocument(
        workspace_id="w",
        checkpoint_id=MEANT.checkpoint_id,
        metrics_version=1,
        user_id="5f1",
        ruleset_id="101",
        created_at=T,
        first_pass=True,
        revision=7,
        status_code=1,
        left_by="exited_primary",
        last_processed_at=T + 60,
        times_processed=3,
    )
    stored = Stored("w", MEANT.checkpoint_id, stored_checkpoint(MEANT), 7, deleted=False, is_first=False)
    assert json.loads(SERIES_CHECKPOINTS.document(stored, Computation("w"), 9)) == {
        "workspace_id": "w",
        "checkpoint_id": MEANT.checkpoint_id,
        "metrics_version": 1,
        "user_id": "5f1",
        "ruleset_id": "101",
        "created_at": T,
        "first_pass": False,
        "revision": 9,
        "status_code": 1,
        "left_by": "exited_primary",
        "last_processed_at": T + 60,
        "times_processed": 3,
    }


@pytest.mark.parametrize(
    ("code", "name", "left"),
    [
        *((code, "", left) for code, left in STATUS_NAMES.items()),
        (99, "", None),
        ("", "", None),
        (99, "Went fishing", "Went fishing"),
        (1, "Went fishing", "Went fishing"),
        ("", 12, "12"),
    ],
)
def test_the_given_name_of_a_status_goes_before_ours(code: Any, name: Any, left: str | None) -> None:
    assert left_by(read_checkpoint(ROW | {"status_code": code, "status_name": name})) == left
