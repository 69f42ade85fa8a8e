from typing import Any

import pytest

from indexer.sample import generate

Json = dict[str, Any]


@pytest.fixture(scope="session")
def conversations() -> list[Json]:
    """Five thousand conversations, enough for every variety to occur."""
    return list(generate(5000, seed=1))
