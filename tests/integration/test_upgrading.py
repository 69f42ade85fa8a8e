"""The present release on an installation that an earlier one has left, as an operator upgrades it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexer.sample import generate
from indexer.search import Write, bulk_write, definition
from indexer.settings import Settings
from tests.builders import document_of
from tests.indexing.store_and_index import make_index
from tests.integration.installation import Installation

pytestmark = pytest.mark.services

COUNT = 300


@pytest.fixture
def installation(test_settings: Settings, tmp_path: Path) -> Iterator[Installation]:
    """Conversations of workspace `w`, half of them indexed by the earlier release, half still to be indexed."""
    installation = Installation(test_settings)
    index = make_index(installation.search, test_settings.index_prefix, 1)
    conversations = list(generate(COUNT, seed=7))
    file = tmp_path / "sample.ndjson"
    file.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in conversations))
    installation.run("import", str(file), "--workspace", "w")
    earlier = [document_of_the_first_release(one) for one in conversations[: COUNT // 2]]
    ids = [document["conversation_id"] for document in earlier]
    with installation.engine.begin() as connection:
        rows = connection.exec_driver_sql("SELECT conversation_id, revision FROM conversations")
        revisions: dict[str, int] = {row.conversation_id: row.revision for row in rows}
        connection.exec_driver_sql("DELETE FROM changes WHERE entity_id = ANY(%(ids)s)", {"ids": ids})
    writes = [
        Write(f"w:{id_}", revisions[id_], orjson.dumps(document | {"revision": revisions[id_]}))
        for id_, document in zip(ids, earlier, strict=True)
    ]
    assert {settled.reason for settled in bulk_write(installation.search, installation.alias, writes)} == {""}
    installation.search.indices.refresh(index=index)
    yield installation
    installation.close()


def document_of_the_first_release(raw: dict[str, Any]) -> dict[str, Any]:
    """The document without the fields that the first version of the mapping does not have."""
    known = definition("conversations", 1).mappings["properties"]
    document = {name: value for name, value in document_of(raw).items() if name in known}
    for action in document["actions"]:
        for name in action.keys() - known["actions"]["properties"].keys():
            del action[name]
    return document | {"metrics_version": 1}


def of_documents(installation: Installation) -> tuple[str, str]:
    [found] = [row for row in installation.json("doctor") if row["check"] == "elasticsearch documents"]
    return found["verdict"], found["detail"].partition(" ")[0]


def test_an_upgrade_stops_nothing_puts_nothing_in_quarantine_and_ends_with_a_rebuild(
    installation: Installation,
) -> None:
    assert of_documents(installation) == ("warning", str(COUNT // 2))
    said = installation.said("worker", "--until-idle", code=0)
    assert "index_extended" in said
    assert "actions.sla_outcome" in said
    assert (installation.count("changes"), installation.count("quarantine")) == (0, 0)
    assert len(installation.documents("w")) == COUNT
    assert of_documents(installation) == ("warning", str(COUNT // 2))
    [index] = installation.json("index", "status", "conversations")["indices"]
    assert (index["version"], index["drift"]) == (1, False)

    worker = installation.start_worker()
    try:
        assert installation.json("index", "rebuild")["step"] == "grace"
    finally:
        installation.kill(worker)
    assert of_documents(installation) == ("ok", "all")
    found = installation.json("reconcile", "--deep")
    assert {found[name] for name in ("missing", "stale", "orphaned", "differing", "quarantined")} == {0}
