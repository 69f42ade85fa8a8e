"""The outcome of each write by the answer of Elasticsearch, a proxy or the network, without a server."""

from typing import Any

import pytest
from elastic_transport import ApiResponseMeta, HttpHeaders, NodeConfig
from elasticsearch import ApiError, ConnectionTimeout, SerializationError

from indexer.search import Outcome, Settled, Write
from indexer.search.outcomes import Answer, is_missing, is_the_fault_of_some, of_answer, of_failure, of_refusal, refusal

ALIAS, INDEX = "conversations", "conversations-1"
TWO = [Write("w:1", 1, b"{}"), Write("w:2", 1, None)]
ERROR = {"type": "some_exception", "reason": "not now"}


def item(status: int, error: dict[str, Any] | None = None, index: str = INDEX) -> dict[str, Any]:
    return {"index": {"_index": index, "status": status} | ({} if error is None else {"error": error})}


def answered(*items: dict[str, Any]) -> Answer:
    writes = [Write(f"w:{number}", 1, b"{}") for number, _ in enumerate(items, start=1)]
    return of_answer(ALIAS, writes, {"errors": True, "items": list(items)})


def api_error(status: int, body: object = None, message: str = "some_exception") -> ApiError:
    meta = ApiResponseMeta(status, "1.1", HttpHeaders(), 0.1, NodeConfig("http", "127.0.0.1", 9200))
    return ApiError(message, meta, body)


def test_an_answer_without_errors_has_taken_every_write() -> None:
    found = of_answer(ALIAS, TWO, {"errors": False, "items": [item(201), {"delete": {"status": 200}}]})
    assert found == Answer(
        [Settled("w:1", Outcome.INDEXED, ""), Settled("w:2", Outcome.INDEXED, "")], again=[], congested=False
    )


def test_the_removal_of_what_does_not_exist_is_done() -> None:
    found = of_answer(ALIAS, TWO, {"errors": True, "items": [item(409, ERROR), {"delete": {"status": 404}}]})
    assert found.settled[0].outcome == Outcome.SUPERSEDED
    assert found.settled[1] == Settled("w:2", Outcome.INDEXED, "")


@pytest.mark.parametrize(
    ("answer", "answers"),
    [
        ({"errors": False, "items": [item(201)]}, 1),
        ({"errors": False, "items": []}, 0),
        ({"errors": False}, 0),
        ("<html>", 0),
        (None, 0),
    ],
)
def test_an_answer_that_does_not_fit_the_request_says_nothing_of_its_writes(answer: object, answers: int) -> None:
    found = of_answer(ALIAS, TWO, answer)
    reason = f"{answers} answers to 2 writes"
    assert found.settled == [Settled("w:1", Outcome.RETRY, reason), Settled("w:2", Outcome.RETRY, reason)]
    assert (found.again, found.congested) == ([], False)


def test_an_answer_that_does_not_say_whether_it_has_errors_is_looked_at() -> None:
    found = of_answer(ALIAS, TWO, {"items": [item(201), item(409, ERROR)]})
    assert [one.outcome for one in found.settled] == [Outcome.INDEXED, Outcome.SUPERSEDED]


