"""The bulk writer against a real node."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.search import (
    NOT_SENT,
    BulkWriter,
    Limits,
    Outcome,
    Settled,
    Write,
    alias_name,
    bulk_write,
    index_behind,
)
from tests.search.spare_index import spare

pytestmark = pytest.mark.services


class Workspace:
    """Writes with ids that no other test has, so that tests can share an index."""

    def __init__(self) -> None:
        self._name = uuid.uuid4().hex[:12]

    def id(self, name: str) -> str:
        return f"{self._name}:{name}"

    def write(self, name: str, version: int = 1, **fields: Any) -> Write:
        return Write(self.id(name), version, orjson.dumps(fields))

    def raw(self, name: str, body: bytes) -> Write:
        return Write(self.id(name), 1, body)

    def removal(self, name: str, version: int = 1) -> Write:
        return Write(self.id(name), version, None)


@pytest.fixture
def w() -> Workspace:
    return Workspace()


@pytest.fixture
def creates_indices(client: Elasticsearch) -> Iterator[None]:
    """The node makes indices on demand, as servers do by default."""
    client.cluster.put_settings(persistent={"action.auto_create_index": "true"})
    yield
    client.cluster.put_settings(persistent={"action.auto_create_index": None})


def outcomes(settled: list[Settled]) -> list[Outcome]:
    return [one.outcome for one in settled]


def version_of(client: Elasticsearch, alias: str, name: str) -> int | None:
    answer = client.options(ignore_status=404).get(index=alias, id=name)
    return int(answer["_version"]) if answer["found"] else None


def test_documents_are_indexed_with_their_versions(client: Elasticsearch, shared_alias: str, w: Workspace) -> None:
    first, second = w.write("1", 7, state="open"), w.write("2", 8, state="closed")
    assert bulk_write(client, shared_alias, [first, second]) == [
        Settled(first.id, Outcome.INDEXED, ""),
        Settled(second.id, Outcome.INDEXED, ""),
    ]
    assert version_of(client, shared_alias, first.id) == 7
    assert client.get(index=shared_alias, id=second.id)["_source"] == {"state": "closed"}


def test_nothing_to_write_is_nothing_to_settle(client: Elasticsearch, shared_alias: str) -> None:
    assert bulk_write(client, shared_alias, []) == []


@pytest.mark.parametrize("name", ['"quoted"', "back\\slash", "zwölf €", "new\nline", "/%20?&"])
def test_an_id_may_hold_any_character(client: Elasticsearch, shared_alias: str, w: Workspace, name: str) -> None:
    assert outcomes(bulk_write(client, shared_alias, [w.write(name, 3)])) == [Outcome.INDEXED]
    assert version_of(client, shared_alias, w.id(name)) == 3


def test_an_older_version_is_superseded(client: Elasticsearch, shared_alias: str, w: Workspace) -> None:
    bulk_write(client, shared_alias, [w.write("1", 5, state="closed")])
    [settled] = bulk_write(client, shared_alias, [w.write("1", 4, state="open")])
    assert settled.outcome is Outcome.SUPERSEDED
    assert "current version [5] is higher" in settled.reason
    assert client.get(index=shared_alias, id=w.id("1"))["_source"] == {"state": "closed"}


def test_the_same_version_again_is_indexed_again(client: Elasticsearch, shared_alias: str, w: Workspace) -> None:
    bulk_write(client, shared_alias, [w.write("1", 5, state="open")])
    assert outcomes(bulk_write(client, shared_alias, [w.write("1", 5, state="closed")])) == [Outcome.INDEXED]
    assert client.get(index=shared_alias, id=w.id("1"))["_source"] == {"state": "closed"}


def test_a_write_older_than_a_removal_does_not_bring_the_document_back(
    client: Elasticsearch, shared_alias: str, w: Workspace
) -> None:
    bulk_write(client, shared_alias, [w.write("1", 1)])
    assert outcomes(bulk_write(client, shared_alias, [w.removal("1", 6)])) == [Outcome.INDEXED]
    assert outcomes(bulk_write(client, shared_alias, [w.write("1", 5)])) == [Outcome.SUPERSEDED]
    assert version_of(client, shared_alias, w.id("1")) is None
    assert outcomes(bulk_write(client, shared_alias, [w.write("1", 7)])) == [Outcome.INDEXED]


def test_a_removal_older_than_the_document_is_superseded(
    client: Elasticsearch, shared_alias: str, w: Workspace
) -> None:
    bulk_write(client, shared_alias, [w.write("1", 6)])
    assert outcomes(bulk_write(client, shared_alias, [w.removal("1", 5)])) == [Outcome.SUPERSEDED]
    assert version_of(client, shared_alias, w.id("1")) == 6


@pytest.mark.parametrize(
    "make",
    [
        lambda w: w.write("2", handling_time="s3cret and 'more'"),
        lambda w: w.write("2", created_at="s3cret"),
        lambda w: w.write("2", ai={"participated": "s3cret"}),
        lambda w: w.write("2", state={"s3cret": "s3cret"}),
        lambda w: w.write("2", title={"a": ["s3cret"]}),
        lambda w: w.write("2", handling_time=[{"s3cret": 1}]),
        lambda w: w.write("2", state="s3cret" * 10_000),
        lambda w: w.raw("2", b'{"title": s3cret}'),
        lambda w: w.raw("2", b"s3cret"),
    ],
)
def test_the_reason_of_a_refused_document_quotes_none_of_its_values(
    client: Elasticsearch, shared_alias: str, w: Workspace, make: Callable[[Workspace], Write]
) -> None:
    [settled] = bulk_write(client, shared_alias, [make(w)])
    assert settled.outcome is Outcome.POISON
    assert settled.reason
    assert "s3cret" not in settled.reason
    assert str(list(b"s3cret"))[1:-1] not in settled.reason  # as bytes, which is how a long term is quoted


def test_removing_a_missing_document_is_done_and_remembered(
    client: Elasticsearch, shared_alias: str, w: Workspace
) -> None:
    assert outcomes(bulk_write(client, shared_alias, [w.removal("1", 6)])) == [Outcome.INDEXED]
    assert outcomes(bulk_write(client, shared_alias, [w.write("1", 5)])) == [Outcome.SUPERSEDED]


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda w: w.write("2", surprise=1), "strict_dynamic_mapping_exception: [1:13] mapping set to strict"),
        (lambda w: w.write("2", handling_time="long"), "; caused by "),
        (lambda w: w.write("2", state="x" * 40_000), 'immense term in field="state"'),
        (lambda w: w.write("2", actions=[{"at": 1}] * 10_001), "allowed limit of [10000]"),
        (lambda w: w.raw("2", b"{broken"), "json_parse_exception"),
        (lambda w: w.raw("2", b""), "document is empty"),
        (lambda w: w.raw("2", b"[1]"), "must start with an object"),
        (lambda w: w.write("2" * 600), "must be no longer than 512 bytes"),
        (lambda w: w.write("2", -1), "illegal version value [-1]"),
    ],
    ids=["field", "kind", "length", "nested", "broken", "empty", "array", "id", "version"],
)
def test_a_document_that_can_never_be_taken_is_poison_and_its_neighbours_are_indexed(
    client: Elasticsearch, shared_alias: str, w: Workspace, make: Callable[[Workspace], Write], said: str
) -> None:
    writes = [w.write("1"), make(w), *(w.write(str(number)) for number in range(3, 8))]
    settled = bulk_write(client, shared_alias, writes)
    assert [one.id for one in settled] == [write.id for write in writes]
    assert outcomes(settled) == [Outcome.INDEXED, Outcome.POISON, *[Outcome.INDEXED] * 5]
    assert said in settled[1].reason
    assert len(settled[1].reason) < 5_000


def test_a_document_beyond_the_servers_limit_is_poison(client: Elasticsearch, shared_alias: str, w: Workspace) -> None:
    """The limit is `http.max_content_length`, 100 MB by default."""
    enormous = w.raw("2", b'{"title":"%b"}' % (b"x" * 105_000_000))
    together = Limits(request_bytes=200_000_000, start_bytes=200_000_000, ceiling_bytes=200_000_000)
    with BulkWriter(client, together) as writer:
        settled = writer.write(shared_alias, [w.write("1"), enormous])
    assert outcomes(settled) == [Outcome.INDEXED, Outcome.POISON]
    assert settled[1].reason.startswith("HTTP 413")


def test_a_document_of_several_lines_is_one_document(client: Elasticsearch, shared_alias: str, w: Workspace) -> None:
    document = {"title": "two\nlines", "custom": {"plan": "gold"}}
    body = json.dumps(document, indent=2).encode() + b"\n"
    settled = bulk_write(client, shared_alias, [w.raw("1", body), w.write("2")])
    assert outcomes(settled) == [Outcome.INDEXED, Outcome.INDEXED]
    assert client.get(index=shared_alias, id=w.id("1"))["_source"] == document


def test_without_the_alias_writes_wait_and_no_index_is_made(
    client: Elasticsearch, index_prefix: str, w: Workspace, creates_indices: None
) -> None:
    nowhere = alias_name(index_prefix, "conversations")
    for writes in ([w.write("1")], [w.removal("1")], [w.write("1"), w.removal("2")]):
        settled = bulk_write(client, nowhere, writes)
        assert set(outcomes(settled)) == {Outcome.RETRY}
        assert all(nowhere in one.reason for one in settled)
        assert not client.indices.exists(index=nowhere)


def test_an_index_that_bears_the_name_of_the_alias_is_not_written_to(
    client: Elasticsearch, index_prefix: str, w: Workspace
) -> None:
    impostor = alias_name(index_prefix, "conversations")
    client.indices.create(index=impostor)
    for writes in ([w.write("1")], [w.removal("1")]):
        assert outcomes(bulk_write(client, impostor, writes)) == [Outcome.RETRY]


def test_while_the_index_is_closed_writes_wait(client: Elasticsearch, alias: str, w: Workspace) -> None:
    client.indices.close(index=alias)
    settled = bulk_write(client, alias, [w.write("1"), w.removal("2")])
    assert outcomes(settled) == [Outcome.RETRY, Outcome.RETRY]
    assert "index_closed_exception" in settled[0].reason


def test_while_no_index_takes_the_writes_of_the_alias_they_wait(
    client: Elasticsearch, index_prefix: str, spare_index: str, w: Workspace
) -> None:
    other = spare(client, index_prefix)
    client.indices.put_alias(index=[spare_index, other], name=f"{index_prefix}-loose")
    settled = bulk_write(client, f"{index_prefix}-loose", [w.write("1"), w.removal("2")])
    assert outcomes(settled) == [Outcome.RETRY, Outcome.RETRY]
    assert "no write index" in settled[0].reason


@pytest.mark.parametrize("block", ["write", "read_only_allow_delete"])
def test_while_the_index_is_blocked_writes_wait(client: Elasticsearch, alias: str, w: Workspace, block: str) -> None:
    """A node with a full disk sets `read_only_allow_delete`."""
    index = index_behind(client, alias)
    client.indices.put_settings(index=index, settings={f"index.blocks.{block}": True})
    settled = bulk_write(client, alias, [w.write("1"), w.removal("2")])
    client.indices.put_settings(index=index, settings={f"index.blocks.{block}": None})
    assert outcomes(settled) == [Outcome.RETRY, Outcome.RETRY]
    assert "cluster_block_exception" in settled[0].reason


def test_thousands_of_documents_in_many_requests_are_all_indexed(
    client: Elasticsearch, alias: str, w: Workspace
) -> None:
    writes = [w.write(str(number), number + 1, title="x" * 100) for number in range(3_000)]
    small = Limits(request_bytes=20_000, start_bytes=20_000, floor_bytes=20_000, ceiling_bytes=100_000)
    with BulkWriter(client, small) as writer:
        settled = writer.write(alias, writes)
    assert settled == [Settled(write.id, Outcome.INDEXED, "") for write in writes]
    client.indices.refresh(index=alias)
    assert client.count(index=alias)["count"] == 3_000
    assert [version_of(client, alias, w.id(name)) for name in ("0", "1499", "2999")] == [1, 1_500, 3_000]


def test_a_write_not_sent_before_the_stop_is_not_in_the_index(
    client: Elasticsearch, shared_alias: str, w: Workspace
) -> None:
    with BulkWriter(client) as writer:
        before = writer.write(shared_alias, [w.write("1")])
        writer.stop()
        after = writer.write(shared_alias, [w.write("2")])
    assert outcomes(before) == [Outcome.INDEXED]
    assert after == [Settled(w.id("2"), Outcome.RETRY, NOT_SENT)]
    assert version_of(client, shared_alias, w.id("2")) is None


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    arrivals=st.permutations([*range(1, 7), *range(1, 7)]),
    removed=st.sets(st.integers(1, 6)),
    request_bytes=st.sampled_from([1, 250, 4_000_000]),
    most_requests=st.sampled_from([1, 4]),
)
def test_in_whatever_order_and_however_often_writes_arrive_the_newest_wins(
    client: Elasticsearch,
    shared_alias: str,
    arrivals: list[int],
    removed: set[int],
    request_bytes: int,
    most_requests: int,
) -> None:
    w = Workspace()
    writes = [
        w.removal("1", version) if version in removed else w.write("1", version, revision=version)
        for version in arrivals
    ]
    with BulkWriter(client, Limits(request_bytes=request_bytes, most_requests=most_requests)) as writer:
        became = outcomes(writer.write(shared_alias, writes))
    newest = 0
    for version, outcome in zip(arrivals, became, strict=True):
        newest = max(newest, version)
        if version == 6:
            assert outcome is Outcome.INDEXED
        elif most_requests == 1:
            assert outcome is (Outcome.INDEXED if version == newest else Outcome.SUPERSEDED)
        else:
            assert outcome in {Outcome.INDEXED, Outcome.SUPERSEDED}
    assert version_of(client, shared_alias, w.id("1")) == (None if 6 in removed else 6)
