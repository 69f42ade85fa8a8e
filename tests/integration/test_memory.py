"""Memory does not grow with the input: measured on the process itself, with the sample workspace piped into it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.settings import Settings
from tests.integration.installation import Installation

pytestmark = pytest.mark.services

SMALL, LARGE = 10_000, 200_000
MAY_GROW = 1.1


def peak_of(environment: dict[str, str], conversations: int, *arguments: str) -> int:
    """The largest memory, in bytes, that the command needed to read this many conversations from a pipe."""
    indexer = [sys.executable, "-m", "indexer"]
    sample = subprocess.Popen([*indexer, "sample", "--conversations", str(conversations)], stdout=subprocess.PIPE)
    with Path(os.devnull).open("wb") as nowhere, sample:
        reader = subprocess.Popen([*indexer, *arguments], stdin=sample.stdout, stdout=nowhere, env=environment)
        assert sample.stdout is not None
        sample.stdout.close()
        _, status, usage = os.wait4(reader.pid, 0)
        reader.returncode = os.waitstatus_to_exitcode(status)
    assert (reader.returncode, sample.returncode) == (0, 0)
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.parametrize(
    "arguments", [("compute", "-"), ("import", "-", "--workspace", "w")], ids=["compute", "import"]
)
def test_memory_on_200_000_conversations_is_within_a_tenth_of_that_on_10_000(
    test_settings: Settings, arguments: tuple[str, ...]
) -> None:
    installation = Installation(test_settings)
    small = peak_of(installation.environment, SMALL, *arguments)
    large = peak_of(installation.environment, LARGE, *arguments)
    installation.close()
    assert large <= small * MAY_GROW, f"{small / 2**20:.1f} MiB and {large / 2**20:.1f} MiB"