@pytest.mark.parametrize(
    ("one", "outcome", "passes"),
    [
        (item(409, ERROR), Outcome.SUPERSEDED, False),
        (item(400, ERROR), Outcome.POISON, False),
        (item(400, ERROR, index=ALIAS), Outcome.RETRY, False),
        (item(404, ERROR), Outcome.RETRY, False),
        (item(500, ERROR), Outcome.RETRY, False),
        (item(429, ERROR), Outcome.RETRY, True),
        (item(429, {"type": "cluster_block_exception", "reason": "disk"}), Outcome.RETRY, False),
        (item(503, ERROR), Outcome.RETRY, True),
        (item(503, {"type": "cluster_block_exception", "reason": "no master"}), Outcome.RETRY, True),
    ],
)
def test_a_write_that_was_not_taken_is_superseded_poison_or_to_be_tried_again(
    one: dict[str, Any], outcome: Outcome, *, passes: bool
) -> None:
    found = answered(item(201), one, item(201))
    assert [each.outcome for each in found.settled] == [Outcome.INDEXED, outcome, Outcome.INDEXED]
    error = one["index"]["error"]
    assert found.settled[1] == Settled("w:2", outcome, f"{error['type']}: {error['reason']}")
    assert (found.again, found.congested) == (([1], True) if passes else ([], False))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            {"type": "document_parsing_exception", "reason": "failed to parse field [at]", "caused_by": ERROR},
            "document_parsing_exception: failed to parse field [at]; caused by some_exception: not now",
        ),
        ({"type": "some_exception", "reason": "bad value ['secret'] here"}, "some_exception: bad …"),
        ({"type": "t", "reason": "x" * 997}, f"t: {'x' * 997}"),
        ({"type": "t", "reason": "x" * 998}, f"t: {'x' * 997}…"),
        ({"type": "t", "reason": "x" * 998, "caused_by": ERROR}, f"t: {'x' * 997}…; caused by some_exception: not now"),
        ({"type": "t", "reason": "r", "caused_by": "a text"}, "t: r"),
    ],
)
def test_a_reason_has_the_causes_and_neither_values_nor_thousands_of_characters(
    error: dict[str, Any], reason: str
) -> None:
    assert answered(item(500, error)).settled[0].reason == reason


@pytest.mark.parametrize(
    ("error", "reason", "passes", "congested"),
    [
        (api_error(429, {"error": ERROR}), "HTTP 429: some_exception: not now", True, True),
        (api_error(429, "Too many"), "HTTP 429: some_exception", True, True),
        (api_error(503, {"error": ERROR}), "HTTP 503: some_exception: not now", True, True),
        (
            api_error(429, {"error": {"type": "cluster_block_exception", "reason": "disk"}}),
            "HTTP 429: cluster_block_exception: disk",
            False,
            False,
        ),
        (api_error(502, "<html>", "Bad Gateway"), "HTTP 502: Bad Gateway", False, True),
        (api_error(504, {"error": "a text"}), "HTTP 504: some_exception", False, True),
        (api_error(401, {"error": ERROR}), "HTTP 401: some_exception: not now", False, False),
    ],
)
def test_a_request_that_was_refused_as_a_whole_is_tried_again(
    error: ApiError, reason: str, *, passes: bool, congested: bool
) -> None:
    found = of_refusal(TWO, error)
    assert refusal(error) == reason
    assert found.settled == [Settled("w:1", Outcome.RETRY, reason), Settled("w:2", Outcome.RETRY, reason)]
    assert (found.again, found.congested) == ([0, 1] if passes else [], congested)


def test_a_request_without_an_answer_is_tried_again_and_slows_the_writer_down() -> None:
    found = of_failure(TWO, ConnectionTimeout("timed out after 10 s"))
    reason = "ConnectionTimeout: timed out after 10 s"
    assert found.settled == [Settled("w:1", Outcome.RETRY, reason), Settled("w:2", Outcome.RETRY, reason)]
    assert (found.again, found.congested) == ([], True)


def test_an_answer_that_cannot_be_read_is_not_quoted() -> None:
    found = of_failure(TWO, SerializationError("Unable to deserialize as JSON: <html>secret"))
    assert {one.outcome for one in found.settled} == {Outcome.RETRY}
    assert found.settled[0].reason.startswith("SerializationError: ")
    assert "secret" not in found.settled[0].reason
    assert (found.again, found.congested) == ([], False)


@pytest.mark.parametrize(
    ("error", "of_some"),
    [
        (api_error(413), True),
        (api_error(400, message="action_request_validation_exception"), True),
        (api_error(400), False),
        (api_error(414), False),
    ],
)
def test_a_request_is_refused_for_some_of_its_writes_if_it_is_too_large_or_not_valid(
    error: ApiError, *, of_some: bool
) -> None:
    assert is_the_fault_of_some(error) is of_some


@pytest.mark.parametrize(
    ("reason", "missing"),
    [
        ("index_not_found_exception: no such index [conversations]", True),
        ("there is no alias conversations", True),
        ("some_exception: index_not_found_exception", False),
        ("", False),
    ],
)
def test_a_write_was_refused_for_want_of_the_alias_if_its_reason_says_so(reason: str, *, missing: bool) -> None:
    assert is_missing(Settled("w:1", Outcome.RETRY, reason)) is missing
