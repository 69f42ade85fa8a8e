"""Fields inside objects by their paths."""

from indexer.dotted_paths import value_at


def test_a_value_is_found_by_its_path() -> None:
    document = {"statistics": {"count_reopens": 2}}
    assert value_at(document, "statistics.count_reopens") == 2
    assert value_at(document, "statistics.count_reopens.more") is None
    assert value_at(document, "legacy.count_reopens") is None
