"""One edition of the time zone database, in every process, whatever the machine has."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, available_timezones

import pytest
import tzdata
from hypothesis import given
from hypothesis import strategies as st

from indexer.calendar import zones
from indexer.office_hours import parse_office_hours

ALL = sorted(available_timezones())
instants = st.one_of(
    st.integers(-2_000_000_000, 4_200_000_000),
    st.integers(zones.EARLIEST, int(datetime(9900, 12, 31, tzinfo=UTC).timestamp())),
)
NOVEMBER = int(datetime(2026, 11, 10, 15, 30, tzinfo=UTC).timestamp())


def machine_with(directory: Path, **files_of_zones: str) -> dict[str, str]:
    """An environment whose time zone database says of each zone (`America__Vancouver`) what another one is."""
    for name, other in files_of_zones.items():
        file = directory / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(files("tzdata").joinpath("zoneinfo", *other.split("/")).read_bytes())
    return {**os.environ, "PYTHONTZPATH": str(directory)}


def test_the_edition_is_that_of_the_package() -> None:
    assert zones.EDITION == tzdata.IANA_VERSION
    assert TZPATH == ()


@pytest.mark.parametrize(
    "program",
    [
        "import indexer; from zoneinfo import ZoneInfo; zone = ZoneInfo('America/Vancouver')",
        # Before the package is imported the machine's zone has been read.
        "from zoneinfo import ZoneInfo; zone = ZoneInfo('America/Vancouver'); import indexer; "
        "zone = ZoneInfo('America/Vancouver')",
        "from indexer.calendar.zone_names import known_zone; zone = known_zone('America/Vancouver')",
        "from indexer.tasks import app; from zoneinfo import ZoneInfo; zone = ZoneInfo('America/Vancouver')",
    ],
)
def test_a_process_takes_the_package_although_the_environment_names_another_database(
    tmp_path: Path, program: str
) -> None:
    environment = machine_with(tmp_path, America__Vancouver="Etc/GMT+8")
    plain = "from zoneinfo import ZoneInfo; zone = ZoneInfo('America/Vancouver')"
    shown = f"; from datetime import datetime; print(datetime.fromtimestamp({NOVEMBER}, zone).isoformat())"

    def said(what: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", what + shown], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert said(plain) == "2026-11-10T07:30:00-08:00"
    assert said(program) == "2026-11-10T08:30:00-07:00"


@given(st.sampled_from(ALL), instants)
def test_the_offset_at_any_instant_is_that_of_the_latest_change(name: str, instant: int) -> None:
    zone = ZoneInfo(name)
    (_, offset), *none = zones.changes_within(zone, instant, instant + 1)
    assert not none
    assert offset == zones.offset_at(instant, zone)


@given(st.sampled_from(ALL), instants, st.integers(1, 10_000 * 86_400))
def test_between_two_changes_the_offset_stays(name: str, start: int, seconds: int) -> None:
    zone, end = ZoneInfo(name), start + seconds
    found = zones.changes_within(zone, start, end)
    assert found[0][0] == start
    assert all(before[1] != after[1] and before[0] < after[0] < end for before, after in pairwise(found))
    for at, offset in found[1:]:
        assert zones.offset_at(at, zone) == offset != zones.offset_at(at - 1, zone)


def test_a_change_of_half_an_hour_and_one_of_a_day_are_found() -> None:
    def utc(*parts: int) -> int:
        return int(datetime(*parts, tzinfo=UTC).timestamp())

    october = utc(2025, 10, 1), utc(2025, 11, 1)
    assert zones.changes_within(ZoneInfo("Australia/Lord_Howe"), *october) == [
        (october[0], 37_800),
        (utc(2025, 10, 4, 15, 30), 39_600),
    ]
    december = utc(2011, 12, 1), utc(2012, 1, 1)
    assert zones.changes_within(ZoneInfo("Pacific/Apia"), *december)[1:] == [(utc(2011, 12, 30, 10), 14 * 3600)]


def test_the_id_of_office_hours_changes_with_what_the_edition_says_of_their_zone(tmp_path: Path) -> None:
    def id_in(zone: str) -> str:
        return parse_office_hours(
            {"time_zone_name": zone, "time_intervals": [{"start_minute": 540, "end_minute": 1020}]}
        ).id

    vancouver, dublin = id_in("America/Vancouver"), id_in("Europe/Dublin")
    program = (
        "import sys, zoneinfo; from indexer.calendar import zones\n"
        "from indexer.office_hours import parse_office_hours\n"
        "zoneinfo.reset_tzpath(to=[sys.argv[1]]); zoneinfo.ZoneInfo.clear_cache()\n"
        "intervals = [{'start_minute': 540, 'end_minute': 1020}]\n"
        "for name in sys.argv[2:]: print(parse_office_hours({'time_zone_name': name, 'time_intervals': intervals}).id)"
    )
    environment = machine_with(tmp_path, America__Vancouver="Etc/GMT+8", Europe__Dublin="Europe/Dublin")
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), "America/Vancouver", "Europe/Dublin"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    other_vancouver, same_dublin = done.stdout.split()
    assert other_vancouver != vancouver
    assert same_dublin == dublin
