"""The pages of subscriptions and alerts: forms that need no script, on the functions of the commands."""

import html
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from indexer.store.access.audit_log import list_actions
from indexer.store.access.scopes import Grants, Scope
from indexer.store.access.tokens import create_token
from indexer.store.database import open_store, upgrade
from indexer.store.entities.workspaces import Workspace, save_workspace
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.reports.indexed import conversation, indexed
from tests.smtp import Mailbox, serving
from tests.web.server import served

pytestmark = pytest.mark.services

OF_ACME = {"workspace": "acme"}
HOSTILE = ["</script><b>", '" onclick="x', "a/b,c", "😀", "Team ?&#1%", "x" * 100]
FIELD = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


@dataclass
class Site:
    """A server with a mailbox, and tokens of a reader, an operator and one who may only operate."""

    client: httpx.Client
    mailbox: Mailbox
    url: str
    tokens: dict[str, str]

    def as_(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[who]}"}

    def get(self, path: str, who: str = "lead", **params: Any) -> httpx.Response:
        return self.client.get(path, params=OF_ACME | params, headers=self.as_(who))

    def post(self, path: str, who: str = "lead", **form: str) -> httpx.Response:
        return self.client.post(path, params=OF_ACME, data=form, headers=self.as_(who))

    def actions(self) -> list[tuple[str, str | None]]:
        store = open_store(self.url)
        with store.connect() as connection:
            found = list_actions(connection, workspaces=["acme"], limit=100)
        store.dispose()
        return [(one.action, one.target) for one in found]


@pytest.fixture(scope="module")
def site(services: Run, elasticsearch_url: str) -> Iterator[Site]:
    now = int(time.time())
    documents = [conversation(n, now - n, "acme", channel="email", started_at=now - n) for n in range(3)]
    grants = {
        "lead": [Scope.REPORTS, Scope.OPERATE],
        "reader": [Scope.REPORTS],
        "operator": [Scope.OPERATE],
    }
    with (
        fresh_database(services) as url,
        indexed(elasticsearch_url, documents) as prefix,
        serving(Mailbox()) as mailbox,
    ):
        store = open_store(url)
        upgrade(store)
        with store.begin() as connection:
            save_workspace(connection, Workspace("acme", time_zone="Asia/Kathmandu"))
            tokens = {
                who: create_token(connection, who, Grants(dict.fromkeys(scopes, frozenset({"acme"}))))[1]
                for who, scopes in grants.items()
            }
        store.dispose()
        mail = {"smtp_url": f"smtp://127.0.0.1:{mailbox.port}", "mail_from": "reports@example.com"}
        with served(elasticsearch_url, prefix, DATABASE_URL=url, **mail) as client:
            found = Site(client, mailbox, url, tokens)
            assert found.post("/views", name="Moving", address="/pages/overview?range=today").status_code == 303
            fixed = "/pages/overview?from=2024-01-01&to=2024-01-31"
            assert found.post("/views", name="Fixed", address=fixed, keep_dates="1").status_code == 303
            yield found


SUBSCRIPTION = {
    "name": "Mondays",
    "view": "Moving",
    "to": "ann@example.com",
    "every": "weekly",
    "weekday": "tuesday",
    "day": "31",
    "at": "07:30",
    "time_zone": "",
}
ALERT = {
    "name": "Many",
    "report": "new_conversations",
    "direction": "above",
    "threshold": "2",
    "range": "",
    "where": "channel=email\n",
    "param": "",
    "to": "ann@example.com",
}


def shown(page: httpx.Response, name: str) -> str:
    """The panel of that name."""
    [found] = [one for one in page.text.split("<section")[1:] if f"<h2><bdi>{html.escape(name)}</bdi>" in one]
    return found


