from indexer.reports.numbers.parted import labels


def test_parts_are_named_by_their_bounds():
    assert labels([300, 900, 3600, 28_800, 86_400, 86_401]) == [
        "< 5 m",
        "5 m - 15 m",
        "15 m - 1 h",
        "1 h - 8 h",
        "8 h - 1 d",
        "1 d - 1 d 1 s",
        ">= 1 d 1 s",
    ]
