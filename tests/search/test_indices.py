import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from elasticsearch import Elasticsearch

from indexer.errors import OperatorError
from indexer.search import (
    IndexName,
    alias_name,
    connect,
    datasets,
    ensure_dataset,
    index_behind,
    point_alias,
    restore_settings,
    status,
    unused_name,
    utc_stamp,
    versions,
    write_alias,
)
from tests.search.example import example
from tests.search.spare_index import spare


def test_the_name_of_an_index_says_prefix_dataset_version_and_stamp() -> None:
    name = IndexName("reporting", "conversations", 12, "20240304t214000")
    assert str(name) == "reporting-conversations-v12-20240304t214000"
    assert IndexName.parse(str(name)) == name


@pytest.mark.parametrize(
    "name", ["reporting-conversations", "reporting-conversations-v0-20240304t214000", "other", "a-b-v1-2024"]
)
def test_another_name_is_not_one_of_ours(name: str) -> None:
    assert IndexName.parse(name) is None


def test_the_stamp_is_in_utc() -> None:
    evening = datetime(2024, 3, 4, 16, 40, tzinfo=timezone(timedelta(hours=-5)))
    assert utc_stamp(evening) == "20240304t214000"


@pytest.mark.services
class TestEnsuring:
    def test_a_dataset_is_made_once(self, client: Elasticsearch, index_prefix: str) -> None:
        made = ensure_dataset(client, index_prefix, "conversations")
        assert made.created
        assert made.alias == alias_name(index_prefix, "conversations")
        again = ensure_dataset(client, index_prefix, "conversations")
        assert not again.created
        assert again.index == made.index == index_behind(client, made.alias)

    def test_of_many_at_once_one_makes_it_and_all_use_it(
        self, client: Elasticsearch, elasticsearch_url: str, index_prefix: str
    ) -> None:
        processes = 6
        start = threading.Barrier(processes)

        def ensure() -> tuple[str, bool]:
            own = connect(elasticsearch_url)
            start.wait(timeout=30)
            ensured = ensure_dataset(own, index_prefix, "conversations")
            own.close()
            return ensured.index, ensured.created

        with ThreadPoolExecutor(processes) as pool:
            answers = [running.result() for running in [pool.submit(ensure) for _ in range(processes)]]
        assert [created for _, created in answers].count(True) == 1
        assert len({index for index, _ in answers}) == 1
        assert list(client.indices.get(index=f"{index_prefix}-*").body) == [answers[0][0]]

    def test_the_loser_with_another_stamp_makes_nothing(
        self, client: Elasticsearch, index_prefix: str, alias: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As when another process makes the dataset between our look and our attempt."""
        from indexer.search import indices

        held = index_behind(client, alias)
        looks = iter([None])
        monkeypatch.setattr(indices, "index_behind", lambda *them: next(looks, held))
        monkeypatch.setattr(indices, "utc_stamp", lambda _: "20300101t000000")
        ensured = ensure_dataset(client, index_prefix, "conversations")
        assert (ensured.index, ensured.created) == (held, False)
        assert list(client.indices.get(index=f"{index_prefix}-*").body) == [held]

    def test_an_index_in_the_place_of_the_alias_is_named(self, client: Elasticsearch, index_prefix: str) -> None:
        client.indices.create(index=alias_name(index_prefix, "conversations"))
        with pytest.raises(OperatorError, match="exists with the same name as the alias"):
            ensure_dataset(client, index_prefix, "conversations")

    def test_an_index_to_be_filled_is_made_once_whoever_asks_again(
        self, client: Elasticsearch, index_prefix: str
    ) -> None:
        name = spare(client, index_prefix)
        client.index(index=name, id="1", document={"workspace_id": "w"}, refresh=True)
        assert spare(client, index_prefix) == name
        assert client.count(index=write_alias(name))["count"] == 1
        assert unused_name(client, index_prefix, "conversations", datetime(2019, 1, 1, tzinfo=UTC)) != name

    def test_an_index_to_be_filled_gets_the_settings_of_its_version_in_the_end(
        self, client: Elasticsearch, index_prefix: str
    ) -> None:
        name = spare(client, index_prefix)

        def settings() -> tuple[str, str, str]:
            live = client.indices.get_settings(index=name)[name]["settings"]["index"]
            return live["refresh_interval"], live["auto_expand_replicas"], live["gc_deletes"]

        assert settings() == ("-1", "false", "1h")
        restore_settings(client, name)
        assert settings() == ("1s", "0-1", "1h")
        live = client.indices.get_settings(index=name)[name]["settings"]["index"]
        assert "translog" not in live
        assert "merge" not in live

    def test_a_single_node_is_green(self, client: Elasticsearch, index_prefix: str, alias: str) -> None:
        assert [index.health for index in status(client, index_prefix, datasets())] == ["green"]


@pytest.mark.services
class TestTheAlias:
    def test_the_alias_points_nowhere_before_an_index_exists(self, client: Elasticsearch, index_prefix: str) -> None:
        assert index_behind(client, alias_name(index_prefix, "conversations")) is None

    def test_the_alias_moves_from_one_index_to_another(
        self, client: Elasticsearch, alias: str, spare_index: str
    ) -> None:
        point_alias(client, alias, spare_index, instead_of=index_behind(client, alias))
        assert list(client.indices.get_alias(name=alias).body) == [spare_index]
        assert index_behind(client, alias) == spare_index

    def test_the_alias_does_not_move_if_another_process_moved_it_before(
        self, client: Elasticsearch, index_prefix: str, alias: str, spare_index: str
    ) -> None:
        held = index_behind(client, alias)
        third = spare(client, index_prefix)
        with pytest.raises(OperatorError, match="was not moved"):
            point_alias(client, alias, third, instead_of=spare_index)
        assert list(client.indices.get_alias(name=alias).body) == [held]

    def test_the_alias_does_not_move_if_it_was_removed_before(
        self, client: Elasticsearch, alias: str, spare_index: str
    ) -> None:
        held = index_behind(client, alias)
        client.indices.delete_alias(index="*", name=alias)
        with pytest.raises(OperatorError, match="was not moved"):
            point_alias(client, alias, spare_index, instead_of=held)
        assert index_behind(client, alias) is None

    def test_the_alias_does_not_move_to_an_index_that_does_not_exist(self, client: Elasticsearch, alias: str) -> None:
        held = index_behind(client, alias)
        with pytest.raises(OperatorError, match="no such index"):
            point_alias(client, alias, "nowhere", instead_of=held)
        assert index_behind(client, alias) == held

    def test_the_alias_is_not_given_to_a_second_index(
        self, client: Elasticsearch, alias: str, spare_index: str
    ) -> None:
        held = index_behind(client, alias)
        with pytest.raises(OperatorError, match="more than one write index"):
            point_alias(client, alias, spare_index)
        assert list(client.indices.get_alias(name=alias).body) == [held]

    def test_two_indices_without_one_to_write_to_are_named(
        self, client: Elasticsearch, index_prefix: str, spare_index: str
    ) -> None:
        other = spare(client, index_prefix)
        client.indices.put_alias(index=[spare_index, other], name=f"{index_prefix}-loose")
        with pytest.raises(OperatorError, match=f"{other}, {spare_index}"):
            index_behind(client, f"{index_prefix}-loose")


@pytest.mark.services
class TestStatus:
    def test_no_index_is_no_line(self, client: Elasticsearch, index_prefix: str) -> None:
        assert status(client, index_prefix, datasets()) == []

    def test_every_index_is_listed_with_its_alias_and_whole_documents(
        self, client: Elasticsearch, index_prefix: str, alias: str, spare_index: str
    ) -> None:
        client.indices.create(index=f"{index_prefix}-conversations-v1-by-hand")
        client.index(index=alias, document=example(), refresh=True)
        found = status(client, index_prefix, datasets())
        assert [(one.index, one.version, one.alias, one.documents, one.drift) for one in found] == [
            (spare_index, versions("conversations")[-1], False, 0, False),
            (index_behind(client, alias), versions("conversations")[-1], True, 1, False),
        ]
        assert found[1].size > found[0].size > 0

    def test_a_field_added_by_hand_is_drift(self, client: Elasticsearch, index_prefix: str, alias: str) -> None:
        client.indices.put_mapping(index=alias, properties={"mood": {"type": "keyword"}})
        assert [index.drift for index in status(client, index_prefix, ["conversations"])] == [True]

    def test_an_index_made_from_another_file_is_drift(
        self, client: Elasticsearch, index_prefix: str, alias: str
    ) -> None:
        meta = {"dataset": "conversations", "version": 1, "checksum": "0"}
        client.indices.put_mapping(index=alias, meta=meta)
        assert [index.drift for index in status(client, index_prefix, ["conversations"])] == [True]

    def test_an_index_of_a_version_without_a_file_is_drift(self, client: Elasticsearch, index_prefix: str) -> None:
        client.indices.create(index=f"{index_prefix}-conversations-v99-20240304t214000")
        assert [index.drift for index in status(client, index_prefix, ["conversations"])] == [True]
