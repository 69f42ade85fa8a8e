"""Views, subscriptions and alerts by the commands of their page, and the mails that a real worker sends."""

import json
import re
import shlex
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from indexer.resources import resource_dir
from indexer.settings import Settings
from tests.integration.installation import Installation
from tests.smtp import Mailbox, serving

pytestmark = pytest.mark.services

PAGE = (resource_dir("mappings").parent / "docs" / "subscriptions.md").read_text()
COMMANDS = re.findall(r"^    \$ indexer (.*)$", PAGE, flags=re.MULTILINE)


class World(NamedTuple):
    """An installation with some conversations of the last days, its mails, and what the page's commands printed."""

    installation: Installation
    mailbox: Mailbox
    printed: dict[str, str]


@pytest.fixture(scope="module")
def world(module_settings: Settings) -> Iterator[World]:
    with serving(Mailbox()) as mailbox:
        installation = Installation(
            module_settings,
            INDEXER_SMTP_URL=f"smtp://127.0.0.1:{mailbox.port}",
            INDEXER_MAIL_FROM="reports@example.com",
            INDEXER_MAILINGS_SECONDS="1",
        )
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        sample = installation.run("sample", "--conversations", "60", "--days", "30", "--end", today)
        installation.run("import", "-", "--workspace", "acme", stdin=sample.encode())
        installation.index_everything()
        printed = {command: installation.run(*shlex.split(command)) for command in COMMANDS}
        yield World(installation, mailbox, printed)
        installation.close()


def said(world: World, start: str) -> str:
    [found] = [printed for command, printed in world.printed.items() if command.startswith(start)]
    return found


def test_the_commands_of_the_page_say_what_they_have_done(world: World) -> None:
    [view] = json.loads(said(world, "views create"))
    assert (view["name"], view["address"]) == ("Emails", "/pages/overview?range=28d&where=channel%3Demail")
    created = said(world, "subscriptions create")
    assert re.fullmatch(
        r"Mondays mails Emails to leads@example\.com, first Mon \d+ \w+ \d{4}, 08:00 \(UTC\)\n", created
    )
    [listed] = json.loads(said(world, "subscriptions list"))
    assert (listed["schedule"], listed["view"], listed["sent_at"]) == ("weekly on Monday at 08:00", "Emails", None)
    assert said(world, "alerts create Slow").startswith(
        "Slow mails leads@example.com when median_first_response_time (last 7 days, channel=email) is above 2 h"
    )
    for command in ("alerts check", "alerts list"):
        assert [one["name"] for one in json.loads(said(world, command))] == ["Backlog", "Slow"]


def test_the_mail_of_a_dry_run_has_the_numbers_of_the_report(world: World) -> None:
    mail = said(world, "subscriptions send")
    assert mail.startswith("Subject: Emails, acme: ")
    assert "To: leads@example.com" in mail
    asked = ["report", "run", "new_conversations", "--workspace", "acme", "--last", "28d", "--where", "channel=email"]
    total = world.installation.json(*asked)["total"]["value"]
    assert re.search(rf"^New conversations\n-+\n{total} conversations$", mail, flags=re.MULTILINE)
    assert re.search(r"attached: 1-[a-z-]+\.svg", mail)
    assert world.mailbox.mails == []


def test_a_worker_mails_an_alert_that_is_crossed_and_a_subscription_that_is_sent(world: World) -> None:
    installation, mailbox = world.installation, world.mailbox
    installation.run("subscriptions", "send", "Mondays", "--workspace", "acme")
    [report] = mailbox.mails
    assert report["Subject"].startswith("Emails, acme: ")
    of_acme = ["--workspace", "acme", "--to", "leads@example.com"]
    asked = ["--report", "new_conversations", "--range", "28d", "--above", "5"]
    installation.run("alerts", "create", "Any", *of_acme, *asked)
    with installation.engine.begin() as connection:  # as if workers had not run for a month
        connection.exec_driver_sql("UPDATE subscriptions SET handled_until = handled_until - interval '31 days'")
    acme, named = ["--workspace", "acme"], {"alerts": "Any", "subscriptions": "Mondays"}
    wanted = {"Crossed: Any, acme: ", "Emails, acme: "}
    worker = installation.start_worker()
    try:
        until = time.monotonic() + 120
        while not wanted <= {re.sub(r"\d.*", "", mail["Subject"]) for mail in mailbox.mails[1:]}:
            assert time.monotonic() < until, [mail["Subject"] for mail in mailbox.mails]
            time.sleep(0.1)
    finally:
        installation.kill(worker)
    paused = {kind: installation.run(kind, "pause", name, *acme) for kind, name in named.items()}
    assert paused == {"alerts": "paused the alert Any\n", "subscriptions": "paused the subscription Mondays\n"}
    assert installation.run("alerts", "resume", "Any", *acme) == "resumed the alert Any\n"
    resumed = installation.run("subscriptions", "resume", "Mondays", *acme)
    assert resumed.startswith("resumed the subscription Mondays, next Mon ")
    installation.run("alerts", "delete", "Any", "--workspace", "acme", "--yes")
    actions = installation.json("audit", "list", "--workspace", "acme")
    changed = {f"{kind}_{done}" for kind in ("alert", "subscription") for done in ("created", "paused", "resumed")}
    assert {"view_saved", "subscription_sent", "alert_deleted", *changed} <= {one["action"] for one in actions}
