"""Calls and statuses of the made-up workspace."""

from collections import defaultdict
from itertools import pairwise

import orjson

from indexer.records import parse_call, parse_status_change
from indexer.records.call import OUTCOMES, outcome
from indexer.sample import calls, status_changes, workspace

END = 1_793_491_200
DAYS = 14


def test_the_same_seed_tells_the_same_and_another_one_something_else() -> None:
    for told in (calls, status_changes):
        assert list(told(1, END, DAYS)) == list(told(1, END, DAYS)) != list(told(2, END, DAYS))


def test_calls_can_be_read_lie_within_the_history_and_come_to_every_end() -> None:
    found = [parse_call(orjson.dumps(one)) for one in calls(1, END, DAYS)]
    assert len({one.id for one in found}) == len(found) == 12 * DAYS
    assert all(END - DAYS * 86_400 <= one.initiated_at < END for one in found)
    assert {one.direction for one in found} == {"inbound", "outbound"}
    assert {outcome(one) for one in found} == OUTCOMES - {"abandoned_on_hold"}


def test_every_teammate_comes_and_goes_and_no_change_repeats_the_status() -> None:
    by_teammate = defaultdict(list)
    for one in status_changes(1, END, DAYS):
        change = parse_status_change(orjson.dumps(one))
        assert END - DAYS * 86_400 <= change.at < END
        by_teammate[change.teammate_id].append(change)
    assert by_teammate.keys() == workspace()["teammates"].keys()
    for changes in by_teammate.values():
        assert all(before.at < after.at and before.status != after.status for before, after in pairwise(changes))
        assert {change.status for change in changes} == {"active", "away", "away_reassign"}
