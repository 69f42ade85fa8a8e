"""People, companies and events go into the store, whatever files they come in and however often."""

import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from sqlalchemy import Engine

from indexer.datasets.people import PEOPLE
from indexer.errors import OperatorError, Refused
from indexer.input_files.people_table import ReadOptions, TableColumns
from indexer.intake.people_importer import ImportedPeople, import_people
from indexer.intake.save_options import Saving
from indexer.people.attribute import Attribute
from indexer.people.attribute_value import Value
from indexer.people.column_mapping import read_choices
from indexer.people.person import Person, person_from
from indexer.people.record_kind import RecordKind
from indexer.store.entities.attributes import add_attributes, read_attributes
from indexer.store.entities.person_events import read_summaries
from indexer.store.entities.person_merges import merge_people
from indexer.store.entities.stored import read_stored

pytestmark = pytest.mark.services

AT = 1_793_491_200
ADA = {
    "type": "contact",
    "id": "p1",
    "role": "user",
    "external_id": "u-1",
    "email": "ada@example.com",
    "created_at": AT - 1000,
    "updated_at": AT,
    "custom_attributes": {"plan": "free", "seats": 3},
}


class Import:
    """What an import into the workspace `w` said."""

    def __init__(
        self, store: Engine, path: Path, content: str, kind: RecordKind = "person", *maps: str, **saving: Any
    ) -> None:
        path.write_text(content)
        self.refused: list[str] = []
        self.columns: list[TableColumns] = []

        def on_refused(place: str, refused: Refused) -> None:
            self.refused.append(f"{place.removeprefix(f'{path}, ')}: {refused}")

        def catalogue() -> Any:
            with store.connect() as connection:
                return read_attributes(connection, "w")

        options = ReadOptions(ZoneInfo("UTC"), catalogue, read_choices(maps), self.columns.append)
        self.imported: ImportedPeople = import_people(
            Saving(store, "w", **saving), [str(path)], kind, options, on_refused
        )

    @property
    def counts(self) -> dict[str, int]:
        """The counts that are not 0."""
        return {name: count for name, count in self.imported.counts.items() if count}


def lines(*objects: Any) -> str:
    return "".join(orjson.dumps(one).decode() + "\n" for one in objects)


def stored(store: Engine) -> dict[str, Person]:
    with store.connect() as connection:
        rows = connection.exec_driver_sql("SELECT record_id FROM records WHERE dataset = 'people' AND NOT deleted")
        found = read_stored(connection, PEOPLE, [("w", id_) for id_ in rows.scalars()])
    return {one.entity_id: person_from(one.payload) for one in found}


def summaries(store: Engine, person_id: str) -> dict[str, int]:
    with store.connect() as connection:
        found = read_summaries(connection, [("w", person_id)]).get(("w", person_id), [])
    return {one["name"]: one["count"] for one in map(orjson.loads, found)}


def test_people_companies_and_events_may_be_mixed_and_come_twice(store: Engine, tmp_path: Path) -> None:
    content = lines(
        {"event_name": "export", "created_at": AT, "user_id": "u-1"},
        {**ADA, "companies": {"data": [{"id": "c1"}]}},
        {"type": "company", "id": "c1", "name": "Acme", "created_at": AT, "updated_at": AT},
        {"event_name": "export", "created_at": AT + 1, "email": "Ada@example.com"},
        {"type": "list", "data": [{"type": "lead", "id": "p2", "created_at": AT, "updated_at": AT}]},
    )
    first = Import(store, tmp_path / "mixed.ndjson", content)
    assert (first.counts, first.refused) == ({"read": 5, "created": 5}, [])
    assert set(stored(store)) == {"p1", "p2"}
    assert stored(store)["p1"].custom == {"plan": Value("string", "free"), "seats": Value("float", 3)}
    assert summaries(store, "p1") == {"export": 2}
    again = Import(store, tmp_path / "mixed.ndjson", content)
    assert again.counts == {"read": 5, "unchanged": 5}


