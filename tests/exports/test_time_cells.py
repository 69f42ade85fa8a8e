"""Times of cells."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from indexer.exports.time_cells import Times, time_writer

ZONES = ["UTC", "Europe/Dublin", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Monrovia", "Pacific/Apia"]
WRITERS = {zone: time_writer(ZoneInfo(zone), Times.ISO) for zone in ZONES}


@given(st.sampled_from(ZONES), st.integers(1, 4_102_444_799))
@example("Africa/Monrovia", 63_593_069)  # 0:44:30 behind, until the second before the next
@example("Africa/Monrovia", 63_593_070)
@example("Europe/Dublin", 1_711_846_799)
@example("Europe/Dublin", 1_711_846_800)
@example("Australia/Lord_Howe", 1_712_415_600)
def test_a_time_is_written_as_python_writes_it(zone: str, at: int) -> None:
    for second in (at, at + 1, at + 899):
        assert WRITERS[zone](second) == datetime.fromtimestamp(second, ZoneInfo(zone)).isoformat()


def test_epoch_seconds_stay_numbers() -> None:
    assert time_writer(ZoneInfo("Europe/Dublin"), Times.EPOCH)(1_711_846_800) == "1711846800"
