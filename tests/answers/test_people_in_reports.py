"""Conditions and groups about people in reports of conversations, compared with the plain evaluation of filters."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from indexer.answers.catalogue import find_report, load_reports
from indexer.answers.drill_down import list_conversations
from indexer.answers.run_report import run_report, run_reports
from indexer.answers.saved_filters import scope_at
from indexer.answers.workspace_segments import (
    create_segment,
    delete_named_segment,
    filter_named,
    freeze_segment,
    list_segments,
    show_segment,
)
from indexer.errors import OperatorError
from indexer.people.filters import FilterScope, matches, parse_filter
from indexer.people.predefined_segments import PREDEFINED
from indexer.reports import Answer, Definition, InvalidQuestion, Question, read_question
from indexer.reports.cell import OtherGroups
from indexer.reports.known_people import NO_PERSON
from indexer.store.entities.contact_merges import merge_contacts
from tests.embedded.harness import Run
from tests.people.grouped_people import NOW, Place, as_documents, conversations, installation, people

pytestmark = pytest.mark.services

REPORTS = load_reports()
PEOPLE = {"w": people(1), "v": people(2)}
CONVERSATIONS = {"w": conversations("w", 3), "v": conversations("v", 4)}
RANGE = {"from": "2024-03-10", "to": "2024-04-01", "as_of": NOW}
FORMER = {"former": "p7"}


@pytest.fixture(scope="module")
def place(services: Run, elasticsearch_url: str) -> Iterator[Place]:
    with installation(services, elasticsearch_url, PEOPLE) as found:
        for documents in CONVERSATIONS.values():
            found.write("conversations", as_documents(documents))
        with found.store.begin() as connection:
            merge_contacts(connection, "w", "former", "p7")
            create_segment(connection, "w", "Paying or large", "paying is true or seats > 4", "contact")
            create_segment(connection, "w", "Free users", 'custom.plan is "free"', "user")
            create_segment(connection, "v", "Only of v", 'plan is "pro"', "contact")
        yield found


def asked(place: Place, name: str = "new_conversations", workspace: str = "w", **parameters: Any) -> Any:
    report = find_report(REPORTS, name)
    question = read_question(report, {"workspace": workspace, **RANGE, **parameters})
    [found] = place.resolver().resolve([(report, question)])
    return report, found


def run(place: Place, name: str = "new_conversations", **parameters: Any) -> Answer:
    report, found = asked(place, name, **parameters)
    if found.fault:
        raise found.fault
    return run_report(place.client, place.prefix, report, found.question)


def scope(place: Place, workspace: str = "w") -> FilterScope:
    with place.store.connect() as connection:
        return scope_at(connection, workspace, NOW)


def who(place: Place, text: str, workspace: str = "w") -> set[str]:
    """The ids of the people for whom a filter holds, and those that they had before."""
    within = scope(place, workspace)
    found = parse_filter(text, within)
    ids = {one.person.id for one in PEOPLE[workspace] if matches(found, one, within)}
    return ids | ({former for former, now in FORMER.items() if now in ids} if workspace == "w" else set())


def counted(place: Place, holds: Callable[[set[str]], bool], workspace: str = "w") -> int:
    return sum(holds(set(one["contact_ids"])) for one in CONVERSATIONS[workspace])


CONDITIONS = {
    "person.segment=Active": 'segment is "Active"',
    "person.segment=Slipping away": 'segment is "Slipping away"',
    "person.segment=Free users": 'segment is "Free users"',
    "person.custom.plan=free": 'plan is "free"',
    'person.plan="a=b"': 'plan is "a=b"',
    "person.custom.plan=*": "plan has any value",
    "person.seats=5": "seats is 5",
    "person.seats>-3": "seats > -3",
    "person.paying=false": "paying is false",
    "person.renews_on=2024-04-01": "renews_on on 2024-04-01",
    "person.last_seen_at>2024-03-01": "last_seen_at after 2024-03-01",
    "person.role=lead": 'role is "lead"',
    "person.location.country=Japan": 'location.country is "Japan"',
    "person.tag=vip": 'tag is "vip"',
    "person.company=c1": 'company is "c1"',
    "person.company.tier=gold": 'company.tier is "gold"',
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_counts_the_conversations_of_the_people_that_meet_it(place: Place, condition: str) -> None:
    ids = who(place, CONDITIONS[condition])
    assert run(place, where=[condition]).total.count == counted(place, lambda found: bool(found & ids))


def test_a_negative_condition_holds_for_unknown_people_too(place: Place) -> None:
    ids = who(place, 'plan is "free"')
    answer = run(place, where=["person.custom.plan!=free"])
    assert answer.total.count == counted(place, lambda found: not found & ids)


def test_one_of_several_equal_conditions_is_enough_and_all_others_must_hold(place: Place) -> None:
    either, vip = who(place, 'plan in ("free", "pro")'), who(place, 'tag is "vip"')
    answer = run(place, where=["person.plan=free", "person.plan=pro", "person.tag=vip", "channel=email"])
    expected = sum(
        bool(ids & either) and bool(ids & vip)
        for one in CONVERSATIONS["w"]
        for ids in [set(one["contact_ids"])]
        if one["channel"] == "email"
    )
    assert answer.total.count == expected


def groups_of(answer: Answer) -> Counter[str | None]:
    found: Counter[str | None] = Counter()
    for row in answer.rows:
        found[row.group] += row.count
    return +found


def plain_groups(place: Place, values: dict[str, set[str]]) -> Counter[str | None]:
    everybody = who(place, "id has any value")
    found: Counter[str | None] = Counter()
    for one in CONVERSATIONS["w"]:
        ids = set(one["contact_ids"])
        named = [name for name, members in values.items() if ids & members]
        found.update(named or [None if ids & everybody else NO_PERSON])
    return found


@pytest.mark.parametrize(
    ("word", "values"),
    [
        ("custom.plan", {one: f'plan is "{one}"' for one in ("free", "pro", "a=b")}),
        ("seats", {str(one): f"seats is {one}" for one in (-3, 0, 5, 20)}),
        ("paying", {one: f"paying is {one}" for one in ("true", "false")}),
        ("renews_on", {"2024-04-01": "renews_on on 2024-04-01", "2022-01-08": "renews_on on 2022-01-08"}),
        ("role", {one: f'role is "{one}"' for one in ("user", "lead", "visitor")}),
        ("unsubscribed_from_emails", {one: f"unsubscribed_from_emails is {one}" for one in ("true", "false")}),
        ("tag", {one: f'tag is "{one}"' for one in ("vip", "beta")}),
        ("company.tier", {"gold": 'company.tier is "gold"'}),
        ("segment", {one: f'segment is "{one}"' for one in (*PREDEFINED, "Paying or large", "Free users")}),
    ],
)
def test_groups_have_their_people_and_nothing_is_dropped(place: Place, word: str, values: dict[str, str]) -> None:
    answer = run(place, group_by=f"person.{word}", interval="range")
    assert groups_of(answer) == plain_groups(place, {name: who(place, text) for name, text in values.items()})
    assert answer.total.count == len(CONVERSATIONS["w"])


def test_a_group_by_day_is_chosen_and_listed_like_any_other(place: Place) -> None:
    whole = groups_of(run(place, group_by="person.plan", interval="range"))
    report, found = asked(place, group_by="person.plan", top=1)
    answer = run_report(place.client, place.prefix, report, found.question)
    [best] = {row.group for row in answer.rows if row.group is not None}
    assert groups_of(answer)[best] == max(count for group, count in whole.items() if group is not None)
    for group in (best, None, NO_PERSON):
        listed = list_conversations(place.client, place.prefix, report, found.question, group=group, size=1_000)
        assert listed.total == whole[group]
    for than in ([best], [NO_PERSON], [*(one for one in whole if one not in {None, best})]):
        ids = set()
        for group in (one for one in whole if one is not None and one not in than):
            listed = list_conversations(place.client, place.prefix, report, found.question, group=group, size=1_000)
            ids |= {row.conversation_id for row in listed.rows}
        others = list_conversations(
            place.client, place.prefix, report, found.question, group=OtherGroups(than), size=1_000
        )
        assert ids
        assert {row.conversation_id for row in others.rows} == ids


def test_many_questions_at_once_have_each_its_people(place: Place) -> None:
    asking = [asked(place, where=[where]) for where in ("person.plan=free", "person.plan=pro")]
    answers = run_reports(place.client, place.prefix, [(report, found.question) for report, found in asking])
    single = [run(place, where=[where]) for where in ("person.plan=free", "person.plan=pro")]
    assert [one.total for one in answers if isinstance(one, Answer)] == [one.total for one in single]


def test_people_reports_take_the_same_words(place: Place) -> None:
    within = scope(place)
    for name, found in within.segments.items():
        members = sum(matches(found, one, within) for one in PEOPLE["w"])
        assert run(place, "people_by_attribute", where=[f"person.segment={name}"]).total.count == members


class TestSegments:
    def test_a_count_is_the_number_of_members_everywhere_at_one_moment(self, place: Place) -> None:
        within = scope(place)
        with place.store.connect() as connection:
            shown = {one.name: one for one in list_segments(connection, place.client, place.prefix, "w", now=NOW)}
        in_groups = groups_of(run(place, "people_by_attribute", group_by="person.segment"))
        for name, found in within.segments.items():
            members = sum(matches(found, one, within) for one in PEOPLE["w"])
            assert shown[name].people == members == in_groups[name]
        assert [one.kind for one in shown.values()] == ["predefined"] * 3 + ["dynamic"] * 2

    def test_predefined_segments_have_no_times_to_come_and_do_not_overlap(self, place: Place) -> None:
        active, slipping, new = (who(place, f'segment is "{name}"') for name in ("Active", "Slipping away", "New"))
        by_id = {one.person.id: one.person.standard for one in PEOPLE["w"]}
        seen = {id_: NOW - one["last_seen_at"] for id_, one in by_id.items() if "last_seen_at" in one}
        days = {id_: age // 86_400 for id_, age in seen.items()}
        assert active - {"former"} == {id_ for id_, age in days.items() if 0 <= age < 30}
        assert slipping - {"former"} == {id_ for id_, age in days.items() if 30 <= age < 60}
        signed_up = {id_: NOW - one["signed_up_at"] for id_, one in by_id.items() if "signed_up_at" in one}
        assert new - {"former"} == {id_ for id_, age in signed_up.items() if 0 <= age < 86_400}

    def test_an_audience_keeps_its_members(self, place: Place) -> None:
        with place.store.begin() as connection:
            frozen = freeze_segment(connection, place.client, place.prefix, "w", "Free users", "Kept")
            shown = show_segment(connection, place.client, place.prefix, "w", "Kept")
            assert frozen.people == shown.people == len(who(place, 'segment is "Free users"') - {"former"})
            assert (shown.kind, shown.frozen_at is None) == ("fixed", False)
        ids = who(place, 'segment is "Free users"')
        assert run(place, where=["person.audience=Kept"]).total.count == counted(place, lambda found: bool(found & ids))
        with place.store.begin() as connection:
            delete_named_segment(connection, "w", "Kept")

    @pytest.mark.parametrize(
        ("name", "text", "said"),
        [
            ("Active", 'plan is "free"', "Active: is already the name"),
            ("Free users", 'plan is "free"', "Free users: is already the name"),
            ("Wrong", 'paln is "free"', "no attribute paln"),
            ("Itself", 'segment is "Itself"', "no segment"),
            (" ", 'plan is "free"', "is not a name"),
        ],
    )
    def test_what_cannot_be_a_segment_is_refused(self, place: Place, name: str, text: str, said: str) -> None:
        with place.store.begin() as connection, pytest.raises(OperatorError, match=said):
            create_segment(connection, "w", name, text, "contact")

    def test_a_segment_that_others_name_stays(self, place: Place) -> None:
        with place.store.connect() as connection:
            create_segment(connection, "w", "Both", 'segment is "Free users" and paying is true', "contact")
            with pytest.raises(OperatorError, match="the segment Both names Free users"):
                delete_named_segment(connection, "w", "Free users")
            delete_named_segment(connection, "w", "Both")
            delete_named_segment(connection, "w", "Free users")
            with pytest.raises(OperatorError, match="there is no segment 'Free users'"):
                filter_named(connection, "w", "Free users", NOW)
            connection.rollback()

    def test_one_broken_segment_breaks_no_other(self, place: Place) -> None:
        with place.store.connect() as connection:
            create_segment(connection, "w", "Of seats", "seats > 3", "contact")
            connection.exec_driver_sql("UPDATE attributes SET archived = true WHERE name = 'seats'")
            shown = {one.name: one for one in list_segments(connection, place.client, place.prefix, "w", now=NOW)}
            assert "archived" in (shown["Of seats"].fault or "")
            assert shown["Of seats"].people is None
            assert shown["Free users"].people is not None
            connection.rollback()


class TestWorkspaces:
    def test_a_segment_of_another_workspace_does_not_exist(self, place: Place) -> None:
        with pytest.raises(InvalidQuestion, match='there is no segment "Only of v"'):
            run(place, where=["person.segment=Only of v"])
        assert run(place, workspace="v", where=["person.segment=Only of v"]).total.count

    def test_people_of_another_workspace_count_in_no_group(self, place: Place) -> None:
        ids = who(place, 'plan is "pro"', "v")
        answer = run(place, workspace="v", where=["person.plan=pro"])
        assert answer.total.count == counted(place, lambda found: bool(found & ids), "v")
        assert set(groups_of(run(place, workspace="v", group_by="person.segment"))) <= {
            *PREDEFINED,
            "Only of v",
            None,
            NO_PERSON,
        }


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"where": ["person.paln=free"]}, "where: person.paln: people have no attribute paln"),
        ({"where": ["person.seats=many"]}, "where: person.seats is a number, and 'many' is not"),
        ({"where": ["person.plan>b"]}, "where: "),
        ({"where": ["person.segment=Activ"]}, 'there is no segment "Activ"'),
        ({"where": ["person.renews_on>=2024-01-01"]}, "compared with =, > or <"),
        ({"where": ["person.renews_on=soon"]}, "where: "),
        ({"where": ["person.audience=Nobody"]}, "there is no audience 'Nobody'"),
        ({"group_by": "person.signed_up_at"}, "group_by: person.signed_up_at is a time"),
        ({"group_by": "person.email"}, "group_by: person.email tells one person from another"),
        ({"group_by": "person.nothing"}, "group_by: person.nothing: people have no attribute nothing"),
    ],
)
def test_words_and_values_that_there_are_not_are_refused(place: Place, parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidQuestion) as caught:
        run(place, **parameters)
    assert said in str(caught.value)


def test_a_value_that_nobody_has_is_named(place: Place) -> None:
    _, found = asked(place, where=["person.plan=gold"])
    assert found.unknown == ("no person of w has the plan 'gold'",)


def test_without_people_words_nothing_of_people_is_read(place: Place) -> None:
    report, found = asked(place, where=["channel=email"])
    assert found.question.people is None
    assert isinstance(report, Definition)
    assert isinstance(found.question, Question)


def test_the_people_are_in_no_text_of_a_question(place: Place) -> None:
    _, found = asked(place, where=["person.plan=free"])
    assert "p1" not in found.question.model_dump_json()
