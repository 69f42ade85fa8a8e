"""A worker whose clock is wrong."""

import pytest

from tests.faults.faulty import Faulty, Note, everything_is_right
from tests.faults.histories import conversations, versions

pytestmark = pytest.mark.services

DID_SOMETHING = '"indexed"'
ROUNDS = 60


@pytest.mark.parametrize("seconds", [3600, -3600], ids=["ahead", "behind"])
def test_the_clock_of_one_worker_may_be_an_hour_off(installation: Faulty, note: Note, seconds: int) -> None:
    raws = conversations(300)
    accepted = installation.imports(versions(raws, 1, of=ROUNDS))
    wrong = installation.worker(script=["tests.faults.worker_with_wrong_clock", str(seconds)])
    note("drained by it alone after", installation.drains())
    assert DID_SOMETHING in wrong.log
    right = installation.worker()
    for number in range(2, ROUNDS):
        accepted += installation.saves(versions(raws, number, of=ROUNDS))  # nobody is woken
        note("drained by whichever is first after", installation.drains())
        if DID_SOMETHING in right.log:
            break
    else:
        raise AssertionError("the other worker did nothing")
    accepted += installation.imports(raws)
    note("drained by both after", everything_is_right(installation, raws, accepted=accepted))
    assert wrong.lives
    assert right.lives
