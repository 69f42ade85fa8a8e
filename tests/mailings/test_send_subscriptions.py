"""Subscriptions: each due moment has one mail, complete or with the reason why it is not."""

import re
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from indexer.mailings.letter import Letter
from indexer.mailings.send_subscriptions import LEASE, Draw, due_subscriptions, send_due_subscriptions, wait_after
from indexer.mailings.workspace_subscriptions import (
    SubscriptionRefused,
    pause_named_subscription,
    resume_named_subscription,
)
from indexer.run_mailings import view_mails
from indexer.store.entities.saved_views import SavedView
from indexer.store.jobs.subscriptions import Subscription, lease_subscription
from tests.mailings.conftest import Place, utc

pytestmark = pytest.mark.services

MINUTE = timedelta(minutes=1)
BEFORE = utc(2026, 3, 5, 12)
DUE = utc(2026, 3, 6, 8)


@pytest.fixture(scope="module")
def draw(shared_place: Place) -> Iterator[Draw]:
    """What makes the real mails."""
    with view_mails(shared_place.settings, lambda: utc(2026, 3, 6, 10, 30)) as found:
        yield found


def simple(one: Subscription, view: SavedView, due: datetime, zone: ZoneInfo) -> Letter:
    return Letter(f"{view.name} {due.astimezone(zone):%Y-%m-%d %H:%M}", "A report.\n")


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_a_mail_has_the_numbers_of_the_page_as_text_as_html_and_as_drawings(place: Place, draw: Draw) -> None:
    place.view("Emails", "/pages/conversations?range=7d&where=channel%3Demail&compare=none")
    place.subscribe("Morning", "Emails", BEFORE)
    assert send_due_subscriptions(place.store, place.settings, draw, DUE - MINUTE) == 0
    assert send_due_subscriptions(place.store, place.settings, draw, DUE) == 1
    assert send_due_subscriptions(place.store, place.settings, draw, DUE + MINUTE) == 0
    [mail] = place.mailbox.mails
    assert (mail["Subject"], mail["To"]) == ("Emails, acme: 27 February to 5 March 2026", "ann@example.com")
    text, page = text_of(mail), text_of(mail, "html")
    assert "27 February to 5 March 2026 (Europe/London)" in text
    assert "27 February to 5 March 2026</strong> (Europe/London)" in page
    assert re.search(r"New conversations\n-+\n13 conversations", text)
    for row in ("Sun 1 Mar 2026", "Thu 5 Mar 2026"):
        assert row in text
        assert row in page
    assert "The next one is due Sat 7 March 2026, 08:00 (Europe/London)." in text
    link = "https://reports.example.com/pages/conversations?workspace=acme&from=2026-02-27&to=2026-03-05"
    assert link in text
    assert link.replace("&", "&amp;") in page
    assert "<script" not in page
    drawings = list(mail.iter_attachments())
    assert drawings
    for one in drawings:
        assert one.get_content_type() == "image/svg+xml"
        svg = ET.fromstring(one.get_content())  # noqa: S314 (our own)
        assert svg.tag == "{http://www.w3.org/2000/svg}svg"
        assert list(svg.iter("{http://www.w3.org/2000/svg}rect"))
    assert place.subscription("Morning").sent_at == DUE


def test_a_report_alone_is_mailed_for_the_thirty_days_before(place: Place, draw: Draw) -> None:
    place.view("By channel", "/?report=new_conversations&group_by=channel&interval=range&compare=true")
    place.subscribe("Weekly", "By channel", BEFORE, every="weekly", on="friday", time_zone="Asia/Kathmandu")
    due = utc(2026, 3, 6, 2, 15)
    assert send_due_subscriptions(place.store, place.settings, draw, due) == 1
    text = text_of(place.mailbox.mails[0])
    assert "4 February to 5 March 2026 (Asia/Kathmandu)" in text
    assert re.search(r"email +13$", text, flags=re.MULTILINE)
    assert re.search(r"^</script> +7$", text, flags=re.MULTILINE)
    page = text_of(place.mailbox.mails[0], "html")
    assert "&lt;/script&gt;" in page
    assert "</script>" not in page


