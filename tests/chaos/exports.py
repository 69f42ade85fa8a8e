"""Exports of conversations and messages that are ordered meanwhile, of a workspace in which nothing changes."""

import gzip
import io
import random
import zipfile
from pathlib import Path
from threading import Event

from sqlalchemy.exc import DBAPIError

from indexer.errors import TooMany
from indexer.exports.message_request import MESSAGES, AnyRequest, read_message_request
from indexer.exports.orders import order_export
from indexer.exports.request import Packing, read_request
from tests.faults.faulty import Faulty
from tests.faults.waiting import eventually

WORKSPACE = "still"
_FRAME = {"workspace": WORKSPACE, "from": "2000-01-01", "to": "2099-12-31"}
_MOST = 12


class Exports:
    """Orders exports of all kinds, and compares each file with the one that a command writes undisturbed."""

    def __init__(self, installation: Faulty, seed: str) -> None:
        self.ordered: list[tuple[str, Packing | None]] = []
        """Each with the packing of conversations, or None for an archive of messages."""
        self._installation = installation
        self._random = random.Random(seed)

    def run(self, over: Event) -> None:
        """Order until it is over, or until there are enough of them."""
        while len(self.ordered) < _MOST and not over.wait(self._random.uniform(1, 3)):
            packing = self._random.choice([*Packing, None])
            try:
                with self._installation.store.begin() as connection:
                    export, _ = order_export(connection, _request(packing), None, self._installation.settings)
            except (DBAPIError, TooMany):  # a service is away; messages are exported once at a time
                continue
            self.ordered.append((export.export_id, packing))

    def are_right(self, directory: Path) -> None:
        """Each of them is completed, and has the bytes of the same export written by a command."""
        assert self.ordered
        frame = ["--workspace", WORKSPACE, "--from", _FRAME["from"], "--to", _FRAME["to"]]
        conversations = self._installation.run("export", "conversations", *frame, "--pipelines", "all").encode()
        messages = directory / "messages.zip"
        self._installation.run("export", MESSAGES, *frame, "--output", str(messages))
        for export_id, packing in self.ordered:
            eventually(lambda export_id=export_id: self._state(export_id) == "complete", within=120)
            fetched = directory / f"{export_id}{packing.suffix if packing else '.zip'}"
            self._installation.run("export", "fetch", export_id, "--output", str(fetched))
            if packing is None:
                assert files_in(fetched) == files_in(messages)
            else:
                assert _unpacked(fetched.read_bytes(), packing) == conversations

    def _state(self, export_id: str) -> object:
        with self._installation.engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT state FROM exports WHERE export_id = %s", (export_id,))
            return found.scalar_one()


def files_in(archive: Path) -> dict[str, bytes]:
    """The files of an archive by their names; there are several."""
    with zipfile.ZipFile(archive) as opened:
        found = {name: opened.read(name) for name in opened.namelist()}
    assert len(found) > 1
    return found


def _request(packing: Packing | None) -> AnyRequest:
    if packing is None:
        return read_message_request(_FRAME)
    return read_request(_FRAME | {"packing": packing, "pipelines": "all"})


def _unpacked(content: bytes, packing: Packing) -> bytes:
    """The CSV in a file; if an export was continued, a compressed one has other bytes for the same CSV."""
    if packing is Packing.GZIP:
        return gzip.decompress(content)
    if packing is Packing.ZIP:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            [entry] = archive.namelist()
            return archive.read(entry)
    return content
