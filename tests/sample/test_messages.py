"""The outbound messages of the made-up workspace: the vendor's shapes, every statistic, believable proportions."""

from collections import Counter, defaultdict
from itertools import islice, pairwise
from typing import Any

import pytest

from indexer.messages.checkpoint import read_checkpoint
from indexer.messages.event import read_event
from indexer.messages.receipt import read_receipt
from indexer.messages.statistics import CHECKPOINT_COLUMNS, CONTENT_TYPES, EVENTS, RECEIPT_COLUMNS, content_type_of
from indexer.sample import messages, workspace
from indexer.sample.people import contact

Json = dict[str, Any]

END = 1_793_491_200
DAYS = 90

BEYOND_THE_FILES = {"country", "link", "screen_id", "button_id", "machine"}
"""What other sources tell about receipts and events; the vendor's files have no columns for it."""


@pytest.fixture(scope="module")
def lines() -> list[Json]:
    return list(messages(6_000, 1, END, DAYS))


@pytest.fixture(scope="module")
def receipts(lines: list[Json]) -> dict[str, Json]:
    return {line["receipt_id"]: line for line in lines if line["type"] == "receipt"}


@pytest.fixture(scope="module")
def kinds(lines: list[Json], receipts: dict[str, Json]) -> dict[str, set[str]]:
    """The kinds of events of each receipt, without those of machines."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line["type"] in EVENTS and not line.get("machine"):
            found[line["receipt_id"]].add(line["type"])
    return {receipt_id: found[receipt_id] for receipt_id in receipts}


def share(kind: str, kinds: dict[str, set[str]], among: list[str]) -> float:
    """How many of the receipts have such an event, as a part of all."""
    return sum(kind in kinds[receipt_id] for receipt_id in among) / len(among)


def of_type(receipts: dict[str, Json], content_type: str) -> list[str]:
    return [name for name, line in receipts.items() if content_type_of(line["content_type"]) == content_type]


def test_the_same_seed_tells_the_same_and_another_one_something_else(lines: list[Json]) -> None:
    assert list(messages(500, 1, END, DAYS)) == list(messages(500, 1, END, DAYS)) != list(messages(500, 2, END, DAYS))
    assert list(messages(500, 1, END, DAYS)) == lines[: len(list(messages(500, 1, END, DAYS)))]
    assert list(messages(0, 1, END, DAYS)) == []


def test_there_are_so_many_receipts_and_their_ids_differ(lines: list[Json], receipts: dict[str, Json]) -> None:
    assert len(receipts) == sum(line["type"] == "receipt" for line in lines)
    assert 6_000 <= len(receipts) < 6_016
    many = [line["receipt_id"] for line in islice(messages(20_000, 3), 40_000) if line["type"] == "receipt"]
    assert len(set(many)) == len(many)


def test_it_has_the_columns_of_the_export_and_can_be_read(lines: list[Json]) -> None:
    for line in lines:
        kind, columns = line["type"], set(line) - {"type"} - BEYOND_THE_FILES
        if kind == "receipt":
            assert columns == set(RECEIPT_COLUMNS)
            read_receipt(line)
        elif kind == "checkpoint":
            assert columns == set(CHECKPOINT_COLUMNS)
            read_checkpoint(line)
        else:
            assert columns == set(EVENTS[kind].columns)
            assert read_event(line, kind).at == line[EVENTS[kind].at]


def test_every_statistic_and_every_content_type_occurs(lines: list[Json], receipts: dict[str, Json]) -> None:
    assert {line["type"] for line in lines} == {"receipt", "checkpoint", *EVENTS}
    assert {content_type_of(line["content_type"]) for line in receipts.values()} == CONTENT_TYPES


def test_every_event_is_one_that_its_content_can_have_and_lies_within_the_history(
    lines: list[Json], receipts: dict[str, Json]
) -> None:
    for line in lines:
        if line["type"] in EVENTS:
            receipt, statistic = receipts[line["receipt_id"]], EVENTS[line["type"]]
            assert statistic.can_be_of(content_type_of(receipt["content_type"])), line
            assert END - DAYS * 86_400 <= receipt["received_at"] <= line[statistic.at] < END
        elif line["type"] == "checkpoint":
            assert line["created_at"] <= line["last_processed_at"] <= min(line["expires_at"], END - 1)
            assert line["times_processed"] >= 1


def test_people_are_those_of_the_conversations(receipts: dict[str, Json], lines: list[Json]) -> None:
    teammates = workspace()["teammates"]
    for line in receipts.values():
        person = contact(int(line["user_id"]) - 700_000_000)
        assert (line["user_id"], line["user_external_id"]) == (person.id, person.external_id)
        assert line["name"] == person.author.json["name"]
        assert line["company_id"] == (person.company and person.company["id"])
        assert line["email"] in (person.author.json["email"], None)
        assert line["country"] == (person.country and person.country.name)
        assert line["last_state_changed_by"] in teammates
    collected = [line for line in lines if line["type"] == "collected_email"]
    assert all(receipts[line["receipt_id"]]["email"] is None for line in collected)


def test_nobody_gets_a_message_twice_outside_series(receipts: dict[str, Json]) -> None:
    sent = Counter(
        (line["user_id"], line["ruleset_id"], line["content_type"] == "Control Group")
        for line in receipts.values()
        if line["series_id"] is None
    )
    assert set(sent.values()) == {1}


def test_the_shares_of_e_mails_are_believable(receipts: dict[str, Json], kinds: dict[str, set[str]]) -> None:
    mails = of_type(receipts, "email")
    assert len(mails) > 2_000
    for kind, least, most in (
        ("open", 0.3, 0.55),
        ("click", 0.06, 0.2),
        ("reply", 0.005, 0.03),
        ("hard_bounce", 0.005, 0.02),
        ("soft_bounce", 0.01, 0.035),
        ("spam_complaint", 0.0005, 0.006),
        ("unsubscribe", 0.004, 0.02),
        ("goal_success", 0.02, 0.1),
    ):
        assert least < share(kind, kinds, mails) < most, kind
    bounced = [found for found in kinds.values() if "hard_bounce" in found]
    assert all(found == {"hard_bounce"} for found in bounced)


def test_machines_open_mails_at_once_and_people_later_if_at_all(lines: list[Json], receipts: dict[str, Json]) -> None:
    machines = [line for line in lines if line.get("machine")]
    mails = of_type(receipts, "email")
    assert {line["type"] for line in machines} == {"open", "click"}
    assert 0.1 < sum(line["type"] == "open" for line in machines) / len(mails) < 0.2
    for line in machines:
        receipt = receipts[line["receipt_id"]]
        assert receipt["content_type"] == "Email"
        assert line[EVENTS[line["type"]].at] - receipt["received_at"] < 60


def test_one_version_of_the_ab_test_is_better_and_the_control_group_only_reaches_the_goal(
    receipts: dict[str, Json], kinds: dict[str, set[str]]
) -> None:
    by_content: dict[str, list[str]] = defaultdict(list)
    for name, line in receipts.items():
        if line["ruleset_id"] == "31001":
            by_content[line["content_id"]].append(name)
    first, second, control = (by_content[content_id] for content_id in ("41001", "41002", "41003"))
    assert share("click", kinds, first) < share("click", kinds, second)
    assert {kind for name in control for kind in kinds[name]} == {"goal_success"}
    assert 0.8 < len(first) / len(second) < 1.25
    assert len(control) < len(first)


def test_some_content_was_edited_while_it_was_sent(receipts: dict[str, Json]) -> None:
    last: dict[tuple[str, str], int] = {}
    first: dict[tuple[str, str], int] = {}
    for line in receipts.values():
        key = (line["ruleset_id"], line["ruleset_version_id"])
        last[key] = max(last.get(key, 0), line["received_at"])
        first[key] = min(first.get(key, END), line["received_at"])
    versions = sorted(key for key in first if key[0] == "31004")
    assert len(versions) == 3
    assert all(last[before] < first[after] + 3_600 for before, after in pairwise(versions))


def test_the_tour_fails_on_one_step(lines: list[Json]) -> None:
    views = Counter(line["step_id"] for line in lines if line["type"] == "tour_step_view")
    failures = Counter(line["step_id"] for line in lines if line["type"] == "tour_step_failure")
    assert list(failures) == ["61003"]
    assert 0.2 < failures["61003"] / views["61002"] < 0.45
    assert views["61001"] > views["61002"] > views["61003"] > views["61004"] > views["61005"] > 0


def test_the_carousel_has_screens_buttons_and_permissions(lines: list[Json]) -> None:
    screens = Counter(line["screen_id"] for line in lines if line["type"] == "screen_view")
    assert [name for name, _ in screens.most_common()] == sorted(screens)
    assert len(screens) == 4
    assert {line["button_id"] for line in lines if line["type"] == "button_tap"} == {"next", "start"}
    granted = {line["permission_type"] for line in lines if line["type"] == "permission_grant"}
    assert granted == {"push notifications", "location"}


def test_there_are_two_series_with_every_way_out(receipts: dict[str, Json], kinds: dict[str, set[str]]) -> None:
    entries = of_type(receipts, "series")
    assert {receipts[name]["series_id"] for name in entries} == {"9101", "9102"}
    ends = [kinds[name] & {"series_completion", "series_disengagement", "series_exit"} for name in entries]
    assert max(map(len, ends)) == 1
    assert 0.3 < share("series_completion", kinds, entries) < 0.8
    assert 0.02 < share("series_exit", kinds, entries) < share("series_disengagement", kinds, entries) < 0.4
    for line in receipts.values():
        assert (line["node_id"] is not None) == (line["series_id"] is not None and line["content_type"] != "Series")


def test_checkpoints_lead_from_block_to_block_and_the_split_is_even(lines: list[Json]) -> None:
    visits: dict[str, list[Json]] = defaultdict(list)
    for line in lines:
        if line["type"] == "checkpoint":
            visits[line["ruleset_id"]].append(line)
    assert {line["status_code"] for found in visits.values() for line in found} == {0, 1, 2, 3, 4, 5}
    split = visits["32005"]
    assert {line["status_code"] for line in split} <= {0, 3, 5}
    taken = sum(line["status_code"] == 3 for line in split)
    mails, posts = len(visits["32006"]), len(visits["32007"])
    assert taken == mails + posts
    assert 0.7 < mails / posts < 1.4
    assert sum(line["status_code"] == 2 for line in visits["32003"]) == len(visits["32004"])
    people = Counter((line["user_id"], line["company_id"]) for line in visits["32102"])
    assert max(people.values()) > 1