def test_dates_without_data_are_said_to_have_none(place: Place, draw: Draw) -> None:
    place.view("Yesterday", "/pages/satisfaction?range=yesterday")
    place.subscribe("Morning", "Yesterday", utc(2026, 6, 1))
    assert send_due_subscriptions(place.store, place.settings, draw, utc(2026, 6, 1, 9)) == 1
    [mail] = place.mailbox.mails
    assert "Nothing was counted for these dates." in text_of(mail)
    assert "31 May 2026" in mail["Subject"]
    assert not list(mail.iter_attachments())


def test_after_missed_days_one_mail_comes_and_says_that_it_is_late(place: Place, draw: Draw) -> None:
    place.view("Emails", "/pages/overview?compare=none")
    place.subscribe("Morning", "Emails", utc(2026, 3, 1))
    assert send_due_subscriptions(place.store, place.settings, draw, utc(2026, 3, 6, 10, 30)) == 1
    assert send_due_subscriptions(place.store, place.settings, draw, utc(2026, 3, 6, 10, 31)) == 0
    [mail] = place.mailbox.mails
    assert "Due Fri 6 March 2026, 08:00 (Europe/London), sent late" in text_of(mail)


@pytest.mark.parametrize(
    ("first", "local"),
    [(utc(2026, 3, 28, 12), "2026-03-29 02:30"), (utc(2026, 10, 24, 12), "2026-10-25 01:30")],
)
def test_on_a_day_on_which_clocks_change_one_mail_comes(place: Place, first: datetime, local: str) -> None:
    place.view("V", "/pages/overview")
    place.subscribe("Night", "V", first, at="01:30")
    sent = [
        send_due_subscriptions(place.store, place.settings, simple, first + 10 * minutes * MINUTE)
        for minutes in range(6 * 30)
    ]
    assert sum(sent) == 1
    assert place.mailbox.mails[0]["Subject"] == f"V {local}"


def test_while_it_is_paused_nothing_is_mailed_and_what_was_missed_does_not_follow(place: Place) -> None:
    place.view("Emails", "/pages/overview")
    place.subscribe("Morning", "Emails", BEFORE)
    read = place.subscription("Morning")
    with place.store.begin() as connection:
        pause_named_subscription(connection, "acme", "Morning", now=BEFORE)
        with pytest.raises(SubscriptionRefused, match="paused already"):
            pause_named_subscription(connection, "acme", "Morning", now=DUE)
        # A worker that has read it before leases it after.
        assert lease_subscription(connection, read, DUE, DUE + timedelta(minutes=10)) is None
    assert send_due_subscriptions(place.store, place.settings, simple, DUE) == 0
    resumed = DUE + timedelta(days=2, hours=1)
    with place.store.begin() as connection:
        resume_named_subscription(connection, "acme", "Morning", now=resumed)
        with pytest.raises(SubscriptionRefused, match="is not paused"):
            resume_named_subscription(connection, "acme", "Morning", now=resumed)
    assert send_due_subscriptions(place.store, place.settings, simple, resumed) == 0
    assert send_due_subscriptions(place.store, place.settings, simple, DUE + timedelta(days=3)) == 1
    assert len(place.mailbox.mails) == 1


def test_of_two_workers_one_sends_a_mail(place: Place) -> None:
    place.view("V", "/pages/overview")
    place.subscribe("Morning", "V", BEFORE)
    both = threading.Barrier(2)

    def slow(one: Subscription, view: SavedView, due: datetime, zone: ZoneInfo) -> Letter:
        read.wait(30)
        return simple(one, view, due, zone)

    read = threading.Event()
    sent: list[int] = []

    def work() -> None:
        both.wait(30)
        sent.append(send_due_subscriptions(place.store, place.settings, slow, DUE))
        read.set()  # the worker that had nothing to do lets the other one go on

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(sent) == [0, 1]
    assert len(place.mailbox.mails) == 1


