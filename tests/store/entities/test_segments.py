from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from indexer.errors import Refused
from indexer.store.entities.contact_merges import merge_contacts
from indexer.store.entities.erased_people import begin_erasures
from indexer.store.entities.segments import (
    Segment,
    delete_audience,
    delete_segment,
    freeze_audience,
    read_audiences,
    read_members,
    read_segments,
    save_segment,
)

pytestmark = pytest.mark.services


def test_a_segment_is_saved_replaced_and_deleted_in_its_workspace(engine: Engine) -> None:
    with engine.begin() as connection:
        free = save_segment(connection, Segment("w", "", "Free", 'plan is "free"', {"all": []}))
        save_segment(connection, Segment("v", "", "Free", 'plan is "x"', {}))
        renamed = save_segment(connection, free._replace(name="Freeloaders"))
        other = save_segment(connection, Segment("w", "", "Free", 'plan is "free"', {}, "contact"))
        assert read_segments(connection, "w") == [other, renamed]
        assert renamed == free._replace(name="Freeloaders")
        with pytest.raises(Refused, match="Freeloaders: is already the name"):
            save_segment(connection, other._replace(name="Freeloaders"))
        with pytest.raises(Refused):
            save_segment(connection, other._replace(name=""))
        assert delete_segment(connection, "w", free.segment_id)
        assert not delete_segment(connection, "v", other.segment_id)
        assert read_segments(connection, "w") == [other]


def test_an_audience_keeps_its_people_and_follows_merges(engine: Engine) -> None:
    with engine.begin() as connection:
        frozen = freeze_audience(connection, "w", "May", "email is known", ["b", "a", "c", "b"])
        assert frozen.members == 3
        with pytest.raises(Refused, match="May: is already the name of an audience"):
            freeze_audience(connection, "w", "May", "", [])
        with pytest.raises(Refused, match="May: is already the name of an audience"):
            save_segment(connection, Segment("w", "", "May", "email is known", {}))
        merge_contacts(connection, "w", "a", "c")
        assert read_audiences(connection, "w") == [frozen]
        assert read_members(connection, "w", frozen.audience_id) == ["b", "c"]
        assert read_members(connection, "v", frozen.audience_id) == []
        assert delete_audience(connection, "w", frozen.audience_id)
        assert read_audiences(connection, "w") == []


def test_of_two_that_take_one_name_at_the_same_time_one_is_refused(engine: Engine) -> None:
    def take(number: int) -> bool:
        try:
            with engine.begin() as connection:
                if number % 2:
                    freeze_audience(connection, "w", "May", "", [])
                else:
                    save_segment(connection, Segment("w", "", "May", "email is known", {}))
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(4))) == 1


def test_a_person_who_was_erased_after_the_ids_were_read_is_not_kept(engine: Engine) -> None:
    with engine.begin() as connection:
        begin_erasures(connection, "w").bar([("id", "a")])
        frozen = freeze_audience(connection, "w", "May", "email is known", ["a", "b"])
        assert read_members(connection, "w", frozen.audience_id) == ["b"]
        assert frozen.members == 1
