"""The way of a change into the index, on the real services: what becomes of each, and of its neighbours."""

from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any

import orjson
import pytest
from elasticsearch import Elasticsearch
from sqlalchemy import Engine

from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Incoming
from indexer.indexing.drain import LONGEST_DELAY_SECONDS, Drain, delay_seconds
from indexer.search import BulkWriter
from indexer.store.entities.conversations import save_conversations
from indexer.store.entities.workspaces import Workspace, save_workspace
from indexer.store.queue.changes import depth, mark_changed
from indexer.store.queue.drain_stops import resume_drain
from indexer.store.queue.leased_change import LeasedChange
from indexer.store.queue.quarantine_limit import Guard
from tests.builders import conversation, part
from tests.indexing.store_and_index import allow_workspace

pytestmark = pytest.mark.services

W = "w"
MONDAYS = {"time_zone_name": "UTC", "time_intervals": [{"start_minute": 0, "end_minute": 1440}]}


def save(store: Engine, *raws: dict[str, Any]) -> None:
    with store.begin() as connection:
        save_conversations(connection, W, [CONVERSATIONS.incoming(orjson.dumps(raw)) for raw in raws])


def documents(drain: Drain) -> dict[str, dict[str, Any]]:
    return documents_of(drain.search, drain.alias)


def documents_of(search: Elasticsearch, alias: str) -> dict[str, dict[str, Any]]:
    search.indices.refresh(index=alias)
    hits = search.search(index=alias, size=1_000, version=True)["hits"]["hits"]
    return {hit["_source"]["conversation_id"]: hit["_source"] | {"_version": hit["_version"]} for hit in hits}


def left(drain: Drain) -> tuple[int, int]:
    """The entries still in the queue, and in quarantine."""
    with drain.store.connect() as connection:
        found = depth(connection, CONVERSATIONS)
    return found.due + found.leased + found.waiting, found.quarantined


def answered(number: int) -> dict[str, Any]:
    return conversation(part("A", "comment", 61), at=1, id=str(number))


def test_a_saved_conversation_is_indexed_under_its_revision(drain: Drain) -> None:
    save(drain.store, *(answered(number) for number in range(1, 8)))
    assert drain.run()["indexed"] == 7
    found = documents(drain)
    assert found.keys() == {str(number) for number in range(1, 8)}
    assert all(document["_version"] == document["revision"] for document in found.values())
    assert left(drain) == (0, 0)


def test_a_later_version_replaces_the_document(drain: Drain) -> None:
    save(drain.store, answered(1))
    drain.run()
    before = documents(drain)["1"]
    save(drain.store, conversation(part("A", "comment", 31), at=1, id="1", updated_at=99))
    drain.run()
    after = documents(drain)["1"]
    assert (before["first_response_time"], after["first_response_time"]) == (60, 30)
    assert after["_version"] > before["_version"]


def test_two_workspaces_whose_names_and_ids_run_together_are_settled_in_one_batch(drain: Drain) -> None:
    allow_workspace(drain.store, "acme:eu")
    with drain.store.begin() as connection:
        save_conversations(connection, "acme", [CONVERSATIONS.incoming(orjson.dumps(answered(1) | {"id": "eu:5"}))])
        save_conversations(connection, "acme:eu", [CONVERSATIONS.incoming(orjson.dumps(answered(1) | {"id": "5"}))])
    assert drain.run() == {"indexed": 2}
    assert left(drain) == (0, 0)
    assert {id_: document["workspace_id"] for id_, document in documents(drain).items()} == {
        "eu:5": "acme",
        "5": "acme:eu",
    }


class OneLeaseTwice(Drain):
    """A drain to which the store hands a change twice, the first time under a lease that has ended."""

    def _lease(self, shard: int | None, most: int) -> list[LeasedChange]:
        ended = super()._lease(shard, most)
        with self.store.begin() as connection:
            connection.exec_driver_sql("UPDATE changes SET lease_until = now() - interval '1 second'")
        return [*ended, *super()._lease(shard, most)] if ended else []


