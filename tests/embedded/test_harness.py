"""The tests' own services: shared by the processes of a run, and gone with it, however it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]

RECORDS_ITSELF = """
import os, pathlib, signal, time
HERE = pathlib.Path(__file__).parent

def test_one(redis_url):
    (HERE / f"one.{os.getpid()}").write_text(redis_url.rpartition("/")[0] + " " + os.environ["INDEXER_HOME"])

def test_other(redis_url):
    (HERE / f"other.{os.getpid()}").write_text(redis_url.rpartition("/")[0] + " " + os.environ["INDEXER_HOME"])
    if (HERE / "wait").exists():
        time.sleep(60)
"""


def pytest_command(directory: Path, *options: str) -> list[str]:
    (directory / "test_run.py").write_text(RECORDS_ITSELF)
    return [
        *(sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "no:cacheprovider"),
        *("--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), *options, str(directory)),
    ]


def noted(directory: Path) -> set[str]:
    return {file.read_text() for file in directory.glob("o*.*")}


def redis_processes(home: Path) -> list[int]:
    return [
        process.pid
        for process in psutil.process_iter(["name", "cwd"])
        if process.info["name"] == "redis-server" and str(home) in (process.info["cwd"] or "")
    ]


@pytest.mark.parametrize("options", [[], ["-n", "2", "--dist", "each"]], ids=["alone", "xdist"])
def test_a_run_has_one_set_of_services_and_leaves_nothing(tmp_path: Path, options: list[str]) -> None:
    subprocess.run(pytest_command(tmp_path, *options), cwd=ROOT, check=True, stdout=subprocess.PIPE)

    assert len(list(tmp_path.glob("one.*"))) == (2 if options else 1)
    [note] = noted(tmp_path)
    home = Path(note.split()[1])
    assert not home.exists()
    assert redis_processes(home) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_is_killed_leaves_nothing_either(tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "wait").touch()
    with subprocess.Popen(pytest_command(tmp_path), cwd=ROOT, stdout=subprocess.DEVNULL) as run:
        deadline = time.monotonic() + 60
        while not (notes := [file.read_text() for file in tmp_path.glob("other.*")]) or not notes[0]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        home = Path(notes[0].split()[1])
        assert len(redis_processes(home)) == 1
        run.send_signal(number)

    while home.exists():
        assert time.monotonic() < deadline, f"{home} is still there"
        time.sleep(0.05)
    assert redis_processes(home) == []


def test_asking_for_docker_without_an_engine_is_a_message(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "INDEXER_TEST_SERVICES": "docker",
        "DOCKER_HOST": f"unix://{tmp_path / 'no-engine.sock'}",
    }

    done = subprocess.run(
        pytest_command(tmp_path), cwd=ROOT, env=environment, check=False, capture_output=True, text=True
    )

    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "no Docker engine answers" in done.stderr
    assert "unset the variable" in done.stderr


def test_a_server_that_the_tests_may_use_takes_the_place_of_an_embedded_one(tmp_path: Path) -> None:
    environment = {**os.environ, "INDEXER_TEST_REDIS_URL": "redis://127.0.0.1:1/0"}

    subprocess.run(pytest_command(tmp_path), cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)

    [note] = noted(tmp_path)
    assert note.split()[0] == "redis://127.0.0.1:1"
