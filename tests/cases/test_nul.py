"""A NUL character is JSON, and PostgreSQL's text cannot hold it: it stops no command, and no conversation is lost."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from indexer.settings import Settings
from tests.builders import conversation, part
from tests.integration.installation import Installation

pytestmark = pytest.mark.services

START = 1_772_442_000  # 2026-03-02
ASKED = ("--workspace", "w", "--from", "2026-03-02", "--to", "2026-03-02")
ODD: dict[str, dict[str, Any]] = {
    "plain": {},
    "title": {"title": "Bill\0ing"},
    "tag": {"tags": {"tags": [{"id": "1", "name": "a\0b"}]}},
    "contact": {"contacts": {"contacts": [{"id": "c\0d"}]}, "company": {"id": "k\0"}},
    "rating": {"conversation_rating": {"rating": 4, "remark": "o\0k", "created_at": START}},
    "assigned": {"team_assignee_id": "7\0007", "admin_assignee_id": "1\0001"},
    "attribute": {"custom_attributes": {"a\0b": 1, "Plan": "Pro\0"}},
    "state": {"state": "op\0en", "priority": "\0"},
    "sla": {"sla_applied": {"sla_name": "Go\0ld", "sla_status": "\0"}, "ai_agent": {"source_title": "\0"}},
}
REPLY = part("A", "comment", START + 60)
TEAMMATE = {"type": "admin", "id": "1\0001", "name": "A\0da"}


def conversations() -> list[dict[str, Any]]:
    replied = REPLY | {"author": TEAMMATE, "body": "x\0y", "id": "p\0001"}
    assigned = part("A", "assignment", START + 90) | {
        "author": TEAMMATE,
        "assigned_to": {"type": "team", "id": "7\0007"},
    }
    odd_type = part("A", "clo\0se", START + 120)
    return [
        *(conversation(REPLY, **({"id": name, "at": START, "state": "open"} | more)) for name, more in ODD.items()),
        conversation(replied, assigned, odd_type, id="parts", at=START, state="open"),
    ]


@pytest.fixture
def installation(test_settings: Settings) -> Iterator[Installation]:
    found = Installation(test_settings)
    found.run("index", "create")
    yield found
    found.close()


def test_every_command_goes_on_and_every_conversation_is_counted(installation: Installation) -> None:
    raws = [*conversations(), conversation(id="i\0d", at=START)]
    refused = installation.run(
        "import", "-", "--workspace", "w", code=1, stdin="\n".join(map(json.dumps, raws)).encode()
    )
    assert json.loads(refused)["created"] == len(raws) - 1
    installation.index_everything()
    assert installation.json("quarantine", "list")["entries"] == []

    ids = {raw["id"] for raw in raws[:-1]}
    for more in (
        (),
        *(("--group-by", group) for group in ("tag", "team", "teammate", "company", "priority", "custom.Plan")),
    ):
        answer = installation.json("report", "run", "new_conversations_created", *ASKED, *more)
        assert answer["total"]["count"] == len(ids), more
    replies = installation.json("report", "run", "replies_sent", *ASKED, "--group-by", "teammate")
    assert {(row["group"], row["count"]) for row in replies["rows"]} == {("A", len(ODD)), ("1\0001", 1)}
    exported = installation.run("export", "conversations", *ASKED)
    assert {row["conversation_id"] for row in csv.DictReader(io.StringIO(exported))} == ids
    assert "\0" not in exported
    listed = installation.run("report", "conversations", "new_conversations_created", *ASKED, "--format", "csv")
    assert len(list(csv.DictReader(io.StringIO(listed)))) == len(ids)
