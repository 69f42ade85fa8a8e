"""The compiled definitions: they give the results of the sources, and replace these sources alone.

Everything happens in processes of its own, since a process decides once, when it imports the package.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import orjson
import pytest
from msgspec.json import encode

from benchmarks._messages import told
from benchmarks._people import Shape, people
from indexer import native
from indexer.sample import generate, office_hours

ROOT = Path(__file__).parents[1]
SAY_STATE = "from indexer import native; print(native.STATE.compiled, native.STATE.reason, sep='|')"
ODD = (
    b'{"id": 1}',
    b'{"id": "a", "created_at": 1.5}',
    b'{"id": "b", "created_at": "2020-01-01T00:00:00Z", "conversation_parts": {"conversation_parts": [3]}}',
    b'{"id": "c", "created_at": 5, "conversation_parts": {"conversation_parts": [{"id": 7, "part_type": "x"}]}}',
    b'{"id": "d", "created_at": 5, "updated_at": -1}',
    b'{"id": "e", "created_at": 5, "tags": {"tags": [{"id": 3}, {"name": ""}]}, "contacts": {"contacts": [{"id": 9}]}}',
    b"[]",
    b"{",
)

SAY_PEOPLE = """
import json, sys
from indexer.datasets.dataset import Computation, Stored
from indexer.datasets.people import PEOPLE
for line in open(sys.argv[1]):
    person, *others = ([one.encode() for one in part] for part in json.loads(line))
    stored = Stored("w", "p", person[0], 1, False, saved_at=1_700_000_000, linked=others[0], summaries=others[1])
    print(PEOPLE.document(stored, Computation("w"), 1).decode())
"""
"""Prints the documents of people by a file of lines: a person, the companies and the summaries, all as stored."""


SAY_RECEIPTS = """
import json, sys
from indexer.datasets.dataset import Computation, Stored
from indexer.datasets.message_receipts import MESSAGE_RECEIPTS
for line in open(sys.argv[1]):
    receipt, *events = (one.encode() for one in json.loads(line))
    stored = Stored("w", "r", receipt, 1, False, saved_at=1_790_000_000, events=tuple(events))
    print(MESSAGE_RECEIPTS.document(stored, Computation("w"), 1).decode())
