import hashlib
import io
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from indexer.embedded import download
from indexer.embedded.download import VERSION, distribution
from indexer.errors import OperatorError

_FOLDER = f"/org/elasticsearch/distribution/integ-test-zip/elasticsearch/{VERSION}/elasticsearch-{VERSION}.zip"


def _zip(letter: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"elasticsearch-{VERSION}/README", letter * 1000)
    return made.getvalue()


CONTENT = _zip("x")
OTHER = _zip("y")


@dataclass
class Repository:
    """A Maven repository on the loopback interface; `answers` are used up in turn, the last one stays."""

    answers: list[bytes] = field(default_factory=lambda: [CONTENT])
    cut: int = 0
    downloads: int = 0
    url: str = ""

    def named(self) -> dict[str, str]:
        return {"test": self.url}


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    monkeypatch.setattr(download, "_PAUSE", 0.0)
    monkeypatch.setattr(download, "SHA256", hashlib.sha256(CONTENT).hexdigest())
    served = Repository()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path in (_FOLDER, f"{_FOLDER}.sha1"):
                body = served.answers[0]
                if self.path == _FOLDER:
                    served.downloads += 1
                    body = served.answers.pop(0) if len(served.answers) > 1 else body
                else:
                    body = hashlib.sha1(body, usedforsecurity=False).hexdigest().encode()
                announced = len(body)
                if served.cut:
                    body, served.cut = body[: served.cut], 0
                self._send(body, announced)
            else:
                self.send_error(404)

        def _send(self, body: bytes, announced: int) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(announced))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield served
        server.shutdown()
        thread.join()


def files(cache: Path) -> set[str]:
    return {path.name for path in (cache / "maven").iterdir()} - {".lock"}


WHOLE = {f"elasticsearch-{VERSION}.zip"}


def test_a_downloaded_archive_is_kept_and_not_downloaded_again(repository: Repository, tmp_path: Path) -> None:
    first = distribution(tmp_path, repository.named())
    second = distribution(tmp_path, {"gone": "http://127.0.0.1:1"})

    assert first == second
    assert first.read_bytes() == CONTENT
    assert files(tmp_path) == WHOLE
    assert repository.downloads == 1


def test_a_damaged_file_in_the_cache_is_fetched_again(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = distribution(tmp_path, repository.named())
    path.write_bytes(CONTENT[:-10])

    assert distribution(tmp_path, repository.named()).read_bytes() == CONTENT
    assert "is damaged; fetching it again" in capsys.readouterr().err
    assert repository.downloads == 2


def test_an_archive_that_matches_the_sha1_beside_it_is_not_trusted_for_that(
    repository: Repository, tmp_path: Path
) -> None:
    (tmp_path / "maven").mkdir()
    archive = tmp_path / "maven" / f"elasticsearch-{VERSION}.zip"
    archive.write_bytes(OTHER)
    archive.with_name(archive.name + ".sha1").write_text(hashlib.sha1(OTHER, usedforsecurity=False).hexdigest())

    assert distribution(tmp_path, repository.named()).read_bytes() == CONTENT


def test_another_archive_is_refused_even_if_its_repository_vouches_for_it(
    repository: Repository, tmp_path: Path
) -> None:
    repository.answers = [OTHER]

    with pytest.raises(OperatorError, match=f"has the SHA-256 {hashlib.sha256(OTHER).hexdigest()}, and"):
        distribution(tmp_path, repository.named())
    assert repository.downloads == 3
    assert files(tmp_path) == set()


def test_a_download_that_broke_off_is_tried_again(
    repository: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.cut = 100

    assert distribution(tmp_path, repository.named()).read_bytes() == CONTENT
    assert "trying again" in capsys.readouterr().err
    assert files(tmp_path) == WHOLE


def test_a_download_that_arrived_damaged_once_is_tried_again(repository: Repository, tmp_path: Path) -> None:
    repository.answers = [b"PK damaged", CONTENT]

    assert distribution(tmp_path, repository.named()).read_bytes() == CONTENT


def test_the_end_of_a_long_error_begins_with_a_whole_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(*_: object) -> None:
        raise RuntimeError(" ".join(f"number{number}" for number in range(100)))

    monkeypatch.setattr(download, "_PAUSE", 0.0)
    monkeypatch.setattr(download, "_fetch", fetch)
    with pytest.raises(OperatorError, match=r"Maven Central: … number\d+ .* number99$"):
        distribution(tmp_path, {})


def test_no_network_is_a_message_with_every_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(download, "_PAUSE", 0.0)

    with pytest.raises(OperatorError, match=r"could not be downloaded .*Connection refused") as caught:
        distribution(tmp_path, {"gone": "http://127.0.0.1:1"})
    for way in ("HTTPS_PROXY", str(tmp_path / "maven"), "ELASTICSEARCH_URL"):
        assert way in caught.value.remedy
    assert capsys.readouterr().err.count("trying again") == 2


def test_a_repository_without_the_artifact_is_a_message(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="not found"):
        distribution(tmp_path, {"test": f"{repository.url}/elsewhere"})


def test_a_disk_without_room_is_a_message_before_anything_is_fetched(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "_ROOM", 10**18)

    with pytest.raises(OperatorError, match="too little space") as caught:
        distribution(tmp_path, repository.named())
    assert "INDEXER_CACHE_DIR" in caught.value.remedy
    assert repository.downloads == 0


def test_two_that_ask_at_once_fetch_once(repository: Repository, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        paths = list(pool.map(lambda _: distribution(tmp_path, repository.named()), range(2)))

    assert paths[0] == paths[1]
    assert repository.downloads == 1


def test_the_remains_of_a_killed_download_are_removed(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "maven" / ".fetch-old").mkdir(parents=True)

    distribution(tmp_path, repository.named())

    assert files(tmp_path) == WHOLE
