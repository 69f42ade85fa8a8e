"""A path of a document selects the explanation of its field and of those that are compared with it."""

import orjson
import pytest

from indexer.differences.reason import Reason
from indexer.differences.reasons import Hours
from indexer.explaining import Explanation, explain
from indexer.explaining.field_path import UnknownField, names_of, only
from indexer.explaining.rules import RULES
from indexer.office_hours import ALWAYS_OPEN
from tests.builders import conversation, parsed, part


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("first_response_time", "first_response_time"),
        ("statistics.time_to_admin_reply", "statistics.time_to_admin_reply"),
        ("legacy.message_type", "legacy.message_type"),
        ("tags", "tags"),
        ("rating.score", "rating"),
        ("custom.plan", "custom"),
        ("custom.plan.tier", "custom"),
        ("open_during.gte", "open_during"),
        ("snoozed_during.lt", "snoozed_during"),
    ],
)
def test_a_path_of_a_document_is_one_field(path: str, name: str) -> None:
    assert names_of(path) == [name]


def test_an_object_means_all_of_its_fields() -> None:
    assert names_of("legacy") == [name for name in RULES if name.startswith("legacy.")]


@pytest.mark.parametrize(
    "path", ["", "rating.scoer", "tags.x", "tags.gte", "open_during.x", "statistics.nothing", "custom."]
)
def test_a_path_that_no_document_has_is_refused(path: str) -> None:
    with pytest.raises(UnknownField):
        names_of(path)


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("first_respnse_time", ["first_response_time", "first_response_time_ooo", "first_response_at"]),
        # The same name elsewhere comes first, however the rest of the path is written.
        ("legacy.title", ["title", "legacy.first_close_at"]),
        ("statistics.first_response_time", ["first_response_time", "statistics.first_close_at",
                                            "statistics.first_assignment_at"]),
        ("reporting.statistics.first_close_at", ["statistics.first_close_at", "legacy.first_close_at",
                                                 "statistics.last_close_at"]),
        # A name is compared without its object, too.
        ("mesge_tp", ["legacy.message_type"]),
        ("metrics.waitng_since", ["waiting_since", "metrics_version"]),
        ("", []),
    ],
)  # fmt: skip
def test_similar_fields_are_proposed_for_an_unknown_path(path: str, nearest: list[str]) -> None:
    assert UnknownField(path).nearest == nearest


def test_an_unknown_path_is_refused_in_a_sentence() -> None:
    assert str(UnknownField("legacy.title")) == (
        "'legacy.title' is not a field of a document; did you mean title or legacy.first_close_at?"
    )
    assert str(UnknownField("")) == "'' is not a field of a document"


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    return explain(
        parsed(conversation(part("C", "comment", 10), part("A", "comment", 60))), "w", Hours(ALWAYS_OPEN, {})
    )


def test_an_explained_field_comes_with_the_fields_of_its_row(explanation: Explanation) -> None:
    found = only(explanation, "first_response_at")
    names = ["first_response_at", "statistics.first_admin_reply_at", "legacy.first_admin_reply_at"]
    assert list(found.fields) == names
    assert [row.names for row in found.rows] == [tuple(names)]
    assert found.differences == []
    assert orjson.loads(orjson.dumps(found))["rows"][0]["title"] == "first response"


def test_a_comparison_across_rows_is_shown_with_either_field(explanation: Explanation) -> None:
    pair = ("started_at", "legacy.first_user_reply_at")
    for path in pair:
        found = only(explanation, path)
        assert set(pair) <= set(found.fields)
        assert [row.title for row in found.rows] == ["start", "first customer part"]
        (why,) = [one for one in found.differences if (one.left, one.right) == pair]
        assert why.reasons == (Reason.SOURCE_MESSAGE,)
