"""Downloading Elastic's distribution from Maven Central, whole and undamaged, once per user."""

import hashlib
import re
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from indexer.embedded.directories import make_directory
from indexer.embedded.locks import locked
from indexer.embedded.notice import download_progress, say
from indexer.errors import OperatorError

VERSION = "8.19.4"
SHA256 = "553088b4c0f60f04d7c63da609aaeae372c483159f4fb8013599e91233aab0de"
"""The checksum of that version's archive, which is the same for all platforms: Java comes from elsewhere."""

_GROUP = "org.elasticsearch.distribution.integ-test-zip"
_ARTIFACT = "elasticsearch"
_TRIES = 3
_PAUSE = 2.0
_ROOM = 600_000_000
_MOST_CHARACTERS = 300


class _Damaged(Exception):
    """The downloaded file does not have the expected SHA-256."""


def distribution(cache: Path, repositories: Mapping[str, str] | None = None) -> Path:
    """The path of the distribution's zip, checked each time against the SHA-256 in this source.

    `repositories` are Maven repositories by name; Maven Central if not given. A damaged file in the cache is
    fetched again. Raises `OperatorError` if it cannot be had.
    """
    folder = cache / "maven"
    make_directory(folder, 0o755)
    target = folder / f"{_ARTIFACT}-{VERSION}.zip"
    with locked(folder / ".lock", "waiting for another command that is downloading Elasticsearch"):
        if target.exists():
            if _sha256(target) == SHA256:
                return target
            say(f"{target} is damaged; fetching it again")
            target.unlink()
        for leftover in folder.glob(".fetch-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        if shutil.disk_usage(folder).free < _ROOM:
            raise OperatorError(
                f"too little space in {folder}: Elasticsearch needs {_ROOM // 1_000_000} MB",
                "free disk space, or set INDEXER_CACHE_DIR to a directory on another disk",
            )
        return _fetch_with_retries(target, repositories)


def _fetch_with_retries(target: Path, repositories: Mapping[str, str] | None) -> Path:
    import requests

    reason = ""
    for attempt in range(_TRIES):
        if attempt:
            say(f"  {reason}; trying again")
            time.sleep(_PAUSE * attempt)
        try:
            _fetch(target, repositories)
        except (requests.RequestException, RuntimeError, _Damaged) as error:
            reason = _in_short(error)
        except OSError as error:
            raise OperatorError(
                f"cannot write the download to {target.parent}: {error.strerror}",
                "free disk space, or set INDEXER_CACHE_DIR to another directory",
            ) from error
        else:
            return target
    raise OperatorError(
        f"Elasticsearch {VERSION} could not be downloaded from Maven Central: {reason}",
        f"check the network (HTTPS_PROXY and REQUESTS_CA_BUNDLE are used); or put the file {target.name} "
        f"of {_GROUP}:{_ARTIFACT}:{VERSION} into {target.parent}; or set ELASTICSEARCH_URL",
    )


def _fetch(target: Path, repositories: Mapping[str, str] | None) -> None:
    from jgo.maven import MavenContext, PythonResolver

    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as fresh:
        context = MavenContext(
            # jgo hashes the file as well but only warns, and takes a torn file for a whole one the next time:
            # so each try has a repository of its own, and only what was checked is moved out of it.
            resolver=PythonResolver(progress_callback=download_progress),
            repo_cache=Path(fresh),
            remote_repos=None if repositories is None else dict(repositories),
            timeout=30,
        )
        component = context.project(_GROUP, _ARTIFACT).at_version(VERSION)
        arrived = component.artifact(packaging="zip").resolve()
        digest = _sha256(arrived)
        if digest != SHA256:
            raise _Damaged(f"the downloaded file has the SHA-256 {digest}, and {SHA256} is expected")
        arrived.replace(target)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _in_short(error: Exception) -> str:
    """The cause without the addresses of objects that the HTTP library adds; of a long text, the last words."""
    text = str(error)
    innermost = re.findall(r"\[Errno [^\]]*\] [^'\")]+|Read timed out|Connection refused", text)
    if innermost:
        return str(innermost[-1])
    return text if len(text) <= _MOST_CHARACTERS else f"… {text[-_MOST_CHARACTERS:].partition(' ')[2]}"
