"""What people did, period by period, against counts of the events themselves."""

import json
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from indexer.cli.app import app
from indexer.datasets.people import PEOPLE, incoming_person
from indexer.errors import OperatorError
from indexer.people.person import Person
from indexer.people.person_event import PersonEvent
from indexer.settings import settings
from indexer.store.database import open_store, upgrade
from indexer.store.entities.person_events import save_person_events
from indexer.store.entities.records import save_records
from indexer.store.entities.workspaces import Workspace, save_workspace
from tests.embedded.harness import Run
from tests.fresh import fresh_database

pytestmark = pytest.mark.services

ZONE = ZoneInfo("Europe/Dublin")
T = 1_711_584_000  # 28 March 2024: clocks change on the 31st
DICE = random.Random(4)
EVENTS = sorted({(f"p{DICE.randrange(8)}", T + DICE.randrange(-20 * 86_400, 20 * 86_400)) for _ in range(200)})


@pytest.fixture(scope="module")
def engine(services: Run) -> Iterator[Engine]:
    with fresh_database(services) as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("INDEXER_DATABASE_URL", url)
        settings.cache_clear()
        engine = open_store(url)
        upgrade(engine)
        people = [Person(id=f"p{number}", role="user", created_at=1, updated_at=1) for number in range(10)]
        with engine.begin() as connection:
            save_workspace(connection, Workspace("w", time_zone="Europe/Dublin"))
            save_records(connection, PEOPLE, "w", list(map(incoming_person, people)))
            given = [PersonEvent(id=person, name="export", at=at) for person, at in EVENTS]
            assert save_person_events(connection, "w", given).created == len(EVENTS)
            save_person_events(connection, "w", [PersonEvent(id="p1", name="other", at=T)])
        yield engine
        engine.dispose()
        settings.cache_clear()


def run(*options: str) -> Any:
    arguments = ["events", "activity", "export", "--workspace", "w", "--format", "json", *options]
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return json.loads(result.stdout)


def day(at: int) -> date:
    return datetime.fromtimestamp(at, ZONE).date()


def expected(first: date, last: date, days: int) -> list[dict[str, Any]]:
    firsts = {person: min(day(at) for who, at in EVENTS if who == person) for person, _ in EVENTS}
    found = []
    begin = first if days == 1 else first - timedelta(first.weekday())
    while begin <= last:
        start, end = max(begin, first), min(begin + timedelta(days - 1), last)
        inside = [person for person, at in EVENTS if start <= day(at) <= end]
        so_far = sum(on <= end for on in firsts.values())
        found.append(
            {
                "period": begin.isoformat(),
                "events": len(inside),
                "people": len(set(inside)),
                "first": sum(start <= on <= end for on in firsts.values()),
                "so_far": so_far,
                "percent_so_far": round(100 * so_far / 10, 1),
            }
        )
        begin += timedelta(days)
    return found


@pytest.mark.parametrize(("interval", "days"), [("day", 1), ("week", 7)])
def test_periods_are_those_of_the_workspace(engine: Engine, interval: str, days: int) -> None:
    asked = ("--from", "2024-03-10", "--to", "2024-04-10", "--interval", interval)
    assert run(*asked) == expected(date(2024, 3, 10), date(2024, 4, 10), days)


def test_a_period_whose_single_events_are_gone_says_so_and_keeps_first_uses(engine: Engine) -> None:
    before = run("--from", "2024-03-10", "--to", "2024-04-10")
    with engine.begin() as connection:
        week = T // 604_800
        connection.exec_driver_sql("UPDATE person_event_weeks SET closed_at = now() WHERE week = %s", (week,))
    after = run("--from", "2024-03-10", "--to", "2024-04-10")
    gone = [row["period"] for row in after if row["events"] is None]
    begins, ends = (datetime.fromtimestamp(at, ZONE).date() for at in (week * 604_800, (week + 1) * 604_800 - 1))
    assert gone == [str(begins + timedelta(number)) for number in range((ends - begins).days + 1)]
    assert [row["so_far"] for row in after] == [row["so_far"] for row in before]
    assert [row for row in after if row["period"] not in gone] == [row for row in before if row["period"] not in gone]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--from", "2024-03-10", "--to", "2024-03-01"), "--to: 2024-03-01 is before from"),
        (("--from", "10 March", "--to", "2024-03-01"), "--from: "),
        (("--from", "2024-03-01", "--to", "2024-03-01", "--interval", "year"), "--interval: 'year' is not a period"),
    ],
)
def test_what_cannot_be_asked_is_refused(engine: Engine, options: tuple[str, ...], said: str) -> None:
    with pytest.raises(OperatorError) as caught:
        run(*options)
    assert str(caught.value).startswith(said)
