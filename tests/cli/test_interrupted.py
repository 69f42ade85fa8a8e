"""Ctrl-C while a command waits for workers, wherever it is just then."""

import os
import signal

import pytest
import typer

from indexer.cli.wait_for_workers import left_to_workers


def interrupted(becomes: type[Exception] | None) -> None:
    with left_to_workers("the workers go on"):
        try:
            os.kill(os.getpid(), signal.SIGINT)
            signal.pause()
        except KeyboardInterrupt:
            if becomes is None:
                raise
            raise becomes("in the middle of something") from None


@pytest.mark.parametrize("becomes", [None, RuntimeError, OSError])
def test_after_an_interrupt_the_command_says_what_continues_whatever_a_library_raises(
    becomes: type[Exception] | None, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(typer.Exit) as caught:
        interrupted(becomes)
    assert caught.value.exit_code == 130
    assert capsys.readouterr().err == "\nthe workers go on\n"
    assert signal.getsignal(signal.SIGINT) is before


def test_any_other_error_stays_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="a defect"), left_to_workers("the workers go on"):
        raise RuntimeError("a defect")
    assert capsys.readouterr().err == ""
