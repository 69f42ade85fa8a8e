from typing import Any

import pytest

from indexer.errors import Refused
from indexer.people.notification_reader import Merge, RecordToSave, Removal, changes_in_item
from indexer.people.record_kind import RecordKind

NOW, AT = 1_793_500_000, 1_793_491_200
ADA = {"type": "contact", "id": "p1", "external_id": "u-1", "updated_at": AT - 100}
EVENT = {"type": "event", "event_name": "export", "user_id": "u-1", "created_at": AT}
COMPANY = {"type": "company", "id": "c1", "company_id": "acme"}


def changes(item: dict[str, Any], topic: str = "", kind: RecordKind = "person", at: int | None = AT) -> list[Any]:
    return list(changes_in_item(item, kind, NOW, topic, at))


@pytest.mark.parametrize(
    "topic",
    [
        *(f"contact.user.{what}" for what in ("created", "updated")),
        *(f"contact.lead.{what}" for what in ("created", "updated", "added_email", "signed_up")),
        *("contact.email.updated", "contact.merged", "visitor.signed_up", "user.created", "contact.created", ""),
    ],
)
def test_a_person_in_a_notification_is_saved(topic: str) -> None:
    assert changes(ADA, topic) == [RecordToSave("person", ADA)]


@pytest.mark.parametrize(
    "topic", ["contact.user.tag.created", "contact.lead.tag.deleted", "contact.tag.deleted", "contact.unsubscribed"]
)
@pytest.mark.parametrize("name", ["contact", "user", "lead"])
def test_a_person_within_an_item_is_saved_and_not_deleted_with_the_tag(topic: str, name: str) -> None:
    assert changes({"type": "contact_tag", "tag": {"type": "tag", "id": "7"}, name: ADA}, topic) == [
        RecordToSave("person", ADA)
    ]


@pytest.mark.parametrize("topic", ["company.contact.attached", "company.contact.detached"])
def test_a_person_and_a_company_in_one_item_are_both_saved(topic: str) -> None:
    assert changes({"company": COMPANY, "contact": ADA}, topic) == [
        RecordToSave("company", COMPANY),
        RecordToSave("person", ADA),
    ]


def test_companies_and_events_are_what_they_say_to_be() -> None:
    assert changes(COMPANY, "company.updated") == [RecordToSave("company", COMPANY)]
    assert changes(EVENT, "event.created") == [RecordToSave("event", EVENT)]
    deleted = {**EVENT, "deleted": True}
    assert changes(deleted, "event.created") == [RecordToSave("event", deleted)]


@pytest.mark.parametrize(
    ("item", "topic", "expected"),
    [
        (ADA, "contact.deleted", Removal("person", "p1", "u-1", AT, is_archived=False)),
        (ADA, "user.deleted", Removal("person", "p1", "u-1", AT, is_archived=False)),
        ({**ADA, "deleted": True}, "", Removal("person", "p1", "u-1", AT, is_archived=False)),
        ({"user_id": "u-1"}, "contact.deleted", Removal("person", None, "u-1", AT, is_archived=False)),
        (ADA, "contact.archived", Removal("person", "p1", "u-1", AT, is_archived=True)),
        ({**ADA, "archived": True}, "", Removal("person", "p1", "u-1", AT, is_archived=True)),
        ({**ADA, "updated_at": AT + 9}, "contact.archive", Removal("person", "p1", "u-1", AT + 9, is_archived=True)),
        (COMPANY, "company.deleted", Removal("company", "c1", "acme", AT, is_archived=False)),
    ],
)
def test_deleted_and_archived_people_are_gone(item: dict[str, Any], topic: str, expected: Removal) -> None:
    assert changes(item, topic) == [expected]


def test_a_change_without_a_time_is_of_now_and_a_return_is_later_than_the_archiving() -> None:
    assert changes({"id": "p1"}, "contact.deleted", at=None)[0].at == NOW
    assert changes({**ADA, "archived": False}, "contact.unarchived")[0].raw["updated_at"] == AT


def test_a_merge_is_changes_in_item_ids_and_by_the_history_of_the_person_who_remains() -> None:
    assert changes({"from": "p2", "into": {"id": 5}}, "contact.merged") == [Merge("p2", "5")]
    with pytest.raises(Refused, match="who was merged into whom"):
        changes({"contacts": []}, "contact.merged")
    ada = {**ADA, "merge_history": [{"type": "merge_history", "source_contact_id": "p2"}, {"merged_at": 1}, None]}
    assert changes(ada) == [RecordToSave("person", ada), Merge("p2", "p1")]


@pytest.mark.parametrize("topic", ["conversation.deleted", ""])
def test_an_object_of_another_kind_deletes_nobody(topic: str) -> None:
    item = {"type": "conversation", "id": "9", "deleted": True}
    assert changes(item, topic) == [RecordToSave("person", item)]
    with pytest.raises(Refused, match="nobody can be deleted"):
        changes({"type": "contact"}, "contact.deleted")