def test_after_a_worker_that_died_the_mail_comes_when_its_lease_is_over(place: Place) -> None:
    place.view("V", "/pages/overview")
    place.subscribe("Morning", "V", BEFORE)
    [(read, due, _)] = due_subscriptions(place.store, DUE)
    with place.store.begin() as connection:
        assert lease_subscription(connection, read, DUE, DUE + LEASE) is not None
        assert lease_subscription(connection, read, DUE, DUE + LEASE) is None
    assert send_due_subscriptions(place.store, place.settings, simple, DUE + LEASE - MINUTE) == 0
    assert send_due_subscriptions(place.store, place.settings, simple, DUE + LEASE) == 1
    assert due == DUE


def test_while_elasticsearch_is_away_one_mail_says_so_and_the_report_follows(place: Place, draw: Draw) -> None:
    place.view("Emails", "/pages/overview?range=7d")
    place.subscribe("Morning", "Emails", BEFORE)
    nowhere = place.with_settings(elasticsearch_url="http://127.0.0.1:1")
    at = DUE
    with view_mails(nowhere) as away:
        for attempt in range(1, 4):
            assert send_due_subscriptions(place.store, nowhere, away, at) == 0
            assert send_due_subscriptions(place.store, nowhere, away, at + MINUTE / 2) == 0  # it waits for longer
            at += wait_after(attempt)
    [told] = place.mailbox.mails
    assert told["Subject"] == "Not sent: Emails, acme"
    assert "due Fri 6 March 2026, 08:00 (Europe/London), cannot be made" in text_of(told)
    assert "Elasticsearch" in text_of(told)
    failed = place.subscription("Morning")
    assert (failed.attempts, failed.failure_told_for, failed.sent_at) == (3, DUE, None)
    assert "Elasticsearch" in str(failed.error)
    assert send_due_subscriptions(place.store, place.settings, draw, at) == 1
    report = place.mailbox.mails[1]
    assert report["Subject"].startswith("Emails, acme: 27 February to 5 March 2026")
    assert report["Message-ID"] != told["Message-ID"]
    done = place.subscription("Morning")
    assert (done.attempts, done.error, done.handled_until) == (0, None, DUE)


@pytest.mark.parametrize("step", ["to_sender", "to_recipient", "to_message"])
def test_a_mail_server_that_is_busy_gets_the_same_mail_later(place: Place, step: str) -> None:
    place.view("V", "/pages/overview")
    place.subscribe("Morning", "V", BEFORE)
    setattr(place.mailbox, step, "451 4.3.0 try again")
    assert send_due_subscriptions(place.store, place.settings, simple, DUE) == 0
    assert "451 4.3.0 try again" in str(place.subscription("Morning").error)
    setattr(place.mailbox, step, "")
    assert send_due_subscriptions(place.store, place.settings, simple, DUE + MINUTE) == 1
    assert len(place.mailbox.mails) == 1


def test_a_final_refusal_waits_for_the_next_day(place: Place) -> None:
    place.view("V", "/pages/overview")
    place.subscribe("Morning", "V", BEFORE)
    place.mailbox.to_recipient = "550 5.1.1 nobody of that name"
    assert send_due_subscriptions(place.store, place.settings, simple, DUE) == 0
    refused = place.subscription("Morning")
    assert "550 5.1.1 nobody of that name" in str(refused.error)
    assert refused.handled_until == DUE
    place.mailbox.to_recipient = ""
    assert send_due_subscriptions(place.store, place.settings, simple, DUE + 60 * MINUTE) == 0
    assert send_due_subscriptions(place.store, place.settings, simple, DUE + timedelta(days=1)) == 1


def test_an_address_whose_domain_gets_no_mail_any_more_gets_none(place: Place) -> None:
    place.view("V", "/pages/overview")
    place.subscribe("Morning", "V", BEFORE)
    assert send_due_subscriptions(place.store, place.with_settings(mail_domains="other.example"), simple, DUE) == 0
    assert "INDEXER_MAIL_DOMAINS" in str(place.subscription("Morning").error)
    assert place.mailbox.mails == []