def test_one_document_under_two_leases_ends_with_the_lease_that_holds(drain: Drain) -> None:
    save(drain.store, answered(1), answered(2))
    fields = {field.name: getattr(drain, field.name) for field in dataclass_fields(drain)}
    assert OneLeaseTwice(**fields).run(go_on=iter([True, False]).__next__) == {"indexed": 4}
    assert left(drain) == (0, 0)


def test_more_than_one_batch_is_drained_in_one_run(drain: Drain) -> None:
    save(drain.store, *(answered(number) for number in range(1, 26)))
    assert replace(drain, batch=10).run()["indexed"] == 25


def test_a_run_stops_when_it_is_told_to(drain: Drain) -> None:
    save(drain.store, *(answered(number) for number in range(1, 26)))
    looks = iter([True, False])
    assert replace(drain, batch=10).run(go_on=lambda: next(looks))["indexed"] == 10
    assert left(drain) == (15, 0)


def shards_of_waiting(drain: Drain) -> list[int]:
    with drain.store.connect() as connection:
        return list(connection.exec_driver_sql("SELECT shard FROM changes ORDER BY shard, entity_id").scalars())


def test_a_shard_that_does_not_fill_a_batch_takes_due_changes_of_others(drain: Drain) -> None:
    save(drain.store, *(answered(number) for number in range(1, 26)))
    shards = shards_of_waiting(drain)
    last = shards[-1]
    assert len(set(shards)) > 1
    assert replace(drain, batch=20).run(last)["indexed"] == 20
    assert left(drain) == (5, 0)
    assert last not in shards_of_waiting(drain)


def test_a_shard_that_fills_its_batches_takes_nothing_of_others(drain: Drain) -> None:
    save(drain.store, *(answered(number) for number in range(1, 101)))
    shards = shards_of_waiting(drain)
    fullest = max(set(shards), key=shards.count)
    others = [shard for shard in shards if shard != fullest]
    looks = iter([True, False])
    most = shards.count(fullest)
    assert replace(drain, batch=most).run(fullest, go_on=lambda: next(looks))["indexed"] == most
    assert shards_of_waiting(drain) == others


def test_office_hours_change_the_documents_and_their_version(drain: Drain) -> None:
    save(drain.store, answered(1))
    drain.run()
    before = documents(drain)["1"]
    with drain.store.begin() as connection:
        save_workspace(connection, Workspace(W, office_hours=MONDAYS))
    drain.run()
    after = documents(drain)["1"]
    # 1 January 1970 was a Thursday.
    assert (before["first_response_time_ooo"], after["first_response_time_ooo"]) == (60, 0)
    assert after["office_hours_id"] != before["office_hours_id"]
    assert after["_version"] == after["revision"] > before["_version"]


def test_bot_admins_of_the_workspace_are_not_teammates(drain: Drain) -> None:
    with drain.store.begin() as connection:
        save_workspace(connection, Workspace(W, bot_admin_ids=("A",)))
    save(drain.store, answered(1))
    drain.run()
    assert "first_response_at" not in documents(drain)["1"]


def test_the_literal_rule_of_reply_times_is_a_switch(drain: Drain) -> None:
    save(drain.store, conversation(part("O", "comment", 5), part("A", "comment", 61), at=1))
    replace(drain, bots_interrupt=True).run()
    assert documents(drain)["1"]["reply_times"] == []


def test_a_payload_that_cannot_be_read_goes_to_quarantine_and_its_neighbours_are_indexed(drain: Drain) -> None:
    save(drain.store, answered(1), answered(3))
    with drain.store.begin() as connection:
        save_conversations(connection, W, [Incoming("2", b'{"id": "2"}', 1, 1)])
    assert drain.run() == {"indexed": 2, "quarantined": 1}
    assert documents(drain).keys() == {"1", "3"}
    assert quarantined(drain) == [("2", "cannot be read", "created_at: is missing")]