"""
"""Prints the documents of receipts by a file of lines: a receipt and its events, all as stored."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's programs, to be edited; what this place has compiled comes with them."""
    for name in ("indexer", "mappings", "queries"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.fixture
def compiled(copy: Path) -> Path:
    """The same, compiled."""
    if "True" not in state_of(copy):
        pytest.skip("the definitions are not compiled here (make setup says why)")
    return copy


@pytest.fixture
def uncompiled(copy: Path) -> Path:
    """The same, if nothing was compiled."""
    shutil.rmtree(copy / "indexer" / "__native__", ignore_errors=True)
    return copy


def python(place: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    inherited = {key: value for key, value in os.environ.items() if key != "INDEXER_NATIVE"}
    return subprocess.run(
        [sys.executable, *words],
        cwd=place,
        env=inherited | {"PYTHONPATH": str(place)} | environment,
        capture_output=True,
        check=False,
    )


def state_of(place: Path, **environment: str) -> str:
    done = python(place, "-c", SAY_STATE, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def records() -> Iterator[bytes]:
    yield from map(orjson.dumps, generate(1_500, seed=7))
    with gzip.open(ROOT / "benchmarks" / "incidents.ndjson.gz") as incidents:
        yield from (line.rstrip(b"\n") for line in incidents)
    yield from ODD


def stored_people(count: int) -> Iterator[bytes]:
    for facts in people(Shape(), count, now=1_796_000_000):
        parts = ([facts.person], facts.companies, facts.events.values())
        yield orjson.dumps([[encode(one).decode() for one in part] for part in parts])


def stored_receipts(count: int) -> Iterator[bytes]:
    """Receipts with events of their own, and with some that they cannot have, since they are those of another."""
    for message, other in pairwise(one.stored for one in told(count + 1).messages):
        yield orjson.dumps([one.decode() for one in (message.payload, *message.events, *other.events)])


def test_compiled_and_interpreted_say_the_same(compiled: Path) -> None:
    conversations = compiled / "conversations.ndjson"
    conversations.write_bytes(b"\n".join(records()))
    hours = compiled / "hours.json"
    hours.write_text(json.dumps(office_hours()))
    command = ("-m", "indexer", "compute", "--office-hours", str(hours), "--bot-admin", "5", str(conversations))

    quick = python(compiled, *command)
    slow = python(compiled, *command, INDEXER_NATIVE="0")

    assert quick.stdout.count(b"\n") > 2_500
    assert quick.stderr.count(b"\n") >= 5
    assert (quick.stdout, quick.stderr, quick.returncode) == (slow.stdout, slow.stderr, slow.returncode)


def test_documents_of_people_are_the_same_too(compiled: Path) -> None:
    stored = compiled / "people.ndjson"
    stored.write_bytes(b"\n".join(stored_people(300)))

    quick = python(compiled, "-c", SAY_PEOPLE, str(stored))
    slow = python(compiled, "-c", SAY_PEOPLE, str(stored), INDEXER_NATIVE="0")

    assert (quick.stderr, quick.returncode) == (b"", 0)
    assert quick.stdout.count(b'"values":{') == 300
    assert quick.stdout == slow.stdout


def test_documents_of_receipts_are_the_same_too(compiled: Path) -> None:
    stored = compiled / "receipts.ndjson"
    stored.write_bytes(b"\n".join(stored_receipts(1_000)))

    quick = python(compiled, "-c", SAY_RECEIPTS, str(stored))
    slow = python(compiled, "-c", SAY_RECEIPTS, str(stored), INDEXER_NATIVE="0")

    assert (quick.stderr, quick.returncode) == (b"", 0)
    assert quick.stdout.count(b'"events":[') > 300
    assert all(flag in quick.stdout for flag in (b"impossible_events", b"machine_opens", b"clock_skew"))
    assert quick.stdout == slow.stdout


def test_the_compiled_modules_are_those_that_run(compiled: Path) -> None:
    names = [
        f"indexer.{path.relative_to(native.PACKAGE).with_suffix('')}".replace("/", ".") for path in native.COMPILED
    ]
    done = python(compiled, "-c", f"import importlib as i; [print(i.import_module(n).__file__) for n in {names}]")

    files = done.stdout.decode().splitlines()
    assert len(files) == len(native.COMPILED)
    assert all("__native__" in file for file in files)


def test_they_can_be_switched_off(compiled: Path) -> None:
    assert state_of(compiled, INDEXER_NATIVE="0") == "False|INDEXER_NATIVE is 0\n"


@pytest.mark.parametrize(
    "edited",
    [
        "metrics/states.py",
        "metrics/schema.py",
        "conversation/wire.py",
        "messages/receipt.py",
        "people/person.py",
        "errors.py",
    ],
)
def test_after_an_edit_the_sources_are_interpreted(compiled: Path, edited: str) -> None:
    with (compiled / "indexer" / edited).open("a") as source:
        source.write("\n")

    assert state_of(compiled) == "False|compiled from other sources\n"


def test_a_new_module_of_a_room_is_an_edit(compiled: Path) -> None:
    (compiled / "indexer" / "metrics" / "new.py").write_text("")

    assert state_of(compiled) == "False|compiled from other sources\n"


def test_modules_that_do_not_load_are_interpreted(compiled: Path) -> None:
    (library,) = (compiled / "indexer" / "__native__").glob("*/*.so")
    library.write_bytes(b"no library")

    assert state_of(compiled).startswith("False|the compiled modules do not load: ")
    done = python(compiled, "-m", "indexer", "compute", "-")
    assert (done.returncode, done.stderr) == (0, b"")


def test_if_nothing_was_compiled_the_sources_are_interpreted(uncompiled: Path) -> None:
    assert state_of(uncompiled) == "False|not compiled\n"


def test_compiling_after_an_edit(compiled: Path) -> None:
    before = {path.name for path in (compiled / "indexer" / "__native__").iterdir()}
    version = compiled / "indexer" / "metrics" / "documents.py"
    version.write_text(version.read_text().replace("METRICS_VERSION = 3\n", "METRICS_VERSION = 9\n"))

    done = python(compiled, "-m", "indexer", "compile")
    again = python(compiled, "-m", "indexer", "compile")

    assert done.returncode == again.returncode == 0, done.stderr
    assert again.stdout == b"compiled already\n"
    assert state_of(compiled) == "True|\n"
    after = {path.name for path in (compiled / "indexer" / "__native__").iterdir()}
    assert len(after) == 1
    assert not after & before
    said = python(compiled, "-c", "from indexer.metrics import METRICS_VERSION as v; print(v)")
    assert said.stdout == b"9\n"


def test_without_a_compiler_the_remedy_is_said_and_nothing_is_left(uncompiled: Path) -> None:
    done = python(uncompiled, "-m", "indexer", "compile", CC="false")

    assert done.returncode == 2
    assert b"install a C compiler and Python's headers" in done.stderr
    assert list((uncompiled / "indexer" / "__native__").iterdir()) == []
    assert state_of(uncompiled) == "False|not compiled\n"


def test_a_directory_that_cannot_be_written_in_is_named(uncompiled: Path) -> None:
    (uncompiled / "indexer" / "__native__").write_text("a file")

    done = python(uncompiled, "-m", "indexer", "compile")

    assert done.returncode == 2
    assert b"cannot write in" in done.stderr
