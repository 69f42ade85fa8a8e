import os
import subprocess
import sys

import orjson

from indexer.sample import generate, messages
from tests import forking


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    return forking.run(["sample", *arguments], os.environ | environment)


def test_the_same_options_give_the_same_bytes_in_every_process() -> None:
    options = ("--conversations", "200", "--seed", "7", "--end", "2026-03-01", "--days", "40")
    first, second = run(*options, PYTHONHASHSEED="1"), run(*options, PYTHONHASHSEED="2")
    assert (first.returncode, first.stderr) == (0, b"")
    assert first.stdout == second.stdout
    assert len(first.stdout.splitlines()) == 200


def test_without_options_it_is_the_default_history() -> None:
    lines = run("--conversations", "3").stdout.splitlines()
    assert [orjson.loads(line) for line in lines] == list(generate(3, seed=1))


def test_a_reader_that_stops_early_causes_no_error() -> None:
    command = f"{sys.executable} -m indexer sample --conversations 5000 | head -n 1"
    shell = subprocess.run(command, shell=True, capture_output=True, check=True)  # noqa: S602
    assert shell.stderr == b""
    assert orjson.loads(shell.stdout)["type"] == "conversation"


def test_a_history_that_cannot_be_is_refused_with_a_remedy() -> None:
    refused = run("--end", "1970-01-05")
    assert refused.returncode == 2
    assert b"begins before 1970" in refused.stderr
    assert b"--end" in refused.stderr


def test_messages_are_those_of_the_same_workspace_and_any_other_dataset_is_refused() -> None:
    lines = run("--dataset", "messages", "--receipts", "50", "--seed", "7").stdout.splitlines()
    assert [orjson.loads(line) for line in lines] == list(messages(50, seed=7))
    refused = run("--dataset", "calls")
    assert refused.returncode == 2
    assert b"there is no sample of 'calls'" in refused.stderr