def test_the_error_of_a_payload_that_cannot_be_read_has_no_value_of_it(drain: Drain) -> None:
    with drain.store.begin() as connection:
        odd = b'{"id": "2", "created_at": "call Ann at home"}'
        save_conversations(connection, W, [Incoming("2", odd, 1, 1)])
    drain.run()
    assert quarantined(drain) == [
        ("2", "cannot be read", "created_at: '…' is neither epoch seconds nor an ISO 8601 time")
    ]


def test_a_document_that_elasticsearch_refuses_goes_to_quarantine_with_its_words(drain: Drain) -> None:
    immense = answered(2) | {"state": "x" * 32_767}
    save(drain.store, answered(1), immense, answered(3))
    drain.run()
    assert documents(drain).keys() == {"1", "3"}
    ((entity, reason, error),) = quarantined(drain)
    assert (entity, reason) == ("2", "refused by Elasticsearch")
    assert "immense term" in error
    assert left(drain) == (0, 1)


def test_a_corrected_conversation_leaves_quarantine(drain: Drain) -> None:
    save(drain.store, answered(1) | {"state": "x" * 32_767})
    drain.run()
    save(drain.store, answered(1) | {"updated_at": 100})
    drain.run()
    assert (left(drain), documents(drain).keys()) == ((0, 0), {"1"})


def test_an_index_that_is_missing_costs_nothing_but_time(drain: Drain) -> None:
    nowhere = replace(drain, alias="nothing-of-this-name")
    save(drain.store, answered(1))
    assert nowhere.run()["retry"] == 1
    assert not drain.search.indices.exists(index="nothing-of-this-name")
    with drain.store.begin() as connection:
        ((attempts, retries, error, waits),) = connection.exec_driver_sql(
            "UPDATE changes SET due_at = now() RETURNING attempts, retries, last_error, lease_id IS NULL"
        ).all()
    assert (attempts, retries, waits) == (0, 1, True)
    assert "nothing-of-this-name" in error
    assert drain.run()["indexed"] == 1


def test_a_change_whose_leases_expire_goes_to_quarantine(drain: Drain) -> None:
    save(drain.store, answered(1))
    with drain.store.begin() as connection:
        connection.exec_driver_sql("UPDATE changes SET attempts = 3")
    assert replace(drain, most_attempts=3).run()["quarantined"] == 1
    assert quarantined(drain)[0][1] == "too many attempts"


def test_changes_whose_leases_were_lost_are_taken_in_ever_smaller_batches(drain: Drain) -> None:
    save(drain.store, *(answered(number) for number in range(1, 41)))
    batches = []
    for attempts in (0, 2, 3, 4, 5):
        with drain.store.begin() as connection:
            connection.exec_driver_sql(f"UPDATE changes SET attempts = {attempts}")  # noqa: S608
        looks = iter([True, False])
        batches.append(replace(drain, batch=32).run(go_on=lambda looks=looks: next(looks))["indexed"])  # type: ignore[misc]
        save(drain.store, *(answered(number) | {"updated_at": 100 + attempts} for number in range(1, 41)))
    assert batches == [32, 8, 2, 1, 1]


def test_a_change_given_back_untried_is_indexed_in_the_same_run(drain: Drain) -> None:
    save(drain.store, *(answered(number) for number in range(1, 41)))
    with drain.store.begin() as connection:
        connection.exec_driver_sql("UPDATE changes SET attempts = 3 WHERE entity_id IN ('7', '8')")
    assert replace(drain, batch=40).run()["indexed"] == 40


