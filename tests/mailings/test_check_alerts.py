"""Alerts: one mail when a threshold is crossed and one when that is over, at most one of each in an hour."""

import itertools
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from elasticsearch import Elasticsearch
from hypothesis import given
from hypothesis import strategies as st

from indexer.answers.own_reports import usable_reports
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.mailings.check_alerts import (
    LOOKS_APART,
    MAILS_APART,
    Look,
    check_due_alerts,
    crossed,
    look_at,
    mail_due,
)
from indexer.mailings.workspace_alerts import (
    AlertRefused,
    AskedAlert,
    create_named_alert,
    find_alert,
    pause_named_alert,
    question_of_alert,
    read_threshold,
    resume_named_alert,
)
from indexer.reports import InvalidQuestion
from indexer.settings import Settings
from indexer.store.entities.workspaces import Workspace, save_workspace
from indexer.store.jobs.alerts import Alert, Found, lease_alert
from tests.mailings.conftest import Place, utc

REPORTS = usable_reports(Settings())
NOW = utc(2026, 3, 5, 20)
MINUTE = timedelta(minutes=1)
ALERT = Alert(
    "acme", "Many", "new_conversations", {"range": "today"}, "above", 3.0, "ann@example.com", NOW,
    None, Found.NOT_CROSSED, None, None, None, None, None, None, None,
)  # fmt: skip


def created(place: Place, workspace: str = "acme", **more: Any) -> Alert:
    asked = {"name": "Many", "report": "new_conversations", "to": "ann@example.com", "above": "3"} | more
    with place.store.begin() as connection:
        return create_named_alert(
            connection, workspace, AskedAlert(**asked), now=NOW, settings=place.settings, reports=REPORTS
        )


def stored(place: Place) -> Alert:
    with place.store.connect() as connection:
        return find_alert(connection, "acme", "Many")


def seeing(*values: float | None) -> Callable[[Alert], Look]:
    """Looks that find these values, one after another."""
    left = iter(values)

    def look(alert: Alert) -> Look:
        value = next(left)
        found = Found.NO_DATA if value is None else Found.CROSSED if crossed(alert, value) else Found.NOT_CROSSED
        report = REPORTS[alert.report]
        question = question_of_alert(report, "acme", alert.question, NOW, ZoneInfo("Europe/London"))
        return Look(found, value, report, question, None if value is not None else "nothing was counted")

    return look


def looked(place: Place, alert: Alert, now: datetime = NOW) -> Look:
    with Elasticsearch(str(place.settings.elasticsearch_url)) as client:
        prefix = place.settings.index_prefix
        return look_at(alert, REPORTS, client, prefix, connect=place.store.connect, now=now)


@given(st.lists(st.tuples(st.sampled_from(Found), st.integers(1, 90)), max_size=40))
def test_mails_alternate_and_none_of_a_kind_comes_twice_in_an_hour(looks: Sequence[tuple[Found, int]]) -> None:
    alert, now, sent = ALERT, NOW, list[tuple[Found, datetime]]()
    since: tuple[Found, datetime] | None = None
    for found, minutes in looks:
        now += minutes * MINUTE
        if mail_due(alert, found, now):
            sent.append((found, now))
            alert = alert._replace(told=found, **{f"{found}_mail_at": now})
        since = since if since and since[0] is found else (found, now)
        if found is not Found.NO_DATA and now - since[1] >= MAILS_APART:
            assert alert.told is found  # a state that lasts has been told after an hour
    kinds = [found for found, _ in sent]
    assert kinds == [Found.CROSSED if place % 2 == 0 else Found.NOT_CROSSED for place in range(len(kinds))]
    for kind in (Found.CROSSED, Found.NOT_CROSSED):
        times = [at for found, at in sent if found is kind]
        assert all(later - earlier >= MAILS_APART for earlier, later in itertools.pairwise(times))


def test_the_threshold_itself_is_not_crossed() -> None:
    assert [crossed(ALERT, value) for value in (2.9, 3, 3.1)] == [False, False, True]
    assert [crossed(ALERT._replace(direction="below"), value) for value in (2.9, 3, 3.1)] == [True, False, False]


@pytest.mark.parametrize(
    ("written", "unit", "number"),
    [("50", "conversations", 50), ("2h", "seconds", 7200), ("1h30m", "seconds", 5400), ("90 m", "seconds", 5400),
     ("1d 4h", "seconds", 100_800), ("45", "seconds", 45), ("80%", "percent", 80), ("-2.5", "conversations", -2.5)],
)  # fmt: skip
def test_a_threshold_is_read_in_the_unit_of_its_report(written: str, unit: str, number: float) -> None:
    assert read_threshold(written, unit, "above") == number


@pytest.mark.parametrize(
    ("written", "unit"), [("2h", "conversations"), ("x", "seconds"), ("", "seconds"), ("nan", "percent")]
)
def test_a_threshold_that_is_not_a_number_is_refused(written: str, unit: str) -> None:
    with pytest.raises(InvalidQuestion, match="is not"):
        read_threshold(written, unit, "above")


