"""Two sides of a real installation: only the changed fields are found to differ."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from indexer.connections import Connections
from indexer.datasets.conversations import CONVERSATIONS
from indexer.diff.run_diff import Diffing
from indexer.diff.selection import Selection
from indexer.diff.sides import read_side
from indexer.differences.fields import Chosen
from indexer.differences.pair import Pair, pairs_between, same
from indexer.differences.tally import Difference, Tally
from indexer.differences.tolerance import Tolerance
from indexer.dotted_paths import value_at
from indexer.errors import OperatorError
from indexer.indexing.drain import Drain
from indexer.keys import EntityKey
from indexer.sample import generate, office_hours, workspace
from indexer.search import Write, bulk_write, ensure_dataset
from indexer.settings import Settings
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.workspaces import Workspace, save_workspace

pytestmark = pytest.mark.services

SIZE = 250
Document = dict[str, Any]


@pytest.fixture
def here(test_settings: Settings) -> Iterator[Connections]:
    """A workspace of the sample, indexed."""
    here = Connections(test_settings)
    ensure_dataset(here.search, test_settings.index_prefix, "conversations")
    with here.store.begin() as connection:
        bots = tuple(workspace()["bot_admin_ids"])
        save_workspace(connection, Workspace("w", office_hours=office_hours(), bot_admin_ids=bots))
        save_conversations(
            connection, "w", [CONVERSATIONS.incoming(orjson.dumps(one)) for one in generate(SIZE, seed=3)]
        )
    Drain.from_connections(here, CONVERSATIONS).run()
    yield here
    here.search.close()
    here.store.dispose()


def diffing(left: str, right: str, **more: Any) -> Diffing:
    return Diffing(CONVERSATIONS, read_side(left), read_side(right), **{"explain": 0, **more})


def run(here: Connections, asked: Diffing) -> tuple[Tally, list[Difference], list[tuple[str, EntityKey]]]:
    differences: list[Difference] = []
    alone: list[tuple[str, EntityKey]] = []
    tally = asked.run(here, on_difference=differences.append, on_only=lambda side, key: alone.append((side, key)))
    return tally, differences, alone


def begin(here: Connections, asked: Diffing) -> None:
    asked.expected(here)
    asked.run(here)


def documents(here: Connections) -> list[Document]:
    here.search.indices.refresh(index=here.alias)
    hits = here.search.search(index=here.alias, size=SIZE, sort="conversation_id")["hits"]["hits"]
    assert len(hits) == SIZE
    return [hit["_source"] for hit in hits]


def file_of(path: Path, documents: list[Document]) -> str:
    path.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in documents))
    return f"file:{path}"


def test_the_index_is_what_is_computed_now(here: Connections, tmp_path: Path) -> None:
    for left, right in [("index:conversations", "source"), ("source", f"index:{here.alias}")]:
        tally, differences, alone = run(here, diffing(left, right))
        assert (tally.compared, tally.identical, tally.equal) == (SIZE, SIZE, True)
        assert differences == alone == []


def test_the_order_of_keys_and_of_lines_in_a_file_makes_no_difference(here: Connections, tmp_path: Path) -> None:
    turned = [dict(reversed(one.items())) for one in reversed(documents(here))]
    tally, differences, alone = run(here, diffing("source", file_of(tmp_path / "f.ndjson", turned)))
    assert (tally.compared, tally.identical, tally.equal) == (SIZE, 0, True)
    assert differences == alone == []


def shifted(document: Document) -> None:
    document["started_at"] += 3600


def counted_more(document: Document) -> None:
    document["legacy"]["count_reopens"] += 2


def without_a_field(document: Document) -> None:
    del document["statistics"]["first_contact_reply_at"]


def with_a_tag(document: Document) -> None:
    document["tags"] = [*document.get("tags", []), "new"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (shifted, "started_at"),
        (counted_more, "legacy.count_reopens"),
        (without_a_field, "statistics.first_contact_reply_at"),
        (with_a_tag, "tags"),
    ],
)
def test_a_changed_field_is_found_and_nothing_else(
    here: Connections, tmp_path: Path, change: Callable[[Document], None], path: str
) -> None:
    changed = documents(here)
    victim = next(one for one in changed[100:] if "started_at" in one)
    before = value_at(victim, path)
    change(victim)
    tally, differences, alone = run(here, diffing("source", file_of(tmp_path / "f.ndjson", changed)))
    key = EntityKey("w", victim["conversation_id"])
    assert differences == [Difference(key, same(path), before, value_at(victim, path))]
    assert (tally.compared, tally.different, tally.identical + tally.different, alone) == (SIZE, 1, SIZE, [])
    assert [one.pair.name for one in tally.fields.values()] == [path]


def test_documents_of_one_side_alone_are_named(here: Connections, tmp_path: Path) -> None:
    most = documents(here)
    dropped = most.pop(17)
    most.append({**most[3], "conversation_id": "999"})
    tally, differences, alone = run(here, diffing("source", file_of(tmp_path / "f.ndjson", most)))
    assert sorted(alone) == [("left", ("w", dropped["conversation_id"])), ("right", ("w", "999"))]
    assert (tally.compared, tally.only_left, tally.only_right, differences) == (SIZE - 1, 1, 1, [])


def test_a_stale_document_in_the_index_is_found(here: Connections) -> None:
    victim = documents(here)[5]
    stale = {**victim, "state": "snoozed" if victim["state"] != "snoozed" else "open", "revision": 0}
    id_ = f"w:{victim['conversation_id']}"
    version = here.search.get(index=here.alias, id=id_, routing="w")["_version"]
    (settled,) = bulk_write(here.search, here.alias, [Write(id_, version, orjson.dumps(stale))])
    assert settled.reason == ""
    _, differences, _ = run(here, diffing("index:conversations", "source"))
    assert [(one.pair, one.left) for one in differences] == [(same("state"), stale["state"])]
    _, differences, _ = run(here, diffing("index:conversations", "source", chosen=Chosen(("revision",))))
    assert [(one.pair, one.left) for one in differences] == [(same("revision"), 0)]


@pytest.mark.parametrize(("left", "right"), [("new", "legacy"), ("legacy", "rest"), ("new", "rest")])
def test_two_pipelines_differ_where_their_fields_do(here: Connections, left: str, right: str) -> None:
    tally, differences, alone = run(here, diffing(f"pipeline:{left}", f"pipeline:{right}"))
    wanted: Counter[Pair] = Counter()
    pairs = pairs_between(left, right)  # type: ignore[arg-type]
    for document in documents(here):
        wanted.update(pair for pair in pairs if value_at(document, pair.left) != value_at(document, pair.right))
    assert Counter(one.pair for one in differences) == wanted
    assert {pair: one.differing for pair, one in tally.fields.items()} == {pair: wanted[pair] for pair in pairs}
    assert (tally.compared, alone) == (SIZE, [])
    assert wanted


def test_the_vendors_statistics_are_compared_as_far_as_it_gives_any(here: Connections) -> None:
    ours = {one["conversation_id"]: one["statistics"] for one in documents(here)}
    given = list(generate(SIZE, seed=3))
    late = next(one for one in given if "time_to_admin_reply" in ours[one["id"]])
    for one in given[:-1]:
        one["statistics"] = {name: value for name, value in ours[one["id"]].items() if name != "reply_times"}
        one["statistics"]["type"] = "conversation_statistics"
        one["updated_at"] += 1
    late["statistics"]["time_to_admin_reply"] += 1
    with here.store.begin() as connection:
        save_conversations(connection, "w", [CONVERSATIONS.incoming(orjson.dumps(one)) for one in given])
    tally, differences, alone = run(here, diffing("vendor", "source"))
    assert (tally.compared, alone) == (SIZE - 1, [("right", ("w", given[-1]["id"]))])
    assert [(one.key[1], one.pair.left) for one in differences] == [(late["id"], "statistics.time_to_admin_reply")]
    tally, differences, _ = run(here, diffing("vendor", "pipeline:rest", tolerance=Tolerance(duration=1)))
    assert (differences, tally.fields[same("statistics.time_to_admin_reply")].within) == ([], 1)


def test_a_selection_is_the_same_on_every_side(here: Connections, tmp_path: Path) -> None:
    everything = documents(here)
    middle = sorted(one["created_at"] for one in everything)[SIZE // 2]
    side = file_of(tmp_path / "f.ndjson", everything)
    selection = Selection("w", created_from=middle, share=0.5)
    wanted = sum(
        selection.takes(EntityKey("w", one["conversation_id"])) for one in everything if one["created_at"] >= middle
    )
    assert 0 < wanted < SIZE // 2
    for right in ("index:conversations", side):
        tally, _, alone = run(here, diffing("source", right, selection=selection))
        assert (tally.compared, tally.equal, alone) == (wanted, True, [])


def test_only_a_limited_number_of_conversations_is_explained(here: Connections, tmp_path: Path) -> None:
    changed = documents(here)
    for one in changed:
        one["teammate_replies_count"] += 1
    asked = diffing("source", file_of(tmp_path / "f.ndjson", changed), explain=30)
    tally, differences, _ = run(here, asked)
    assert (tally.different, tally.explained) == (SIZE, 30)
    assert [bool(one.reasons) for one in differences] == [True] * 30 + [False] * (SIZE - 30)


def test_a_conversation_that_cannot_be_computed_is_counted_and_on_no_side(here: Connections) -> None:
    with here.store.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE conversations SET payload = '{}'"
            " WHERE conversation_id = (SELECT min(conversation_id) FROM conversations)"
        )
    tally, _, alone = run(here, diffing("source", "index:conversations"))
    assert (tally.uncomputable, [side for side, _ in alone]) == (1, ["right"])


@pytest.mark.parametrize("bad", ["index:nothing", "index:calls", "index:A B", "file:/nothing.ndjson"])
def test_a_side_that_is_not_there_gives_no_verdict(here: Connections, bad: str) -> None:
    ensure_dataset(here.search, here.settings.index_prefix, "calls")
    for sides in (("source", bad), (bad, "source")):
        with pytest.raises(OperatorError) as caught:
            begin(here, diffing(*sides))
        assert caught.value.exit_code == 2


def test_two_equal_sides_of_a_hundred_thousand_have_no_difference(test_settings: Settings, tmp_path: Path) -> None:
    lines = [
        orjson.dumps({"workspace_id": "w", "conversation_id": f"{number:06d}", "started_at": number}) + b"\n"
        for number in range(100_000)
    ]
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"".join(lines))
    tally, differences, alone = run(
        Connections(test_settings), diffing(f"file:{tmp_path}/a", f"file:{tmp_path}/b", explain=1000)
    )
    assert (tally.compared, tally.identical, tally.equal, differences, alone) == (100_000, 100_000, True, [], [])
