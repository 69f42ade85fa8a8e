"""Which groups a question chooses, and their order."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.reports import Answer, InvalidQuestion, Number, Question, choose, read_question
from indexer.reports.choice import MAX_OTHERS
from tests.reports.definitions import definition

REPORT = definition()
GIVEN = {"workspace": "w", "from": "2024-03-01", "to": "2024-03-02", "group_by": "tag"}

NUMBERS = st.dictionaries(
    st.none() | st.text(max_size=3),
    st.builds(Number, value=st.none() | st.integers(-3, 3) | st.floats(0, 5), count=st.integers(1, 5)),
    max_size=12,
)


def asked(**other: object) -> Question:
    return read_question(REPORT, GIVEN | other)


@given(
    NUMBERS,
    st.sampled_from([None, "value", "count", "name"]),
    st.none() | st.integers(1, 5),
    st.none() | st.integers(1, 5),
    st.sets(st.none() | st.text(max_size=3), max_size=4),
)
def test_every_group_is_shown_or_among_the_others_and_none_beats_one_that_is_shown(
    totals: dict[str | None, Number], sort: str | None, top: int | None, least: int | None, before: set[str | None]
) -> None:
    found = choose(asked(sort=sort, top=top, min_count=least), totals, before)
    names = {name for name in totals if name is not None}
    left = names - {*found.named}
    assert len(found.named) == len({*found.named}) <= (top or len(names))
    assert {*found.named} <= names
    assert {*found.others} == ((left | before) - {*found.named} - {None} if left else set())
    assert all(totals[name].count >= (least or 0) for name in found.named)

    def size(name: str) -> float:
        number = totals[name]
        return number.count if sort == "count" else float("-inf") if number.value is None else number.value

    able = [name for name in left if totals[name].count >= (least or 0)]
    assert len(found.named) == top or not able
    assert all(size(worse) <= size(better) for worse in able for better in found.named)
    if sort == "name":
        assert [*found.named] == sorted(found.named, key=lambda name: (name.casefold(), name))
    else:
        sizes = [size(name) for name in found.named]
        assert sizes == sorted(sizes, reverse=True)
    assert found.order == [*found.named, *([None] if None in totals else [])]


def test_more_others_than_a_search_can_take_together_are_refused():
    totals: dict[str | None, Number] = {str(n): Number(value=1, count=1) for n in range(MAX_OTHERS + 2)}
    with pytest.raises(InvalidQuestion, match="top: 65,537 groups would have to be combined"):
        choose(asked(top=1), totals)
    assert len(choose(asked(sort="value"), totals).named) == MAX_OTHERS + 2


@pytest.mark.parametrize("given_", [{"sort": "value"}, {"top": 3}, {"min_count": 2}])
def test_without_groups_there_is_nothing_to_choose(given_: dict[str, object]):
    [name] = given_
    with pytest.raises(InvalidQuestion, match=f"{name}: applies to groups only"):
        asked(group_by=None, **given_)


def test_groups_that_are_ids_are_in_the_order_of_their_names():
    groups = [("1", "zoe"), ("2", "Ann"), ("3", None), (None, None)]
    answer = Answer.model_validate(
        GIVEN
        | {
            "report": "opened",
            "time_zone": "UTC",
            "interval": "day",
            "office_hours": False,
            "unit": "conversations",
            "where": [],
            "exact": True,
            "total": {"value": 4, "count": 4},
            "rows": [
                {"period": date(2024, 3, day), "group": group, "value": 1, "count": 1}
                for day in (1, 2)
                for group, _ in groups
            ],
            "groups": [{"group": group, "value": 2, "count": 2} for group, _ in groups],
            "sort": "name",
        }
    )
    named = answer.by_label({group: name for group, name in groups if group and name})
    assert [row.group for row in named.rows] == ["3", "2", "1", None] * 2
    assert [one.group for one in named.groups or ()] == ["3", "2", "1", None]