def test_a_value_of_the_wrong_type_is_refused_with_its_reason_and_the_rest_is_saved(
    store: Engine, tmp_path: Path
) -> None:
    with store.begin() as connection:
        add_attributes(connection, "w", [Attribute(model="contact", name="seats", type="integer")])
    found = Import(
        store,
        tmp_path / "people.ndjson",
        lines(
            {**ADA, "custom_attributes": {"seats": "many", "plan": "free", "email": "x"}},
            {"type": "contact", "id": "p2", "created_at": AT, "updated_at": AT, "custom_attributes": {"plan": [1]}},
            {"type": "conversation", "id": "9", "updated_at": AT},
        ),
    )
    assert found.counts == {"read": 3, "created": 2, "refused": 1}
    assert len(found.refused) == 4
    assert "line 1: custom_attributes.seats: 'many': 'many' is not a whole number" in found.refused
    assert stored(store)["p1"].custom == {"plan": Value("string", "free")}
    assert found.imported.refused_values == {
        "custom_attributes.seats": 1,
        "custom_attributes.email": 1,
        "custom_attributes.plan": 1,
    }


CSV = """E-mail,User ID,Plan,Seats,Signed up,Shoe size
ada@example.com,u-1,free,3,2026-10-20,41
bob@example.com,u-2,pro,,2026-08-01T10:00,
"""


def test_a_table_says_what_its_columns_are_and_its_rows_are_updates(store: Engine, tmp_path: Path) -> None:
    Import(store, tmp_path / "people.ndjson", lines({**ADA, "name": "Ada"}))
    found = Import(store, tmp_path / "people.csv", CSV, "person", "Plan=custom.plan", "Seats=custom.places")
    assert found.counts == {"read": 2, "created": 1, "updated": 1}
    [columns] = found.columns
    assert columns.left == ("Shoe size",)
    assert columns.new == (Attribute(model="contact", name="places", type="integer", inferred=True),)
    people = {person.standard["external_id"]: person for person in stored(store).values()}
    ada, bob = people["u-1"], people["u-2"]
    assert (ada.id, ada.standard["name"], ada.created_at) == ("p1", "Ada", AT - 1000)
    assert ada.custom == {
        "plan": Value("string", "free"),
        "seats": Value("float", 3),
        "places": Value("integer", 3),
    }
    assert bob.custom == {"plan": Value("string", "pro")}
    assert bob.standard["signed_up_at"] == 1_785_578_400
    again = Import(store, tmp_path / "people.csv", CSV, "person", "Plan=custom.plan", "Seats=custom.places")
    assert again.counts == {"read": 2, "unchanged": 2}


def test_a_trial_says_what_would_change_and_changes_nothing(store: Engine, tmp_path: Path) -> None:
    Import(store, tmp_path / "people.ndjson", lines({**ADA, "custom_attributes": {}}))
    found = Import(store, tmp_path / "people.csv", CSV, "person", "Plan=custom.plan", dry_run=True)
    assert found.counts == {"read": 2, "created": 1, "updated": 1}
    assert found.imported.people.changed == {"custom.plan": 1, "signed_up_at": 1}
    assert [one.name for one in found.imported.attributes] == ["plan"]
    assert set(stored(store)) == {"p1"}
    with store.connect() as connection:
        assert read_attributes(connection, "w").attributes == {}


def test_an_address_of_several_people_names_nobody(store: Engine, tmp_path: Path) -> None:
    Import(store, tmp_path / "a.ndjson", lines(ADA, {**ADA, "id": "p2", "external_id": "u-2"}))
    found = Import(store, tmp_path / "b.ndjson", lines({"email": "ADA@example.com", "name": "Ada"}))
    assert found.counts == {"read": 1, "refused": 1}
    assert found.refused == ["line 1: email: ada@example.com belongs to 2 people: p1, p2; name one by its id"]


