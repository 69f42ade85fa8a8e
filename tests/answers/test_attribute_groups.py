"""Reports grouped by the conversations' own attributes: what Elasticsearch answers is what plain Python computes."""

from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch

from indexer.reports import InvalidQuestion
from indexer.search import Spread
from tests.reports.comparing import Asking
from tests.reports.indexed import indexed
from tests.reports.made_workspaces import AS_OF, WINDOWS, documents
from tests.reports.plain import Asked
from tests.reports.questions import Put

KINDS = (
    "new_conversations",
    "closed_conversations",
    "replies_sent",
    "p90_time_to_close",
    "answered_within_target",
    "open_conversations",
    "closed_minus_opened",
    "backlog_older_than",
    "channel_share",
)
"""One report of each kind of value and axis that has groups."""

ATTRIBUTES = ("custom.plan", "custom.seats", "custom.trial", "custom.account.size", "custom.missing")


@pytest.fixture(scope="module")
def asking(elasticsearch_url: str) -> Iterator[Asking]:
    """Three workspaces over three shards, each in two of them."""
    with (
        indexed(elasticsearch_url, documents(), Spread(3, 2)) as prefix,
        Elasticsearch(elasticsearch_url, request_timeout=60) as client,
    ):
        yield Asking(client, prefix, documents())


@pytest.mark.services
@pytest.mark.parametrize("name", KINDS)
def test_any_attribute_is_a_group_with_the_conversations_behind_it(asking: Asking, name: str) -> None:
    for position, attribute in enumerate(ATTRIBUTES):
        interval = "range" if asking.definitions[name].is_board else ("week", "range")[position % 2]
        window = WINDOWS[position % len(WINDOWS)]
        put = Put(Asked(*window, "Europe/Dublin", interval, attribute, as_of=AS_OF), exact=True)
        rows = asking.agreed(name, put, "w").rows
        assert rows
        asking.list_agreed(name, put, "w", [row for row in rows if row.figure.count][:2])


@pytest.mark.services
@pytest.mark.parametrize(
    ("name", "word"),
    [
        *((KINDS[position], attribute) for position, attribute in enumerate(ATTRIBUTES[:4])),
        ("new_conversations", "tag"),
        ("new_conversations", "priority"),
        ("conversation_ratings", "rating"),
        ("median_first_response_time_without_bot", "bot_inbox"),
        ("ai_resolution_states", "ai_resolution"),
        ("replies_sent", "teammate"),
        ("notes_created", "bot"),
        ("open_conversations", "team"),
    ],
)
def test_the_list_of_all_groups_but_some_has_the_conversations_of_each_other_one(
    asking: Asking, name: str, word: str
) -> None:
    put = Put(Asked(*WINDOWS[0], "Europe/Dublin", "range", word, as_of=AS_OF), exact=True)
    rows = [row for row in asking.agreed(name, put, "w").rows if row.figure.count and row.group is not None]
    named = [str(row.group) for row in rows]
    assert named
    unknown = [] if word == "rating" else ["zzz", '"']
    for than in (named[:1], named[1:], [*unknown, *named[::2]], [*unknown, *named[1::2]]):
        if than:
            asking.others_agreed(name, put, "w", than, [row for row in rows if row.group not in than])


@pytest.mark.services
def test_a_number_that_is_none_is_not_a_group_to_leave_out(asking: Asking) -> None:
    put = Put(Asked(*WINDOWS[0], "Europe/Dublin", "range", "rating", as_of=AS_OF), exact=True)
    with pytest.raises(InvalidQuestion, match="not_group"):
        asking.others_agreed("conversation_ratings", put, "w", ["good"], [])