def test_a_view_leads_to_its_subscription_which_is_tried_created_sent_paused_and_deleted(site: Site) -> None:
    views = site.get("/views").text
    [offered] = re.findall(r'href="([^"]*)" aria-label="Mail the view Moving"', views)
    form = site.client.get(html.unescape(offered).partition("#")[0], headers=site.as_("lead")).text
    assert '<option value="Moving" selected>' in form
    assert '<option value="Fixed" disabled>Fixed (has fixed dates)' in form

    tried = site.get("/subscriptions/mail", **SUBSCRIPTION)
    assert tried.status_code == 200
    assert "Subject" in tried.text
    assert "New conversations" in tried.text.partition("<pre")[2].partition("</pre>")[0]
    assert "Nothing is mailed yet." in site.get("/subscriptions").text
    assert not site.mailbox.mails

    fields = {name: html.unescape(value) for name, value in FIELD.findall(tried.text)}
    created = site.post("/subscriptions", **fields)
    assert (created.status_code, created.headers["Location"]) == (
        303,
        "/subscriptions?workspace=acme&done=subscription_created",
    )
    page = site.get("/subscriptions", done="subscription_created")
    assert "The subscription is created." in page.text
    panel = shown(page, "Mondays")
    for said in ("Weekly on Tuesday at 07:30", "(Asia/Kathmandu)", "ann@example.com", ">on<", "none yet"):
        assert said in panel
    assert re.search(r"Next mail</dt><dd>Tue \d+ \w{3} \d{4}, 07:30<", panel)
    assert "<bdi>Mondays</bdi>, <a" in site.get("/views").text

    mail = site.get("/subscriptions/mail", name="Mondays").text
    assert "Send it now to <bdi>ann@example.com</bdi>" in mail
    sent = site.post("/subscriptions/send", name="Mondays")
    assert sent.headers["Location"].endswith("done=subscription_sent")
    [arrived] = site.mailbox.mails
    assert arrived["To"] == "ann@example.com"
    assert arrived["Subject"].strip().startswith("Moving, acme: ")
    assert re.search(r"Subject</dt><dd><bdi>Moving, acme: \d", mail)

    assert site.post("/subscriptions/pause", name="Mondays").status_code == 303
    paused = shown(site.get("/subscriptions"), "Mondays")
    assert ">paused<" in paused
    assert "none while it is paused" in paused
    again = site.post("/subscriptions/pause", name="Mondays")
    assert (again.status_code, "paused already" in again.text) == (409, True)
    [listed] = site.get("/api/v1/subscriptions").json()
    assert (listed["next_at"], listed["paused_at"] is None) == (None, False)
    assert site.post("/subscriptions/resume", name="Mondays").status_code == 303
    assert ">on<" in shown(site.get("/subscriptions"), "Mondays")
    assert site.post("/subscriptions/delete", name="Mondays").status_code == 303
    assert site.post("/subscriptions/delete", name="Mondays").status_code == 404
    done = [action for action, target in site.actions() if target == "Mondays"]
    assert done == [
        "subscription_deleted",
        "subscription_resumed",
        "subscription_paused",
        "subscription_sent",
        "subscription_created",
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"view": "Fixed"}, None),
        ({"view": "Nothing"}, None),
        ({"name": "a\nb"}, "name"),
        ({"name": "a\0b"}, "name"),
        ({"to": "ann@other.example"}, "to"),
        ({"to": "x"}, "to"),
        ({"every": "monthly", "day": "32"}, "day"),
        ({"weekday": "someday"}, "weekday"),
        ({"at": "25:00"}, "at"),
        ({"time_zone": "Mars"}, "time_zone"),
    ],
)
@pytest.mark.parametrize("path", ["/subscriptions", "/subscriptions/mail"])
def test_a_form_that_is_refused_keeps_what_was_written_and_marks_the_field(
    site: Site, wrong: dict[str, str], field: str | None, path: str
) -> None:
    asked = SUBSCRIPTION | {"to": "bob@example.com"} | wrong
    refused = site.post(path, **asked) if path == "/subscriptions" else site.get(path, **asked)
    assert refused.status_code == 422
    assert "Nothing is saved." in refused.text
    marked = re.findall(r'<(?:input|select|textarea) name="(\w+)"[^>]* aria-invalid="true"', refused.text)
    assert marked == ([field] if field else [])
    assert f'value="{html.escape(asked["to"])}"' in refused.text
    assert site.get("/api/v1/subscriptions").json() == []


