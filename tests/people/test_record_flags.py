import pytest
from msgspec.structs import replace

from indexer.datasets.dataset import Computation, Stored
from indexer.datasets.people import PEOPLE, incoming_person
from indexer.people.merge_update import updated
from indexer.people.person import Company, Person
from indexer.people.record_flags import flagged, with_refused_value
from indexer.records.raw import object_from

NOW = 1_793_491_200
DAY = 86_400
ADA = Person(id="1", role="user", created_at=NOW - DAY, updated_at=NOW)


@pytest.mark.parametrize(
    ("record", "flags"),
    [
        (ADA, ()),
        (replace(ADA, created_at=NOW + 1), ("clock_skew",)),
        (replace(ADA, standard={"signed_up_at": NOW + DAY}), ()),
        (replace(ADA, standard={"signed_up_at": NOW + DAY + 1}), ("time_in_future",)),
        (replace(ADA, standard={"ios_last_seen_at": NOW + 400 * DAY}), ("time_in_future",)),
        (replace(ADA, updated_at=NOW + 2 * DAY), ("time_in_future",)),
        (replace(with_refused_value(ADA), created_at=NOW + 1), ("value_refused", "clock_skew")),
        (Company(id="c", created_at=NOW + 1, updated_at=NOW), ("clock_skew",)),
    ],
)
def test_flags_say_what_is_doubtful(record: Person, flags: tuple[str, ...]) -> None:
    assert flagged(record, NOW).flags == flags
    assert set(flagged(record, None).flags) == set(flags) - {"time_in_future"}


def test_the_document_has_the_flags_and_an_update_keeps_that_of_a_refused_value() -> None:
    record = with_refused_value(with_refused_value(replace(ADA, created_at=NOW + 1)))
    record = updated(record, replace(ADA, standard={"name": "Ada"}), {"name": "Ada"})
    stored = Stored("w", "1", incoming_person(record).payload, 1, deleted=False, saved_at=NOW)
    document = object_from(PEOPLE.document(stored, Computation("w"), 1))
    assert document["data_quality"] == ["value_refused", "clock_skew"]
    assert document["name"] == "Ada"