def test_updates_of_one_person_in_one_file_follow_each_other(store: Engine, tmp_path: Path) -> None:
    found = Import(
        store,
        tmp_path / "a.ndjson",
        lines(
            {"external_id": "u-1", "name": "Ada"},
            {"external_id": "u-1", "email": "ada@example.com"},
            {"email": "ada@example.com", "custom_attributes": {"plan": "pro"}},
            {"external_id": "u-1", "name": None},
            {"name": "Nobody"},
        ),
    )
    assert found.refused == ["line 5: id: is missing, and so are external_id and email"]
    [person] = stored(store).values()
    assert person.standard == {"external_id": "u-1", "email": "ada@example.com", "email_domain": "example.com"}
    assert person.custom == {"plan": Value("string", "pro")}


@pytest.mark.parametrize("ahead", [3600, 30 * 86_400])
def test_an_update_of_a_person_whose_time_is_to_come_changes_what_it_names_alone(
    store: Engine, tmp_path: Path, ahead: int
) -> None:
    Import(store, tmp_path / "a.ndjson", lines({**ADA, "updated_at": int(time.time()) + ahead}))
    found = Import(store, tmp_path / "b.ndjson", lines({"external_id": "u-1", "custom_attributes": {"plan": "pro"}}))
    assert found.counts == {"read": 1, "updated": 1}
    [ada] = stored(store).values()
    assert ada.standard["email"] == "ada@example.com"
    assert ada.custom == {"plan": Value("string", "pro"), "seats": Value("float", 3)}


def test_an_update_of_an_earlier_time_is_older_and_changes_nothing(store: Engine, tmp_path: Path) -> None:
    Import(store, tmp_path / "a.ndjson", lines(ADA))
    earlier = {"external_id": "u-1", "updated_at": AT - 500, "custom_attributes": {"plan": "pro"}}
    assert Import(store, tmp_path / "b.ndjson", lines(earlier)).counts == {"read": 1, "older": 1}
    assert stored(store)["p1"].custom == {"plan": Value("string", "free"), "seats": Value("float", 3)}


def test_an_update_under_an_old_id_reaches_the_person_of_today(store: Engine, tmp_path: Path) -> None:
    Import(store, tmp_path / "a.ndjson", lines(ADA, {**ADA, "id": "p2", "external_id": "u-2"}))
    with store.begin() as connection:
        merge_people(connection, "w", "p2", "p1")
    Import(store, tmp_path / "b.ndjson", lines({"id": "p2", "name": "Ada"}))
    people = stored(store)
    assert set(people) == {"p1"}
    assert people["p1"].standard["name"] == "Ada"


def test_rows_of_events_are_read_too(store: Engine, tmp_path: Path) -> None:
    Import(store, tmp_path / "a.ndjson", lines(ADA))
    table = "Event,Time,User ID,metadata.format\nexport,2026-11-01,u-1,csv\nexport,2026-11-02,u-1,\n,2026-11-02,u-1,\n"
    found = Import(store, tmp_path / "e.csv", table, "event", "Time=created_at")
    assert found.counts == {"read": 3, "created": 2, "refused": 1}
    assert summaries(store, "p1") == {"export": 2}


@pytest.mark.parametrize("table", ["", "Colour,Shape\nred,round\n"])
def test_a_table_without_a_column_that_can_be_read_is_refused(store: Engine, tmp_path: Path, table: str) -> None:
    found = Import(store, tmp_path / "a.csv", table)
    assert found.counts in ({"read": 1, "refused": 1}, {})


def test_a_choice_that_does_not_fit_the_header_is_an_error(store: Engine, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="Colour: is not a column"):
        Import(store, tmp_path / "a.csv", CSV, "person", "Colour=custom.colour")


def test_an_external_id_that_nobody_has_is_never_looked_up_by_the_address(store: Engine, tmp_path: Path) -> None:
    Import(store, tmp_path / "a.ndjson", lines(ADA))
    eve = {"external_id": "u-2", "email": "ada@example.com", "name": "Eve"}
    assert Import(store, tmp_path / "b.ndjson", lines(eve)).counts == {"read": 1, "created": 1}
    table = "User ID,E-mail,Name\nu-3,ada@example.com,Mallory\n"
    assert Import(store, tmp_path / "c.csv", table).counts == {"read": 1, "created": 1}
    people = stored(store)
    assert people["p1"].standard["external_id"] == "u-1"
    assert {one.standard.get("name") for one in people.values()} == {None, "Eve", "Mallory"}


