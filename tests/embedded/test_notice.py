import io
import sys

import pytest

from indexer.embedded.notice import download_progress


def test_a_download_without_a_terminal_is_told_by_quarters(capsys: pytest.CaptureFixture[str]) -> None:
    with download_progress("it.zip", 8_000_000) as advance:
        for _ in range(8):
            advance(1_000_000)

    assert capsys.readouterr().err.splitlines() == [
        "downloading it.zip (8 MB)",
        *(f"  {percent} % of it.zip" for percent in (25, 50, 75, 100)),
    ]


def test_a_tiny_download_is_not_reported(capsys: pytest.CaptureFixture[str]) -> None:
    with download_progress("it.zip.sha1", 40) as advance:
        advance(40)

    assert capsys.readouterr().err == ""


def test_on_a_terminal_a_download_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    with download_progress("it.zip", 8_000_000) as advance:
        advance(8_000_000)

    assert "8.0/8.0 MB" in terminal.getvalue()
