import pytest

from indexer.calendar.zone_names import checked_zone, known_zone, time_zones


@pytest.mark.parametrize("name", ["EST", "HST", "MST", "ROC"])
def test_a_zone_unknown_to_elasticsearch_serves_office_hours_alone(name: str) -> None:
    assert known_zone(name).key == name
    with pytest.raises(ValueError, match=f"^there is no time zone '{name}'"):
        checked_zone(name)


@pytest.mark.parametrize("name", ["Factory", "localtime"])
def test_a_file_that_names_no_zone_serves_nothing(name: str) -> None:
    with pytest.raises(ValueError, match=f"^there is no time zone '{name}'"):
        known_zone(name)
    assert name not in time_zones()


def test_wrong_capitals_are_corrected_without_other_proposals() -> None:
    with pytest.raises(ValueError, match=r"^there is no time zone 'europe/dublin'; did you mean Europe/Dublin\?$"):
        checked_zone("europe/dublin")
