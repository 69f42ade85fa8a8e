"""When a worker counts as stuck; its restart is tested in `tests/test_worker.py`."""

from collections.abc import Iterable

import pytest

from indexer.worker.watchdog import Look, Progress

IDLE = Look(waiting=0, begun=3, busy=False, beating=True)
UNTOUCHED = IDLE._replace(waiting=7)
PATIENCE, TASK_SECONDS = 60, 180


def looks_until_stuck(looks: Iterable[Look]) -> int | None:
    progress = Progress(PATIENCE, TASK_SECONDS)
    return next((number for number, look in enumerate(looks, 1) if progress.stuck(look)), None)


def test_a_worker_that_leaves_messages_untouched_is_stuck_when_the_patience_is_over() -> None:
    assert looks_until_stuck([IDLE, *[UNTOUCHED] * 1_000]) == 1 + PATIENCE


@pytest.mark.parametrize("look", [UNTOUCHED._replace(busy=True), UNTOUCHED._replace(begun=0)], ids=["busy", "new"])
def test_a_worker_at_work_or_just_started_is_stuck_only_after_the_longest_task_as_well(look: Look) -> None:
    assert looks_until_stuck([look._replace(waiting=0), *[look] * 1_000]) == 1 + PATIENCE + TASK_SECONDS


@pytest.mark.parametrize(
    "look",
    [IDLE, IDLE._replace(busy=True), IDLE._replace(begun=0)],
    ids=["idle, or without Redis", "busy", "new"],
)
def test_a_worker_for_which_nothing_waits_is_never_stuck(look: Look) -> None:
    assert looks_until_stuck([look] * 1_000) is None


def test_a_worker_that_begins_tasks_is_never_stuck_however_much_waits() -> None:
    assert looks_until_stuck(UNTOUCHED._replace(begun=1 + number // 50) for number in range(1_000)) is None


@pytest.mark.parametrize("sign", [IDLE, UNTOUCHED._replace(begun=4)], ids=["nothing waits", "a task is begun"])
def test_one_sign_of_life_and_the_patience_begins_anew(sign: Look) -> None:
    after = UNTOUCHED._replace(begun=sign.begun)
    looks = [IDLE, *[UNTOUCHED] * (PATIENCE - 1), sign, *[after] * 1_000]
    assert looks_until_stuck(looks) == 1 + 2 * PATIENCE


def test_a_worker_whose_beat_is_dead_is_stuck_also_while_it_works() -> None:
    looks = (Look(waiting=1, begun=number, busy=True, beating=False) for number in range(1_000))
    assert looks_until_stuck(looks) == PATIENCE
