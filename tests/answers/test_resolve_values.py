"""Typed values over a real index and store: names for ids, and values that do not occur."""

from collections.abc import Iterator
from contextlib import AbstractContextManager

import orjson
import pytest
from sqlalchemy import Connection, Engine

from indexer.answers.carried_names import names_in, teammates_names
from indexer.answers.catalogue import load_reports
from indexer.answers.resolve_values import Resolved, Resolver
from indexer.datasets.conversations import CONVERSATIONS
from indexer.indexing.drain import Drain
from indexer.intake.importer import import_records
from indexer.reports import read_question
from indexer.settings import Settings
from indexer.store.entities.names import Named, save_names
from tests.builders import conversation, part
from tests.embedded.harness import Run
from tests.fresh import fresh_database, fresh_prefix
from tests.indexing.store_and_index import installed

pytestmark = pytest.mark.services

REPORTS = load_reports()
DAY = 86_400
T = 1_700_000_000


@pytest.fixture(scope="module")
def drain(services: Run, elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drain]:
    """Three indexed conversations of `acme`; teams 7 and 9 have names, teammates only those they write under."""
    records = [
        conversation(
            part("A", "comment", T + 60, author={"type": "admin", "id": "5", "name": "Aoife Brannock"}),
            part("A", "close", T + 90, author={"type": "admin", "id": "6", "name": "Agent  1265"}),
            id="1",
            at=T,
            tags={"tags": [{"name": "Category 42"}, {"name": "bug"}]},
            team_assignee_id="7",
            custom_attributes={"Plan": "Pro", "Region": {"Name": "North"}},
        ),
        conversation(id="2", at=T, tags={"tags": [{"name": "bug"}]}, team_assignee_id="8"),
        conversation(
            part("A", "comment", T - 60, author={"type": "admin", "id": "5", "name": "Aoife Old-Name"}),
            id="3",
            at=T - DAY,
        ),
    ]
    file = tmp_path_factory.mktemp("resolve") / "conversations.ndjson"
    file.write_bytes(b"\n".join(orjson.dumps(record) for record in records))
    with (
        fresh_database(services) as database_url,
        fresh_prefix(elasticsearch_url) as prefix,
        installed(
            Settings.model_validate(
                {"ELASTICSEARCH_URL": elasticsearch_url, "DATABASE_URL": database_url, "index_prefix": prefix}
            )
        ) as drain,
    ):
        assert import_records(drain.store, CONVERSATIONS, [str(file)], "acme", lambda *_: None).refused == 0
        with drain.store.begin() as connection:
            save_names(connection, "acme", Named.TEAM, {"7": "Front Desk", "9": "Billing"})
        drain.run()
        drain.search.indices.refresh(index=drain.alias)
        yield drain


class _Store:
    def __init__(self, engine: Engine) -> None:
        self.engine, self.opened = engine, 0

    def __call__(self) -> AbstractContextManager[Connection]:
        self.opened += 1
        return self.engine.connect()


def resolved(drain: Drain, *where: str, report: str = "new_conversations", workspace: str = "acme") -> Resolved:
    definition = REPORTS[report]
    asked = {"workspace": workspace, "from": "2023-11-14", "to": "2023-11-15", "where": list(where)}
    [found] = resolver(drain).resolve([(definition, read_question(definition, asked))])
    return found


def resolver(drain: Drain) -> Resolver:
    return Resolver(drain.search, drain.alias.removesuffix("-conversations"), _Store(drain.store))


def test_ids_and_values_that_occur_stay_and_need_no_store(drain: Drain) -> None:
    definition, store = REPORTS["new_conversations"], _Store(drain.store)
    where = ["team=7", "tag=Category 42", "tag!=bug", "teammate=*", "custom.Plan=Pro"]
    question = read_question(
        definition, {"workspace": "acme", "from": "2023-11-14", "to": "2023-11-15", "where": where}
    )
    prefix = drain.alias.removesuffix("-conversations")
    [found] = Resolver(drain.search, prefix, store).resolve([(definition, question)])
    assert found == Resolved(question)
    assert store.opened == 0


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("team=front desk", "team=7"),
        ("team!=Front  Desk", "team!=7"),
        ("teammate_participated=Aoife Brannock", "teammate_participated=5"),
        ("closed_by=agent 1265", "closed_by=6"),
    ],
)
def test_a_name_stands_for_its_id(drain: Drain, written: str, becomes: str) -> None:
    found = resolved(drain, written)
    assert found.question.where == [becomes]
    assert not found.unknown
    assert not found.notices


def test_in_reports_on_actions_a_name_stands_for_the_id_of_the_actions_author(drain: Drain) -> None:
    assert resolved(drain, "teammate=Aoife Brannock", report="replies_sent").question.where == ["teammate=5"]


def test_a_team_without_a_conversation_is_not_a_mistake(drain: Drain) -> None:
    for written in ("team=Billing", "team=9"):
        found = resolved(drain, written)
        assert found.question.where == ["team=9"]
        assert not found.unknown
        assert found.notices == (f"no conversation has the team {written[5:]!r} yet",)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("tag=Categry 42", "no conversation of acme has the tag 'Categry 42'; did you mean 'Category 42'?"),
        ("tag!=BUG", "no conversation of acme has the tag 'BUG'; did you mean 'bug'?"),
        ("team=Frnt Desk", "no conversation of acme has the team 'Frnt Desk'; did you mean 'Front Desk'?"),
        ("tag=xyz", "no conversation of acme has the tag 'xyz'; there are 'bug', 'Category 42'"),
        ("custom.Plan=Por", "no conversation of acme has the custom.Plan 'Por'; did you mean 'Pro'?"),
        ("custom.Paln=Pro", "no conversation has the attribute custom.Paln; did you mean 'custom.Plan'?"),
        ("rating=4", "no conversation of acme has the rating '4'"),
    ],
)
def test_a_value_that_does_not_occur_is_named_with_the_nearest(drain: Drain, written: str, said: str) -> None:
    found = resolved(drain, written, "tag=bug")
    assert found.unknown == (said,)
    assert found.question.where == [written, "tag=bug"]


def test_if_a_workspace_has_no_documents_the_fault_names_the_workspace(drain: Drain) -> None:
    found = resolved(drain, "tag=bug", workspace="amce")
    assert found.unknown == ("the workspace amce has no conversations in the index; did you mean 'acme'?",)


def test_a_group_is_found_by_its_name_too(drain: Drain) -> None:
    definition = REPORTS["new_conversations"]
    asked = {"workspace": "acme", "from": "2023-11-14", "to": "2023-11-15", "group_by": "team"}
    question = read_question(definition, asked)
    found = resolver(drain)
    assert found.group(definition, question, "Front Desk") == ("7", None)
    assert found.group(definition, question, "8") == ("8", None)
    _, unknown = found.group(definition, question, "Frint Desk")
    assert unknown == "no conversation of acme has the team 'Frint Desk'; did you mean 'Front Desk'?"


def test_the_name_that_a_teammate_writes_under_is_that_of_the_newest_conversation(drain: Drain) -> None:
    with drain.store.connect() as connection:
        found = teammates_names(drain.search, drain.alias, connection, "acme", ["5", "6", "77"])
    assert found == {"5": "Aoife Brannock", "6": "Agent  1265"}


def test_names_are_found_wherever_a_conversation_has_them() -> None:
    payload = orjson.dumps(
        {"a": [{"type": "admin", "id": 1, "name": "A"}, {"type": "user", "id": 2, "name": "B"}], "b": {"type": "team"}}
    )
    assert names_in(payload) == {(Named.TEAMMATE, "1"): "A"}
