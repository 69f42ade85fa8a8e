"""The page about differences describes every reason as the code does."""

import re

from indexer.differences.reason import Reason
from indexer.resources import resource_dir

PAGE = (resource_dir("mappings").parent / "docs" / "differences.md").read_text()


def test_every_reason_is_in_the_table_in_the_words_of_the_code() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", PAGE.split("## Reasons")[1], re.MULTILINE)
    assert rows == [(reason.value, reason.about) for reason in Reason]