@pytest.mark.parametrize("one_by_one", [True, False])
def test_a_name_that_a_person_no_longer_has_is_that_of_another_one(
    store: Engine, tmp_path: Path, one_by_one: bool
) -> None:
    Import(store, tmp_path / "a.ndjson", lines({"email": "old@example.com", "name": "Ada"}))
    [id_] = stored(store)
    updates = [{"id": id_, "email": "new@example.com"}, {"email": "old@example.com", "name": "Eve"}]
    for some in [[one] for one in updates] if one_by_one else [updates]:
        Import(store, tmp_path / "b.ndjson", lines(*some))
    names = {one.standard["email"]: one.standard["name"] for one in stored(store).values()}
    assert names == {"new@example.com": "Ada", "old@example.com": "Eve"}


def notice(topic: str, item: Any, at: int = AT + 100) -> dict[str, Any]:
    return {"type": "notification_event", "topic": topic, "created_at": at, "data": {"item": item}}


def test_notifications_of_webhooks_save_delete_archive_and_merge(store: Engine, tmp_path: Path) -> None:
    lead = {**ADA, "id": "p2", "role": "lead", "external_id": None, "email": "lead@example.com"}
    acme = {"type": "company", "id": "c1", "company_id": "acme", "created_at": AT, "updated_at": AT}
    events = [{"event_name": "export", "created_at": AT + n, "id": f"p{n}"} for n in (1, 2, 3)]
    first = Import(
        store,
        tmp_path / "1.ndjson",
        lines(
            notice("contact.user.created", ADA),
            notice("contact.lead.tag.created", {"type": "contact_tag", "tag": {"name": "vip"}, "contact": lead}),
            notice("company.contact.attached", {"company": acme, "contact": {**ADA, "id": "p3", "external_id": "u-3"}}),
            *(notice("event.created", one) for one in events),
        ),
    )
    assert (first.counts, first.refused) == ({"read": 7, "created": 7}, [])

    gone = lines(
        notice("contact.archived", ADA, AT + 200),
        notice("contact.deleted", {"type": "contact", "id": "p3"}, AT + 200),
        notice("company.deleted", {"type": "company", "id": "c1"}, AT + 200),
        notice("contact.deleted", {"type": "contact", "id": "p2"}, AT - 200),  # which has changed since
    )
    assert Import(store, tmp_path / "2.ndjson", gone).counts == {"read": 4, "updated": 3, "unchanged": 1}
    assert Import(store, tmp_path / "2.ndjson", gone).counts == {"read": 4, "unchanged": 4}
    assert set(stored(store)) == {"p2"}
    assert (summaries(store, "p1"), summaries(store, "p3")) == ({"export": 1}, {})
    assert Import(store, tmp_path / "3.ndjson", lines(ADA)).counts == {"read": 1, "older": 1}

    back = notice("contact.unarchived", {**ADA, "merge_history": [{"source_contact_id": "p2"}]}, AT + 300)
    found = Import(store, tmp_path / "4.ndjson", lines(back))
    assert (found.counts, found.imported.merged) == ({"read": 1, "updated": 1}, 1)
    assert set(stored(store)) == {"p1"}
    assert summaries(store, "p1") == {"export": 2}
    again = lines(back, notice("contact.merged", {"from": "p2", "into": "p1"}), notice("contact.deleted", {"id": "p2"}))
    found = Import(store, tmp_path / "5.ndjson", again)
    assert (found.counts, found.imported.merged) == ({"read": 2, "unchanged": 2}, 0)
    assert set(stored(store)) == {"p1"}
    wrong = Import(store, tmp_path / "6.ndjson", lines(notice("contact.merged", {"from": "p1", "into": "p2"})))
    assert wrong.refused == []  # they are one person already