def test_a_report_leads_to_its_alert_which_is_tried_created_paused_and_deleted(site: Site) -> None:
    report = site.get("/", report="new_conversations", where="channel=email").text
    [offered] = re.findall(r'<a href="(/alerts\?[^"]*)#new">', report)
    form = site.client.get(html.unescape(offered), headers=site.as_("lead")).text
    assert '<option value="new_conversations" selected>' in form
    assert "channel=email</textarea>" in form

    tried = site.get("/alerts/look", **ALERT)
    assert tried.status_code == 200
    assert ">crossed<" in tried.text
    assert "Crossed: Many, acme: 3 (above 2)" in tried.text
    assert "not crossed" in site.get("/alerts/look", **ALERT | {"threshold": "3"}).text
    unknown = site.get("/alerts/look", **ALERT | {"where": "channel=pigeon"}).text
    assert ">no data<" in unknown
    assert "No number has a threshold yet" in site.get("/alerts").text

    fields = {name: html.unescape(value) for name, value in FIELD.findall(tried.text)}
    assert site.post("/alerts", **fields).headers["Location"].endswith("done=alert_created")
    panel = shown(site.get("/alerts"), "Many")
    for said in ("above 2", "today, channel=email", "not looked at yet", "ann@example.com", "none yet"):
        assert said in panel
    assert ">crossed<" in site.get("/alerts/look", name="Many").text
    assert site.post("/alerts/pause", name="Many").status_code == 303
    assert ">paused<" in shown(site.get("/alerts"), "Many")
    assert site.post("/alerts/pause", name="Many").status_code == 409
    assert site.post("/alerts/resume", name="Many").status_code == 303
    assert site.post("/alerts/delete", name="Many").status_code == 303
    assert site.post("/alerts/resume", name="Many").status_code == 404
    done = [action for action, target in site.actions() if target == "Many"]
    assert done == ["alert_deleted", "alert_resumed", "alert_paused", "alert_created"]
    assert not [mail for mail in site.mailbox.mails if "Many" in mail["Subject"]]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"report": "nothing"}, None),
        ({"threshold": "soon"}, "threshold"),
        ({"threshold": ""}, "threshold"),
        ({"range": "28"}, "range"),
        ({"where": "nothing=1"}, "where"),
        ({"where": "channel=a\0b"}, "where"),
        ({"where": "\n".join(f"channel={n}" for n in range(21))}, "where"),
        ({"param": "x=1"}, "param"),
        ({"to": "x"}, "to"),
        ({"name": " "}, "name"),
    ],
)
@pytest.mark.parametrize("path", ["/alerts", "/alerts/look"])
def test_an_alert_that_is_refused_is_shown_again_with_the_field(
    site: Site, wrong: dict[str, str], field: str | None, path: str
) -> None:
    asked = ALERT | {"to": "bob@example.com"} | wrong
    refused = site.post(path, **asked) if path == "/alerts" else site.get(path, **asked)
    assert refused.status_code == 422
    assert re.findall(r'<(?:input|select|textarea) name="(\w+)"[^>]* aria-invalid="true"', refused.text) == (
        [field] if field else []
    )
    assert site.get("/api/v1/alerts").json() == []


