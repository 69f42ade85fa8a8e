"""Messages about settings that are wrong, or likely to be a mistake."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.errors import OperatorError
from indexer.settings import Settings, settings


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


def test_a_wrong_value_is_named_with_its_variable_as_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INDEXER_WORKER_PROCESSES", "abc")
    with pytest.raises(OperatorError, match="INDEXER_WORKER_PROCESSES='abc'"):
        settings()


@pytest.mark.parametrize("variable", ["INDEXER_API_TOKEN", "INDEXER_SMTP_URL", "INDEXER_PUBLIC_URL"])
def test_a_value_that_may_be_secret_is_not_shown(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "two secret words")
    with pytest.raises(OperatorError, match=variable) as caught:
        settings()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [("INDEXER_DRAIN_BACH", "INDEXER_DRAIN_BATCH"), ("INDEXER_WORKERS_PROCESSES", "INDEXER_WORKER_PROCESSES")],
)
def test_a_variable_that_there_is_not_is_warned_of_with_the_nearest(
    variable: str, nearest: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(variable, "5")
    settings()
    assert capsys.readouterr().err == f"warning: there is no setting {variable}; did you mean {nearest}?\n"


def test_so_is_one_in_the_file_of_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_text("INDEXER_SWEEP_SECOND=3\nINDEXER_SWEEP_SECONDS=3\nOTHER=1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(Settings.model_config, "env_file", ".env")
    settings()
    assert capsys.readouterr().err.splitlines() == [
        "warning: there is no setting INDEXER_SWEEP_SECOND; did you mean INDEXER_SWEEP_SECONDS?"
    ]


@pytest.mark.parametrize("name", [*Settings.model_fields])
def test_no_setting_is_warned_of(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"INDEXER_{name.upper()}", "")
    settings()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("token", ["short", "x" * 15])
def test_a_token_that_can_be_guessed_is_refused_with_the_remedy_and_not_shown(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INDEXER_API_TOKEN", token)
    with pytest.raises(OperatorError, match=r"INDEXER_API_TOKEN: .*openssl rand -hex 32") as caught:
        settings()
    assert token not in str(caught.value)


@pytest.mark.parametrize(("token", "warned"), [("x" * 16, True), ("x" * 19, True), ("x" * 20, False)])
def test_a_token_that_may_be_guessed_is_warned_of(
    token: str, warned: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INDEXER_API_TOKEN", token)
    settings()
    said = capsys.readouterr().err
    assert ("fewer than 20 characters" in said) is warned
    assert not said or token not in said
