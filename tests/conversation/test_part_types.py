"""What the types of parts do, as the table of docs/metrics.md has it."""

import pytest

from indexer.conversation.part_types import PART_TYPES, PartType, unknown_part_type


@pytest.mark.parametrize("part_type", PART_TYPES.values(), ids=lambda part_type: part_type.name)
def test_a_type_moves_the_state_if_it_opens_closes_or_snoozes(part_type: PartType) -> None:
    moves = part_type.close or part_type.reopen or part_type.snooze or part_type.unsnooze
    assert part_type.moves_state is moves


def test_notes_and_assignments_alone_do_not_move_the_state() -> None:
    still = {name for name, part_type in PART_TYPES.items() if part_type.action_kinds and not part_type.moves_state}
    assert still == {
        "note", "assignment", "default_assignment", "workflow_assignment", "message_strategy_assignment",
        "balanced_assignment", "away_mode_assignment",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kinds", "moves_state"),
    [
        ("robot_assignment", ("assignment",), False),
        ("merge_and_reopen", ("reopen",), True),
        ("reassign_and_reopen", ("assignment", "reopen"), True),
        ("brand_new", (), False),
        ("", (), False),
    ],
)
def test_an_unknown_type_does_what_its_name_says(name: str, kinds: tuple[str, ...], *, moves_state: bool) -> None:
    found = unknown_part_type(name)
    assert (found.name, found.action_kinds, found.moves_state) == (name, kinds, moves_state)
