"""Memory does not grow with the input: measured on the process itself, with conversations piped into it."""

import sys

import orjson
import pytest

from indexer.sample import generate
from indexer.settings import Settings
from tests.integration.installation import Installation
from tests.peak_memory import peak_of

pytestmark = pytest.mark.services

SMALL = 10_000
COPIES = 5
MAY_GROW = 1.05
_CONVERSATION, _CONTACT = b'{"type":"conversation","id":"', b'"7000'
"""How each conversation of the sample begins, and the id of each contact."""


@pytest.fixture(scope="module")
def small() -> bytes:
    """The lines of 10 000 conversations."""
    return b"".join(orjson.dumps(raw) + b"\n" for raw in generate(SMALL, seed=1))


def another(lines: bytes, copy: int) -> bytes:
    """A copy in which all conversations and contacts are others: generating as many takes longer than reading them."""
    renamed = lines.replace(_CONVERSATION, b"%b%d" % (_CONVERSATION, 10 + copy))
    return renamed.replace(_CONTACT, b'"70%d' % (10 + copy))


@pytest.mark.parametrize(
    "arguments", [("compute", "-"), ("import", "-", "--workspace", "w")], ids=["compute", "import"]
)
def test_memory_on_five_times_the_conversations_is_that_on_10_000(
    test_settings: Settings, small: bytes, arguments: tuple[str, ...]
) -> None:
    installation = Installation(test_settings)
    of_few, of_many = (
        peak_of(
            [sys.executable, "-m", "indexer", *arguments],
            installation.environment,
            (another(small, copy) for copy in range(copies)),
        )
        for copies in (1, COPIES)
    )
    stored = installation.count("conversations")
    installation.close()
    assert stored == (COPIES * SMALL if arguments[0] == "import" else 0)
    assert of_many <= of_few * MAY_GROW, f"{of_few / 2**20:.1f} MiB and {of_many / 2**20:.1f} MiB"
