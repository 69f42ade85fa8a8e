"""The texts of answers and pages about changes still to be indexed."""

import time
from collections.abc import Iterator

import orjson
import pytest

from indexer.settings import Settings
from tests import forking
from tests.builders import conversation
from tests.integration.installation import Installation
from tests.web.server import served

pytestmark = pytest.mark.services

QUESTION = {"workspace": "w", "from": "2024-03-01", "to": "2024-03-31", "time_zone": "UTC"}
OPTIONS = ("--workspace", "w", "--from", "2024-03-01", "--to", "2024-03-31")
REPORT = "new_conversations"


@pytest.fixture
def installation(test_settings: Settings) -> Iterator[Installation]:
    made = Installation(test_settings)
    yield made
    made.close()


def imported(installation: Installation, workspace: str, *ids: str) -> None:
    lines = b"\n".join(orjson.dumps(conversation(id=one, at=1_709_300_000)) for one in ids)
    installation.run("import", "-", "--workspace", workspace, stdin=lines)


def run(installation: Installation) -> tuple[dict[str, object], str]:
    done = forking.run(["report", "run", REPORT, *OPTIONS, "--format", "json"], installation.environment)
    assert done.returncode == 0, done.stderr.decode()
    return orjson.loads(done.stdout), done.stderr.decode()


def test_an_answer_says_how_much_waits_and_up_to_when_it_holds_everything(
    installation: Installation, test_settings: Settings
) -> None:
    imported(installation, "w", "1", "2")
    installation.run("worker", "--until-idle")
    answer, said = run(installation)
    assert "waiting" not in answer
    assert said == ""

    imported(installation, "other", "9")
    assert "waiting" not in run(installation)[0]

    began = int(time.time())
    imported(installation, "w", "3", "4", "5")
    answer, said = run(installation)
    assert answer["waiting"]["changes"] == 3  # type: ignore[index]
    assert began <= answer["waiting"]["as_of"] <= time.time()  # type: ignore[index]
    assert "3 conversations wait for a worker: indexer worker --until-idle" in said

    with installation.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE signs SET ended_at = NULL, seen_at = now()")
    assert "3 conversations are still to be indexed" in run(installation)[1]

    with served(
        str(test_settings.elasticsearch_url), test_settings.index_prefix, DATABASE_URL=str(test_settings.database_url)
    ) as client:
        found = client.get(f"/api/v1/reports/{REPORT}", params=QUESTION).json()
        assert found["waiting"] == answer["waiting"]
        page = client.get("/", params={"report": REPORT, **QUESTION}).text
        assert "3 conversations are still to be indexed" in page
        installation.run("worker", "--until-idle")
        time.sleep(1.1)
        assert "waiting" not in client.get(f"/api/v1/reports/{REPORT}", params=QUESTION).json()


def test_an_empty_report_of_what_waits_says_so(installation: Installation) -> None:
    installation.run("index", "create")
    imported(installation, "w", "1")
    assert "1 conversations wait" not in (said := run(installation)[1])
    assert "1 conversation waits for a worker: indexer worker --until-idle" in said


def test_an_answer_needs_no_store(installation: Installation, test_settings: Settings) -> None:
    imported(installation, "w", "1")
    installation.run("worker", "--until-idle")
    token = "t" * 30  # the only one that is known without the store
    with served(
        str(test_settings.elasticsearch_url),
        test_settings.index_prefix,
        DATABASE_URL="postgresql://127.0.0.1:1/x",
        api_token=token,
    ) as client:
        bearing = {"Authorization": f"Bearer {token}"}
        assert client.get(f"/api/v1/reports/{REPORT}", params=QUESTION, headers=bearing).status_code == 200
