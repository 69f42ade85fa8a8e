from datetime import datetime
from zoneinfo import ZoneInfo

from indexer.sample.rota import Rota
from indexer.sample.sample_workspace import AMERICAS, BILLING, DUBLIN, FRONTLINE, NEW_YORK, TEAMMATES, TEAMS

START = int(datetime(2025, 10, 1, tzinfo=ZoneInfo("UTC")).timestamp())
END = int(datetime(2026, 7, 1, tzinfo=ZoneInfo("UTC")).timestamp())
ROTA = Rota(START, END)


def at(zone: str, *when: int) -> int:
    return int(datetime(*when, tzinfo=ZoneInfo(zone)).timestamp())  # type: ignore[arg-type, misc]


def test_there_are_five_teams_of_twenty_five_people() -> None:
    assert len(TEAMMATES) == 25
    assert {mate.team for mate in TEAMMATES} == set(TEAMS)
    assert len({mate.name for mate in TEAMMATES}) == len({mate.id for mate in TEAMMATES}) == 25


def test_a_shift_keeps_its_local_hours_when_the_clocks_change() -> None:
    for day in ((2025, 10, 24), (2025, 10, 27), (2026, 3, 27), (2026, 3, 30)):
        assert ROTA.on_shift(BILLING, at(DUBLIN, *day, 9, 0))
        assert not ROTA.on_shift(BILLING, at(DUBLIN, *day, 8, 0))
    for day in ((2025, 10, 31), (2025, 11, 3), (2026, 3, 6), (2026, 3, 9)):
        assert ROTA.on_shift(AMERICAS, at(NEW_YORK, *day, 9, 0))
        assert not ROTA.on_shift(AMERICAS, at(NEW_YORK, *day, 8, 30))


def test_no_teammate_works_at_christmas_and_all_go_home_early_before() -> None:
    assert ROTA.on_shift(FRONTLINE, at(DUBLIN, 2025, 12, 24, 12, 30))
    assert not ROTA.on_shift(FRONTLINE, at(DUBLIN, 2025, 12, 24, 13, 0))
    assert ROTA.next_covered(FRONTLINE, at(DUBLIN, 2025, 12, 24, 13, 0)) == at(DUBLIN, 2025, 12, 26, 8, 0)


def test_the_next_covered_moment_is_now_while_somebody_works() -> None:
    now = at(DUBLIN, 2026, 2, 3, 10, 17) + 5
    assert ROTA.next_covered(FRONTLINE, now) == now


def test_the_weekend_is_covered_by_the_front_line_on_saturday_only() -> None:
    assert ROTA.on_shift(FRONTLINE, at(DUBLIN, 2026, 2, 7, 11, 0))
    assert ROTA.next_covered(BILLING, at(DUBLIN, 2026, 2, 7, 11, 0)) == at(DUBLIN, 2026, 2, 9, 8, 30)


def test_after_the_last_shift_comes_the_end() -> None:
    assert ROTA.next_covered(BILLING, END - 60) == END
    assert ROTA.next_shift(TEAMMATES[0], END + 86_400) == END


def test_a_teammate_comes_back_at_the_start_of_the_next_shift() -> None:
    early = TEAMMATES[0]
    assert early.team is FRONTLINE
    assert ROTA.next_shift(early, at(DUBLIN, 2026, 2, 6, 17, 0)) == at(DUBLIN, 2026, 2, 9, 8, 0)
