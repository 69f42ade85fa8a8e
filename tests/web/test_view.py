from datetime import date

import pytest

from indexer.web.view import range_label


@pytest.mark.parametrize(
    ("first", "last", "label"),
    [
        (date(2024, 3, 1), date(2024, 3, 1), "1 March 2024"),
        (date(2024, 3, 1), date(2024, 3, 31), "1 to 31 March 2024"),
        (date(2024, 2, 29), date(2024, 3, 1), "29 February to 1 March 2024"),
        (date(2023, 12, 31), date(2024, 1, 1), "31 December 2023 to 1 January 2024"),
    ],
)
def test_a_range_names_month_and_year_once(first: date, last: date, label: str) -> None:
    assert range_label(first, last) == label
