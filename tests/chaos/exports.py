"""Exports that are ordered meanwhile, of a workspace in which nothing changes."""

import gzip
import io
import random
import zipfile
from pathlib import Path
from threading import Event

from sqlalchemy.exc import DBAPIError

from indexer.exports.orders import order_export
from indexer.exports.request import Packing, read_request
from tests.faults.faulty import Faulty
from tests.faults.waiting import eventually

WORKSPACE = "still"
_FRAME = {"workspace": WORKSPACE, "from": "2000-01-01", "to": "2099-12-31"}
_MOST = 12


class Exports:
    """Orders exports in all packings, and compares each file with the one that a command writes undisturbed."""

    def __init__(self, installation: Faulty, seed: str) -> None:
        self.ordered: list[tuple[str, Packing]] = []
        self._installation = installation
        self._random = random.Random(seed)

    def run(self, over: Event) -> None:
        """Order until it is over, or until there are enough of them."""
        while len(self.ordered) < _MOST and not over.wait(self._random.uniform(1, 3)):
            packing = self._random.choice(list(Packing))
            request = read_request(_FRAME | {"packing": packing, "pipelines": "all"})
            try:
                with self._installation.store.begin() as connection:
                    export, _ = order_export(connection, request, None, self._installation.settings)
            except DBAPIError:
                continue  # no mail about an export was sent
            self.ordered.append((export.export_id, packing))

    def are_right(self, directory: Path) -> None:
        """Each of them is completed, and has the bytes of the same export written by a command."""
        assert self.ordered
        frame = ["--workspace", WORKSPACE, "--from", _FRAME["from"], "--to", _FRAME["to"], "--pipelines", "all"]
        wanted = self._installation.run("export", "conversations", *frame).encode()
        for export_id, packing in self.ordered:
            eventually(lambda export_id=export_id: self._state(export_id) == "complete", within=120)
            fetched = directory / f"{export_id}{packing.suffix}"
            self._installation.run("export", "fetch", export_id, "--output", str(fetched))
            assert _unpacked(fetched.read_bytes(), packing) == wanted

    def _state(self, export_id: str) -> object:
        with self._installation.engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT state FROM exports WHERE export_id = %s", (export_id,))
            return found.scalar_one()


def _unpacked(content: bytes, packing: Packing) -> bytes:
    """The CSV in a file; if an export was continued, a compressed one has other bytes for the same CSV."""
    if packing is Packing.GZIP:
        return gzip.decompress(content)
    if packing is Packing.ZIP:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            [entry] = archive.namelist()
            return archive.read(entry)
    return content
