import re
from collections.abc import Iterator

import httpx
import pytest

from indexer.store.database import open_store, upgrade
from indexer.store.entities.names import Named, save_names
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.reports.indexed import conversation, indexed
from tests.web.conftest import FIRST_OF_MARCH
from tests.web.server import served

pytestmark = pytest.mark.services

URL = "/api/v1/reports/new_inbound_conversations"
TOKEN = "t" * 30
DAY = {"workspace": "acme", "from": "2024-03-01", "to": "2024-03-01"}


@pytest.fixture(scope="module")
def named(services: Run, elasticsearch_url: str) -> Iterator[httpx.Client]:
    """Conversations of the teams 7 and 8 and of nobody; 7 has a name here, 8 in another workspace only."""
    documents = [conversation(1, FIRST_OF_MARCH, "acme", team_assigned_id="7", teammate_assigned_id="5")]
    documents += [
        conversation(2, FIRST_OF_MARCH, "acme", team_assigned_id="8"),
        conversation(3, FIRST_OF_MARCH, "acme"),
    ]
    with fresh_database(services) as url, indexed(elasticsearch_url, documents) as prefix:
        store = open_store(url)
        upgrade(store)
        with store.begin() as connection:
            save_names(connection, "acme", Named.TEAM, {"7": "<i>Front</i>", "9": "Not here"})
            save_names(connection, "zenith", Named.TEAM, {"8": "Elsewhere"})
        store.dispose()
        with served(elasticsearch_url, prefix, DATABASE_URL=url) as client:
            yield client


@pytest.fixture
def without_store(elasticsearch_url: str) -> Iterator[httpx.Client]:
    documents = [conversation(1, FIRST_OF_MARCH, "acme", team_assigned_id="7", channel="email")]
    with indexed(elasticsearch_url, documents) as prefix:
        nowhere = "postgresql://u@127.0.0.1:1/x"
        with served(elasticsearch_url, prefix, DATABASE_URL=nowhere, api_token=TOKEN) as client:
            client.headers["Authorization"] = f"Bearer {TOKEN}"  # the only one that is known without the store
            yield client


def test_groups_that_are_ids_have_their_names_beside_the_answer(named: httpx.Client) -> None:
    answer = named.get(URL, params=DAY | {"group_by": "team"}).json()
    assert answer["labels"] == {"7": "<i>Front</i>"}
    assert [row["group"] for row in answer["rows"]] == ["7", "8", None]


@pytest.mark.parametrize("other", [{}, {"group_by": "channel"}, {"group_by": "teammate"}])
def test_without_a_name_there_is_no_such_key(named: httpx.Client, other: dict[str, str]) -> None:
    assert "labels" not in named.get(URL, params=DAY | other).json()


def test_many_answers_have_their_names_too(named: httpx.Client) -> None:
    question = {"report": "new_inbound_conversations", **DAY}
    one, other = named.post("/api/v1/reports/answers", json=[question, question | {"group_by": "team"}]).json()
    assert "labels" not in one
    assert other["labels"] == {"7": "<i>Front</i>"}


def test_the_page_calls_groups_by_their_names(named: httpx.Client) -> None:
    page = named.get("/", params=DAY | {"group_by": "team"}).text
    assert re.findall(r'<tr><th scope="row"><bdi>([^<]*)</bdi></th>', page) == [
        "&lt;i&gt;Front&lt;/i&gt;",
        "8",
        "(none)",
    ]


def test_groups_that_are_ids_and_questions_without_a_zone_need_the_store(without_store: httpx.Client) -> None:
    in_zone = DAY | {"time_zone": "UTC"}
    assert without_store.get(URL, params=in_zone | {"group_by": "channel"}).status_code == 200
    for asked in (in_zone | {"group_by": "team"}, DAY | {"group_by": "channel"}):
        response = without_store.get(URL, params=asked)
        assert response.status_code == 503
        assert response.json()["error"]["message"].startswith("PostgreSQL at ")


def test_a_name_can_be_typed_for_an_id(named: httpx.Client) -> None:
    answer = named.get(URL, params=DAY | {"where": "team=<i>front</i>"}).json()
    assert answer["total"]["count"] == 1
    assert "warnings" not in answer


def test_a_value_that_does_not_occur_is_a_warning_beside_the_other_answers(named: httpx.Client) -> None:
    question = {"report": "new_inbound_conversations", **DAY}
    right, wrong, empty = named.post(
        "/api/v1/reports/answers",
        json=[question, question | {"where": ["team=Bcak"]}, question | {"where": ["team=9"]}],
    ).json()
    assert "warnings" not in right
    assert wrong["total"]["count"] == 0
    assert wrong["warnings"] == [
        "no conversation of acme has the team 'Bcak'; there are '<i>Front</i>', '8', 'Not here'"
    ]
    assert empty["warnings"] == ["no conversation has the team '9' yet"]


def test_an_unknown_workspace_is_a_warning(named: httpx.Client) -> None:
    answer = named.get(URL, params=DAY | {"workspace": "acne"}).json()
    assert answer["warnings"] == ["the workspace acne has no conversations in the index; did you mean 'acme'?"]


def test_the_page_says_beside_its_form_which_value_does_not_occur(named: httpx.Client) -> None:
    page = named.get("/", params=DAY | {"where": "team=Nobody there"})
    assert page.status_code == 422
    assert "no conversation of acme has the team" in page.text
    assert named.get("/", params=DAY | {"where": "team=9"}).status_code == 200


def test_conversations_are_listed_by_a_typed_name_too(named: httpx.Client) -> None:
    found = named.get(f"{URL}/conversations", params=DAY | {"where": "team=<i>front</i>"}).json()
    assert [one["conversation_id"] for one in found["conversations"]] == ["1"]