@pytest.mark.parametrize("name", HOSTILE)
def test_any_name_is_shown_as_it_is_and_can_be_acted_on(site: Site, name: str) -> None:
    assert site.post("/views", name=name, address="/pages/overview").status_code == 303
    assert site.post("/subscriptions", **SUBSCRIPTION | {"name": name, "view": name}).status_code == 303
    assert site.post("/alerts", **ALERT | {"name": name, "where": f"channel={name}"}).status_code == 303
    written = html.escape(name).replace("&quot;", "&#34;")
    for path in ("/subscriptions", "/alerts"):
        page = site.get(path).text
        assert f"<h2><bdi>{written}</bdi>" in page
        assert not re.search(r"<b>|\sonclick=\"", page)
        [tried] = re.findall(rf'href="({path}/(?:mail|look)\?[^"]*)"', page)
        opened = site.client.get(html.unescape(tried), headers=site.as_("lead"))
        assert opened.status_code == 200
        assert f"<bdi>{written}</bdi>" in opened.text
        for action in ("pause", "resume", "delete"):
            assert site.post(f"{path}/{action}", name=name).status_code == 303
    assert site.post("/views/delete", name=name).status_code == 303


def test_each_page_needs_the_scopes_of_what_it_does(site: Site) -> None:
    site.post("/subscriptions", **SUBSCRIPTION)
    site.post("/alerts", **ALERT)
    for path in ("/subscriptions", "/alerts"):
        assert site.get(path, "reader").status_code == 403
        assert site.post(path, "reader", **SUBSCRIPTION).status_code == 403
        # Who may not read reports operates without their numbers.
        listed = site.get(path, "operator")
        assert listed.status_code == 200
        assert 'id="new"' not in listed.text
    assert site.post("/subscriptions", "operator", **SUBSCRIPTION | {"name": "Other"}).status_code == 403
    assert site.post("/subscriptions/send", "operator", name="Mondays").status_code == 403
    assert site.get("/subscriptions/mail", "operator", name="Mondays").status_code == 403
    assert site.get("/alerts/look", "operator", name="Many").status_code == 403
    assert site.get("/alerts/look", "operator", **ALERT | {"name": "New"}).status_code == 403
    # Whoever may not read records cannot ask whether a person is there.
    assert site.post("/alerts", **ALERT | {"name": "O", "where": "person.email=a@example.com"}).status_code == 403
    menu = site.get("/pages/overview", "reader").text
    assert "/subscriptions?" not in menu
    assert "/subscriptions?workspace=acme" in site.get("/pages/overview").text
    foreign = {"workspace": "zenith"}
    assert site.client.get("/subscriptions", params=foreign, headers=site.as_("lead")).status_code == 403
    other_site = site.as_("lead") | {"Origin": "https://evil.example"}
    pausing = {"params": OF_ACME, "data": {"name": "Mondays"}, "headers": other_site}
    assert site.client.post("/subscriptions/pause", **pausing).status_code == 403
    for path, name in {"/subscriptions": "Mondays", "/alerts": "Many"}.items():
        assert site.post(f"{path}/delete", "operator", name=name).status_code == 303


def test_a_mail_server_that_refuses_is_said_and_sends_nothing(site: Site) -> None:
    site.post("/subscriptions", **SUBSCRIPTION)
    before = len(site.mailbox.mails)
    for answer, said in {"451 later": "451", "550 no": "550"}.items():
        site.mailbox.to_recipient = answer
        refused = site.post("/subscriptions/send", name="Mondays")
        assert (refused.status_code, said in refused.text) == (409, True)
    site.mailbox.to_recipient = ""
    assert len(site.mailbox.mails) == before
    site.post("/subscriptions/delete", name="Mondays")


def test_the_pages_say_why_no_mail_comes(site: Site, elasticsearch_url: str) -> None:
    assert "No worker with a beat runs" in site.get("/subscriptions").text
    with served(elasticsearch_url, "none", DATABASE_URL=site.url) as client:
        for path in ("/subscriptions", "/alerts"):
            page = client.get(path, params=OF_ACME, headers=site.as_("lead")).text
            assert "No mail can be sent: set INDEXER_SMTP_URL and INDEXER_MAIL_FROM" in page
