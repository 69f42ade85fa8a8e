"""The Celery tasks through a real broker and a real worker."""

import time
from collections.abc import Callable, Iterator

import orjson
import pytest
from celery import Celery
from redis import Redis

from indexer.datasets.conversations import CONVERSATIONS
from indexer.settings import Settings
from indexer.worker.wakeups import forget_wakeup, should_make_room, wake
from tests.builders import conversation, part
from tests.integration.installation import Installation

pytestmark = pytest.mark.services


@pytest.fixture
def redis(test_settings: Settings) -> Iterator[Redis]:
    with Redis.from_url(str(test_settings.redis_url)) as client:
        client.flushdb()
        yield client


@pytest.fixture
def producer(test_settings: Settings) -> Iterator[Celery]:
    """Another program, which knows of us only the broker and the name of the task."""
    app = Celery("producer", broker=test_settings.redis_url)
    yield app
    app.close()


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not what():
        assert time.monotonic() < until, "it does not happen"
        time.sleep(0.1)


def test_another_program_can_have_a_stored_conversation_indexed_again(
    test_settings: Settings, redis: Redis, producer: Celery
) -> None:
    installation = Installation(test_settings)
    file = orjson.dumps(conversation(part("A", "comment", 61), at=1))
    worker = installation.start_worker()
    try:
        installation.run("import", "-", "--workspace", "w", stdin=file)
        wait_for(lambda: installation.writes() == 1)
        for entity in ("1", "unknown"):
            producer.send_task("indexer.conversation_changed", args=["w", entity], queue="live")
        wait_for(lambda: installation.writes() == 2)
        wait_for(lambda: installation.count("changes") == 0)
    finally:
        installation.kill(worker)
        installation.close()


def test_a_change_whose_message_was_lost_is_found_by_the_sweep(test_settings: Settings, redis: Redis) -> None:
    installation = Installation(test_settings)
    installation.run("import", "-", "--workspace", "w", stdin=orjson.dumps(conversation(at=1)))
    redis.flushdb()
    worker = installation.start_worker()
    try:
        wait_for(lambda: installation.count("changes") == 0)
    finally:
        installation.kill(worker)
        installation.close()


def test_a_document_that_was_lost_behind_our_back_is_put_back_by_the_beat(
    test_settings: Settings, redis: Redis
) -> None:
    installation = Installation(test_settings, INDEXER_RECONCILE_SECONDS="1")
    installation.run("import", "-", "--workspace", "w", stdin=orjson.dumps(conversation(at=1)))
    installation.index_everything()
    installation.search.delete(index=installation.alias, id="w:1", refresh=True)
    worker = installation.start_worker()
    try:
        wait_for(lambda: "w:1" in installation.documents("w"))
    finally:
        installation.kill(worker)
        installation.close()


def test_a_shard_has_one_message_waiting_however_often_it_is_woken(redis: Redis, producer: Celery) -> None:
    assert [
        wake(producer, redis, [1, 2], CONVERSATIONS),
        wake(producer, redis, [1, 2, 3], CONVERSATIONS),
        redis.llen("live"),
    ] == [2, 1, 3]
    forget_wakeup(redis, 2, CONVERSATIONS)
    assert [wake(producer, redis, [1, 2, 3], CONVERSATIONS), redis.llen("live")] == [1, 4]


def test_one_worker_of_a_backfill_makes_room_for_what_waits_and_not_all_at_once(redis: Redis, producer: Celery) -> None:
    assert not should_make_room(redis)
    wake(producer, redis, [1], CONVERSATIONS)
    assert [should_make_room(redis), should_make_room(redis)] == [True, False]
    wait_for(lambda: should_make_room(redis))  # the message still waits: the process that made room did not take it
    redis.delete("live")
    assert not should_make_room(redis)
