"""The statistics of messages are those of the vendor's description of its export, word for word."""

import pytest

from indexer.messages import statistics
from indexer.messages.statistics import (
    CHECKPOINT_COLUMNS,
    CONTENT_TYPES,
    EVENTS,
    FLAT_COLUMNS,
    RECEIPT_COLUMNS,
    SURVEY,
    content_type_of,
)
from tests.messages import vendor_table
from tests.messages.vendor_table import FILES, FLAT

needs_the_document = pytest.mark.skipif(
    not vendor_table.DOCUMENT.exists(), reason=f"needs the description of the export, as {vendor_table.DOCUMENT}"
)


@needs_the_document
def test_the_table_here_is_that_of_the_description() -> None:
    assert vendor_table.described_files() == FILES
    assert vendor_table.described_flat() == FLAT


def test_every_file_of_the_export_has_its_columns_in_the_order_of_the_description() -> None:
    own = {one.title: one.columns for one in EVENTS.values()}
    assert own | {"Receipt": RECEIPT_COLUMNS, "Checkpoint": CHECKPOINT_COLUMNS} == {
        title: described.columns for title, described in FILES.items()
    }
    assert [one.title for one in EVENTS.values()] == [
        title for title in FILES if title not in ("Receipt", "Checkpoint")
    ]


@pytest.mark.parametrize("statistic", EVENTS.values(), ids=list(EVENTS))
def test_an_event_is_possible_for_the_content_types_of_the_description(statistic: statistics.Statistic) -> None:
    described = FILES[statistic.title].content_types
    assert {one for one in CONTENT_TYPES - {SURVEY} if statistic.can_be_of(one)} == described


@pytest.mark.parametrize("statistic", EVENTS.values(), ids=list(EVENTS))
@pytest.mark.parametrize("content_type", [SURVEY, "carrier_pigeon", "", None])
def test_nothing_is_impossible_for_content_of_which_the_description_does_not_speak(
    statistic: statistics.Statistic, content_type: str | None
) -> None:
    assert statistic.can_be_of(content_type)


def test_the_kind_of_an_event_is_the_vendors_word_for_it() -> None:
    assert {kind: one.kind for kind, one in EVENTS.items()} == {
        one.title.lower().replace(" ", "_"): one.kind for one in EVENTS.values()
    }
    assert EVENTS["tour_step_view"].file == "tour_step_view.csv"


def test_the_flat_export_has_a_column_for_the_first_event_of_some_kinds() -> None:
    assert (*RECEIPT_COLUMNS[:-1], *FLAT_COLUMNS) == FLAT
    assert set(FLAT_COLUMNS.values()) < EVENTS.keys()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Mobile Carousel", "mobile_carousel"),
        ("mobileCarousel", "mobile_carousel"),
        ("mobile-carousel", "mobile_carousel"),
        ("MOBILE_CAROUSEL", "mobile_carousel"),
        (" Email ", "email"),
        ("EMAIL", "email"),
        ("Series Edge Split", "series_edge_split"),
        ("SMS", "sms"),
        ("Überraschung", "überraschung"),
        ("", ""),
    ],
)
def test_a_content_type_is_known_however_it_is_written(said: str, meant: str) -> None:
    assert content_type_of(said) == meant