@pytest.mark.services
def test_a_number_is_told_once_when_it_is_crossed_and_once_when_it_is_over(place: Place) -> None:
    created(place)
    values = [2, 4, 5, 4, 3, 2, None, 9]
    look, at = seeing(*values), NOW
    for _ in values:
        check_due_alerts(place.store, place.settings, look, at)
        assert check_due_alerts(place.store, place.settings, look, at + LOOKS_APART / 2) == 0  # not even a look
        at += LOOKS_APART
    assert [mail["Subject"] for mail in place.mailbox.mails] == [
        "Crossed: Many, acme: 4 (above 3)",
        "No longer crossed: Many, acme: 3 (above 3)",
    ]
    text = place.mailbox.mails[0].get_content()
    assert "New conversations is 4, above 3." in text
    assert "2026-03-05 to 2026-03-05, today" in text
    assert "Thu 5 March 2026, 20:01 (Europe/London)" in text
    assert "https://reports.example.com/?report=new_conversations&workspace=acme&from=2026-03-05&to=2026-03-05" in text
    seen = stored(place)
    assert (seen.found, seen.value, seen.told) == (Found.CROSSED, 9, Found.NOT_CROSSED)  # an hour is not over
    assert check_due_alerts(place.store, place.settings, seeing(9), NOW + MINUTE + MAILS_APART) == 1
    assert len({mail["Message-ID"] for mail in place.mailbox.mails}) == 3


@pytest.mark.services
def test_a_number_that_cannot_be_had_changes_nothing_and_is_said_in_the_list(place: Place) -> None:
    created(place)

    def away(_: Alert) -> Look:
        raise ServiceUnavailable("Elasticsearch cannot be reached", "start it")

    assert check_due_alerts(place.store, place.settings, away, NOW) == 0
    assert (stored(place).found, stored(place).error) == (None, "Elasticsearch cannot be reached")
    assert check_due_alerts(place.store, place.settings, seeing(4), NOW + LOOKS_APART) == 1
    assert (stored(place).found, stored(place).error) == (Found.CROSSED, None)


@pytest.mark.services
@pytest.mark.parametrize(("answer", "again"), [("451 4.3.0 try again", LOOKS_APART), ("550 5.1.1 nobody", MAILS_APART)])
def test_a_mail_that_is_refused_is_tried_again(place: Place, answer: str, again: timedelta) -> None:
    created(place)
    place.mailbox.to_recipient = answer
    assert check_due_alerts(place.store, place.settings, seeing(4), NOW) == 0
    assert answer in str(stored(place).error)
    place.mailbox.to_recipient = ""
    assert check_due_alerts(place.store, place.settings, seeing(4), NOW + again) == 1
    assert len(place.mailbox.mails) == 1


@pytest.mark.services
def test_nobody_looks_at_an_alert_that_is_paused(place: Place) -> None:
    read = created(place)
    with place.store.begin() as connection:
        pause_named_alert(connection, "acme", "Many", now=NOW)
        with pytest.raises(AlertRefused, match="paused already"):
            pause_named_alert(connection, "acme", "Many", now=NOW)
        # A worker that has read it before leases it after.
        assert lease_alert(connection, read, NOW, NOW + MINUTE) is None
    assert check_due_alerts(place.store, place.settings, seeing(9), NOW) == 0
    assert (stored(place).checked_at, place.mailbox.mails) == (None, [])
    with place.store.begin() as connection:
        resume_named_alert(connection, "acme", "Many")
        with pytest.raises(AlertRefused, match="is not paused"):
            resume_named_alert(connection, "acme", "Many")
    assert check_due_alerts(place.store, place.settings, seeing(9), NOW) == 1
    assert len(place.mailbox.mails) == 1


def test_of_two_workers_one_looks_at_an_alert(place: Place) -> None:
    read = created(place)
    for expected in (True, False):
        with place.store.begin() as connection:
            assert (lease_alert(connection, read, NOW, NOW + MINUTE) is not None) == expected


@pytest.mark.services
def test_the_number_is_that_of_the_report_in_the_workspace_s_days(place: Place) -> None:
    noon = utc(2026, 3, 5, 12)
    assert looked(place, created(place, range="7d"), noon)[:2] == (Found.CROSSED, 16)
    assert looked(place, created(place, name="B", where=["channel=email"]), noon)[:2] == (Found.NOT_CROSSED, 3)
    assert looked(place, created(place, name="C", range="yesterday", below="4.5", above=None), noon)[:2] == (
        Found.CROSSED,
        4,
    )
    median = looked(place, created(place, name="D", report="median_first_response_time", above="2h"), noon)
    assert (median.found, median.reason) == (Found.NO_DATA, "nothing was counted")
    unknown = looked(place, created(place, name="E", where=["channel=emial"]), noon)
    assert unknown.found is Found.NO_DATA
    assert "emial" in str(unknown.reason)
    with place.store.begin() as connection:
        save_workspace(connection, Workspace("nowhere"))
    empty = looked(place, created(place, "nowhere", name="F"), noon)
    assert empty.found is Found.NO_DATA
    assert "the workspace nowhere has no conversations in the index" in str(empty.reason)


@pytest.mark.services
@pytest.mark.parametrize(
    ("wrong", "parameter"),
    [
        ({"report": "new_conversations", "above": None}, "above"),
        ({"below": "2"}, "above"),
        ({"above": "2h"}, "above"),
        ({"range": "28"}, "range"),
        ({"report": "team_board_open", "range": "7d"}, "range"),
        ({"where": ["weather=fine"]}, "where"),
        ({"name": " x"}, "name"),
        ({"to": "ann@example.com, bob@example.com"}, "to"),
        ({"to": "ann@other.example"}, "to"),
    ],
)
def test_an_alert_that_could_never_be_checked_is_refused(place: Place, wrong: dict[str, Any], parameter: str) -> None:
    with pytest.raises(InvalidQuestion) as refused:
        created(place, **wrong)
    assert refused.value.parameter == parameter


@pytest.mark.services
def test_a_name_is_taken_once(place: Place) -> None:
    created(place)
    with pytest.raises(AlertRefused, match="already an alert Many"):
        created(place)
    with pytest.raises(OperatorError, match="no report"):
        created(place, name="Other", report="new_conversation")
