import json
import shutil
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import BadRequestError, Elasticsearch

from indexer.datasets.conversation_fields import FIELDS
from indexer.errors import OperatorError
from indexer.resources import resource_dir
from indexer.search import datasets, definition, mappings, versions
from tests.search.example import T, example


@pytest.fixture
def copied_mappings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the directory that the code under test reads instead."""
    copy = tmp_path / "mappings"
    shutil.copytree(resource_dir("mappings"), copy)
    monkeypatch.setattr(mappings, "resource_dirs", lambda _: [copy])
    return copy


def test_every_released_mapping_is_as_it_was_released() -> None:
    released = mappings.released_checksums()
    assert {"conversations/v1", "conversations/v2"} <= released.keys()
    for name, checksum in released.items():
        dataset, _, version = name.partition("/v")
        assert definition(dataset, int(version)).checksum == checksum


def test_a_released_mapping_that_was_edited_is_refused(copied_mappings: Path) -> None:
    file = copied_mappings / "conversations" / "v1.json"
    content = json.loads(file.read_text())
    content["mappings"]["properties"]["state"]["ignore_above"] = 10
    file.write_text(json.dumps(content))
    with pytest.raises(OperatorError, match="edited after its release") as caught:
        definition("conversations", 1)
    assert f"v{versions('conversations')[-1] + 1}.json" in caught.value.remedy


def test_the_layout_of_a_released_mapping_may_change(copied_mappings: Path) -> None:
    file = copied_mappings / "conversations" / "v1.json"
    file.write_text(json.dumps(json.loads(file.read_text()), indent=8))
    assert definition("conversations", 1).version == 1


def test_a_mapping_that_is_not_released_may_still_change(copied_mappings: Path) -> None:
    file = copied_mappings / "conversations" / "v99.json"
    for shards in (1, 2):
        file.write_text(json.dumps({"settings": {"number_of_shards": shards}, "mappings": {}}))
        assert definition("conversations").settings == {"number_of_shards": shards}


def test_versions_are_ordered_as_numbers_and_the_newest_is_the_default(copied_mappings: Path) -> None:
    released = versions("conversations")
    for version in (10, 11):
        shutil.copy(
            copied_mappings / "conversations" / "v1.json", copied_mappings / "conversations" / f"v{version}.json"
        )
    assert versions("conversations") == [*released, 10, 11]
    assert definition("conversations").version == 11


def test_a_dataset_or_version_that_does_not_exist_is_refused_with_those_that_do() -> None:
    assert "conversations" in datasets()
    with pytest.raises(OperatorError, match="no dataset 'conversation'") as caught:
        versions("conversation")
    assert "conversations" in caught.value.remedy
    with pytest.raises(OperatorError, match=r"v99\.json does not exist"):
        definition("conversations", 99)


def _as_before(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> bool:
    """Whether every field of the earlier version is in the later one as it was."""
    return all(
        name in later
        and (
            _as_before(field["properties"], later[name]["properties"])
            and {**field, "properties": None} == {**later[name], "properties": None}
            if "properties" in field
            else field == later[name]
        )
        for name, field in earlier.items()
    )


@pytest.mark.parametrize("dataset", datasets())
def test_every_version_only_adds_fields_so_that_a_live_index_can_catch_up(dataset: str) -> None:
    fields = [definition(dataset, version).mappings["properties"] for version in versions(dataset)]
    assert all(_as_before(earlier, later) for earlier, later in pairwise(fields))
    assert not any(_as_before(later, earlier) for earlier, later in pairwise(fields))


def test_the_example_fills_every_field_of_the_catalogue() -> None:
    filled = set()
    for name, value in example().items():
        match name, value:
            case (("custom" | "open_during" | "snoozed_during"), _):
                filled.add(name)
            case _, dict():
                filled |= {f"{name}.{inner}" for inner in value}
            case "actions", [*entries]:
                filled |= {f"actions.{inner}" for entry in entries for inner in entry}
            case _:
                filled.add(name)
    assert filled == FIELDS.keys()


@pytest.mark.services
class TestWhatIsTaken:
    def test_a_document_with_every_field_is_taken_and_given_back_whole(
        self, client: Elasticsearch, shared_alias: str
    ) -> None:
        client.index(index=shared_alias, id="w:1", document=example())
        assert client.get(index=shared_alias, id="w:1")["_source"] == example()

    @pytest.mark.parametrize("inside", [None, "statistics", "legacy", "actions", "rating", "sla", "ai"])
    def test_an_unknown_field_is_refused_wherever_it_stands(
        self, client: Elasticsearch, shared_alias: str, inside: str | None
    ) -> None:
        document: dict[str, Any] = {"surprise": 1} if inside is None else {inside: {"surprise": 1}}
        with pytest.raises(BadRequestError, match="strict_dynamic_mapping_exception"):
            client.index(index=shared_alias, document=document)

    @pytest.mark.parametrize("value", ["12", 12.5, 2**63])
    def test_a_duration_of_another_kind_is_refused_instead_of_cut(
        self, client: Elasticsearch, shared_alias: str, value: object
    ) -> None:
        with pytest.raises(BadRequestError, match="document_parsing_exception"):
            client.index(index=shared_alias, document={"handling_time": value})

    @pytest.mark.parametrize(
        "document",
        [
            {"title": "€" * 100_000},
            {"tags": ["€" * 100_000]},
            {"country": "€" * 100_000, "continent": "€" * 100_000},
            {"custom": {"note": "€" * 100_000}},
            {"custom": {"k" * 7_000: "€" * 8_191}},
            {"rating": {"remark": "€" * 100_000}},
            {"ai": {"source_title": "€" * 100_000, "rating_remark": "€" * 100_000}},
            {"sla": {"name": "€" * 100_000}},
            {"actions": [{"part_id": "1" * 100_000}]},
        ],
    )
    def test_text_of_any_length_is_taken(
        self, client: Elasticsearch, shared_alias: str, document: dict[str, Any]
    ) -> None:
        assert client.index(index=shared_alias, document=document)["result"] == "created"


def _an_action(kind: str, *, bot: bool) -> dict[str, Any]:
    both = [{"term": {"actions.kind": kind}}, {"term": {"actions.bot": bot}}]
    return {"nested": {"path": "actions", "query": {"bool": {"filter": both}}}}


@pytest.fixture(scope="module")
def filled(client: Elasticsearch, shared_alias: str) -> str:
    """The alias of an index that holds the example."""
    client.index(index=shared_alias, id="w:example", document=example(), refresh=True)
    return shared_alias


@pytest.mark.services
class TestWhatIsFound:
    """Times in queries are strings: on a date field a bare number means milliseconds, whatever its format."""

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"range": {"created_at": {"gte": str(T), "lt": str(T + 1)}}}, True),
            ({"range": {"created_at": {"gt": str(T)}}}, False),
            ({"term": {"open_during": str(T + 899)}}, True),
            ({"term": {"open_during": str(T + 900)}}, False),
            ({"term": {"open_during": str(T + 1_000_000)}}, True),
            ({"term": {"snoozed_during": str(T + 20)}}, True),
            ({"term": {"snoozed_during": str(T + 50)}}, False),
            (_an_action("close", bot=True), True),
            (_an_action("reply", bot=True), False),
            ({"term": {"custom.plan": "gold"}}, True),
            ({"term": {"custom.place.floor": "3"}}, True),
            ({"term": {"custom.plan": "silver"}}, False),
            ({"term": {"title": "Cannot log in"}}, True),
            ({"range": {"first_response_time": {"gte": 60, "lte": 60}}}, True),
            ({"range": {"first_response_time": {"gt": 60}}}, False),
            ({"exists": {"field": "rating.remark"}}, True),
            ({"match": {"rating.remark": "kind"}}, True),
        ],
    )
    def test_a_query_finds_the_document_or_not(
        self, client: Elasticsearch, filled: str, query: dict[str, Any], found: bool
    ) -> None:
        only_it = {"bool": {"filter": [query, {"ids": {"values": ["w:example"]}}]}}
        assert (client.count(index=filled, query=only_it)["count"] == 1) is found

    def test_durations_aggregate_though_they_are_not_indexed(self, client: Elasticsearch, filled: str) -> None:
        answer = client.search(
            index=filled,
            size=0,
            query={"ids": {"values": ["w:example"]}},
            aggs={
                "reply": {"avg": {"field": "reply_times"}},
                "within": {"range": {"field": "handling_time", "ranges": [{"from": 60, "to": 61}]}},
            },
        )
        assert answer["aggregations"]["reply"]["value"] == 405
        assert answer["aggregations"]["within"]["buckets"][0]["doc_count"] == 1

    def test_a_remark_of_any_length_is_known_to_exist(self, client: Elasticsearch, shared_alias: str) -> None:
        client.index(index=shared_alias, id="w:long", document={"rating": {"remark": "€" * 100_000}}, refresh=True)
        long_ones = [{"ids": {"values": ["w:long"]}}, {"exists": {"field": "rating.remark"}}]
        assert client.count(index=shared_alias, query={"bool": {"filter": long_ones}})["count"] == 1


def test_the_next_version_begins_as_a_copy_and_only_after_a_release(copied_mappings: Path) -> None:
    newest = versions("conversations")[-1]
    started = mappings.start_next("conversations")
    assert started == copied_mappings / "conversations" / f"v{newest + 1}.json"
    assert definition("conversations").mappings == definition("conversations", newest).mappings
    with pytest.raises(OperatorError, match="has not been released"):
        mappings.start_next("conversations")