def test_nothing_is_leased_while_elasticsearch_is_away(drain: Drain) -> None:
    save(drain.store, answered(1))
    away = replace(drain, search=Elasticsearch("http://127.0.0.1:9", max_retries=0))
    assert away.run() == {}
    away.search.close()
    with drain.store.connect() as connection:
        assert connection.exec_driver_sql("SELECT attempts, retries FROM changes").all() == [(0, 0)]


def test_a_change_marked_by_another_producer_is_indexed_again(drain: Drain) -> None:
    save(drain.store, answered(1))
    drain.run()
    with drain.store.begin() as connection:
        mark_changed(connection, CONVERSATIONS, W, ["1"])
    assert drain.run()["indexed"] == 1


@pytest.mark.parametrize("retries", [0, 1, 5, 9, 1_000])
def test_the_delay_doubles_with_the_retries_up_to_a_bound(retries: int) -> None:
    longest = min(2.0**retries, LONGEST_DELAY_SECONDS)
    assert all(longest / 2 <= delay_seconds(retries) <= longest for _ in range(100))


def test_an_outage_of_any_length_puts_nothing_into_quarantine(drain: Drain) -> None:
    nowhere = replace(drain, alias="nothing-of-this-name", most_attempts=2)
    save(drain.store, answered(1))
    for _ in range(5):
        assert nowhere.run()["retry"] == 1
        with drain.store.begin() as connection:
            connection.exec_driver_sql("UPDATE changes SET due_at = now()")
    assert left(drain) == (1, 0)
    assert drain.run()["indexed"] == 1


def quarantined(drain: Drain) -> list[tuple[str, str, str]]:
    with drain.store.connect() as connection:
        rows = connection.exec_driver_sql("SELECT entity_id, reason, error FROM quarantine ORDER BY entity_id")
        return [tuple(row) for row in rows]


def test_a_wrong_mapping_stops_the_drain_and_costs_nothing_once_it_is_corrected(drain: Drain) -> None:
    index = drain.alias.replace("conversations", "narrow")
    drain.search.indices.create(
        index=index, mappings={"dynamic": "strict", "properties": {}}, aliases={index + "-alias": {}}
    )
    narrow = replace(drain, alias=index + "-alias", batch=50)
    save(drain.store, *(answered(number) for number in range(1, 121)))
    stopped = narrow.run()
    assert (stopped["retry"], stopped["quarantined"]) == (50, 0)
    assert narrow.run() == {}
    assert replace(drain, guard=Guard(drain.store, CONVERSATIONS)).run() == {}
    assert left(drain) == (120, 0)
    with drain.store.begin() as connection:
        assert resume_drain(connection, CONVERSATIONS) is not None
        connection.exec_driver_sql("UPDATE changes SET due_at = now()")
    assert drain.run()["indexed"] == 120
    assert left(drain) == (0, 0)


def test_a_change_that_a_stopped_writer_has_not_sent_is_given_back_untried(drain: Drain) -> None:
    save(drain.store, answered(1), answered(2))
    drain.writer.stop()
    assert drain.run() == {"retry": 2}
    with drain.store.connect() as connection:
        rows = connection.exec_driver_sql("SELECT attempts, retries, last_error, due_at <= now() FROM changes").all()
    assert rows == [(0, 0, None, True)] * 2
    assert replace(drain, writer=BulkWriter(drain.search)).run()["indexed"] == 2


def test_a_conversation_that_changes_all_the_time_is_indexed_once_in_a_while(drain: Drain) -> None:
    paced = replace(drain, rest_seconds=3600)
    save(drain.store, answered(1))
    assert paced.run()["indexed"] == 1
    for time in range(100, 200):
        save(drain.store, answered(1) | {"updated_at": time})
    save(drain.store, answered(2))
    assert paced.run()["indexed"] == 1
    assert left(drain) == (1, 0)
    with drain.store.begin() as connection:
        connection.exec_driver_sql("UPDATE changes SET due_at = now()")
    assert paced.run()["indexed"] == 1
    assert documents(drain)["1"]["updated_at"] == 199
