"""Archives with odd, broken and harmful entries: these are named, and the others are read."""

import io
import os
import random
import struct
import sys
import zipfile
from pathlib import Path

import pytest

from indexer.input_files import zip_entries
from indexer.messages.event import MessageEvent
from tests.input_files.message_files import T, archive, read, table
from tests.peak_memory import peak_of

GOOD = {"open.csv": table([MessageEvent("r1", "open", T)], "open")}
READ = [MessageEvent("r1", "open", T)]
CLICKS = b"receipt_id,clicked_at\n" + b"".join(b"r%d,1782900000\n" % number for number in range(3000))
REPLIES = b"receipt_id,replied_at\n" + b"".join(b"r%d,1782900000\n" % number for number in range(10_000))


def with_flag(content: bytes, name: bytes, bit: int) -> bytes:
    """The archive with a bit set in the flags of an entry, in both of its headers."""
    changed = bytearray(content)
    for magic, flags, length in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        at = 0
        while (at := changed.find(magic, at)) >= 0:
            if changed[at + length : at + length + len(name)] == name:
                changed[at + flags] |= bit
            at += 4
    return bytes(changed)


def test_files_of_no_statistic_are_named_and_left(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        archive(
            {
                "README.txt": b"Your export",
                "notes.csv": b"id,text\n1,x\n",
                "empty.csv": b"",
                "__MACOSX/._open.csv": b"\0\5\x16\7",
                "january/": b"",
                "january/click.csv": b"receipt_id,clicked_at\nr1,1782900000\n",
                **GOOD,
            }
        ),
    )
    assert found.left == [
        "README.txt: is of no statistic by its name and its columns",
        "notes.csv: is of no statistic by its name and its columns",
        "empty.csv: is empty",
        "__MACOSX/._open.csv: is of an operating system",
    ]
    assert found.refused == []
    assert found.parts == [MessageEvent("r1", "click", T), *READ]


@pytest.mark.parametrize(
    "name", ["../click.csv", "/click.csv", "a/../../click.csv", "C:\\click.csv", "..\\click.csv", "\\\\host\\click.csv"]
)
def test_a_name_that_leads_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, archive({name: CLICKS, **GOOD}))
    assert (found.refused, found.parts) == ([f"{name}: has a name that leads out of the archive"], READ)


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, with_flag(archive({"click.csv": CLICKS, **GOOD}), b"click.csv", 1))
    assert (found.refused, found.parts) == (["click.csv: is encrypted"], READ)


@pytest.mark.parametrize(("method", "name"), [(zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "lzma")])
def test_an_entry_that_is_packed_in_another_way_is_refused(tmp_path: Path, method: int, name: str) -> None:
    packed = io.BytesIO(archive(GOOD))
    with zipfile.ZipFile(packed, "a") as both:
        both.writestr("click.csv", CLICKS, compress_type=method)
    found = read(tmp_path, packed.getvalue())
    assert found.refused == [f"click.csv: is packed by another method than deflate: {name}"]
    assert found.parts == READ


def test_a_bomb_is_refused_and_so_is_an_archive_that_is_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_entries, "ALWAYS_FINE", 1 << 20)
    bomb = b"receipt_id,clicked_at\n" + b"r1,1782900000\n" * 100_000
    content = archive({"click.csv": bomb, **GOOD})
    found = read(tmp_path, content)
    assert found.parts == READ
    assert len(found.refused) == 1
    assert found.refused[0].startswith("click.csv: unpacks to 1,400,022 bytes from ")
    assert found.refused[0].endswith("; at most 200 times as many are read above 1 MiB")
    monkeypatch.setattr(zip_entries, "LARGEST", 1 << 20)
    assert read(tmp_path, content).refused == ["unpacks to 0 GiB; at most 0 GiB are read"]
    monkeypatch.setattr(zip_entries, "MOST_ENTRIES", 1)
    assert read(tmp_path, content).refused == ["has 2 files; at most 1 are read"]


def test_an_entry_that_says_it_is_small_is_read_no_further(tmp_path: Path) -> None:
    content = bytearray(archive({"click.csv": CLICKS * 20, **GOOD}))
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<I", 200_000)
    found = read(tmp_path, bytes(content))
    assert len(found.parts) < 200_000 / 16 + len(GOOD)
    assert found.refused[-1].endswith("cannot be read from here on: Bad CRC-32 for file 'click.csv'")


def test_a_damaged_entry_keeps_what_was_read_before_the_damage_was_found(tmp_path: Path) -> None:
    content = bytearray(archive({"click.csv": CLICKS, "reply.csv": REPLIES, **GOOD}, zipfile.ZIP_STORED))
    for one in (b"r29,17829", b"r9900,17829"):
        content[content.index(one) + 8] ^= 1
    found = read(tmp_path, bytes(content))
    damage = "Bad CRC-32 for file"
    assert found.refused[0] == f"click.csv: is damaged: {damage} 'click.csv'"
    assert found.refused[-1].endswith(f"cannot be read from here on: {damage} 'reply.csv'")
    assert len(found.parts) > 3_000


@pytest.mark.parametrize("length", [3, 40, 200, 6_000])
def test_an_archive_that_breaks_off_is_refused(tmp_path: Path, length: int) -> None:
    found = read(tmp_path, archive({"click.csv": CLICKS, **GOOD}, zipfile.ZIP_STORED)[:length])
    assert found.parts == []
    assert len(found.refused) == 1


@pytest.mark.parametrize("seed", range(60))
def test_any_damage_is_a_refusal_or_read_as_something_else_and_never_a_crash(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(archive({"click.csv": CLICKS[:300], "receipt.csv": b"", **GOOD}))
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(content))
        if chance.random() < 0.2:
            del content[at : at + chance.randint(1, 30)]
        else:
            content[at] = chance.randrange(256)
    read(tmp_path, bytes(content))


_COUNT = """
import sys
from zoneinfo import ZoneInfo
from indexer.input_files.message_reader import read_messages
count = sum(1 for _ in read_messages([sys.argv[1]], ZoneInfo("UTC"), print))
assert count == int(sys.argv[2])
"""


def test_memory_does_not_grow_with_the_number_of_rows(tmp_path: Path) -> None:
    """The counts of equal rows are held in memory up to a fixed size, which is all by which it may grow."""

    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.zip"
        clicks = "".join(f"r{number % 7919}-{number},{T + number * 7 % 9973}\n" for number in range(rows))
        path.write_bytes(archive({"click.csv": b"receipt_id,clicked_at\n" + clicks.encode()}))
        return peak_of([sys.executable, "-c", _COUNT, str(path), str(rows)], os.environ)

    assert peak(200_000) - peak(20_000) < 14 << 20
