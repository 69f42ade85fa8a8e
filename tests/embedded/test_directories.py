import os
import pwd
import stat
from pathlib import Path

import pytest

from indexer.embedded import directories
from indexer.embedded.directories import Directories, OsUser, locate, make_directories
from indexer.errors import OperatorError
from indexer.settings import Settings

NOBODY = OsUser(pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where root would put what `nobody` runs; for questions about modes it is enough to be taken for root."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(directories, "_SYSTEM_WIDE", tmp_path / "system-wide")
    return tmp_path / "system-wide"


def settings(home: Path) -> Settings:
    return Settings(home=home, cache_dir=home / "cache")


def test_a_plain_user_has_everything_under_home_and_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    found = locate(settings(tmp_path))

    assert found == Directories(None, tmp_path / "services", tmp_path / "cache" / "programs")


def test_root_uses_a_home_that_the_account_nobody_can_enter(as_root: Path, home: Path) -> None:
    home.chmod(0o711)

    found = locate(settings(home))

    assert found.account == NOBODY
    assert found.services == home / "services"
    assert found.programs == home / "cache" / "programs"


def test_root_goes_elsewhere_if_a_directory_above_is_closed(as_root: Path, home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)

    found = locate(settings(closed / "home"))

    assert found.services.parent == as_root
    assert found.programs == as_root / "programs"
    assert found.services != locate(settings(closed / "other")).services


def test_data_stays_where_it_once_was(as_root: Path, home: Path) -> None:
    (home / "services").mkdir()

    home.chmod(0o700)

    assert locate(settings(home)).services == home / "services"


def test_locating_makes_nothing(tmp_path: Path) -> None:
    locate(settings(tmp_path / "home"))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("mode", "readable"), [(0o644, True), (0o640, False), (0o600, False)], ids=["others", "group", "owner"]
)
def test_reading_is_decided_by_the_mode_of_the_file(home: Path, mode: int, readable: bool) -> None:
    file = home / "file"
    file.touch()
    file.chmod(mode)
    home.chmod(0o711)

    assert Directories(NOBODY, home, home).can_read(file) is readable


def test_reading_needs_a_way_through_every_directory_above(home: Path) -> None:
    file = home / "file"
    file.touch(0o644)
    home.chmod(0o700)

    assert not Directories(NOBODY, home, home).can_read(file)


def test_a_file_that_is_written_is_never_half_there_and_not_for_others(tmp_path: Path) -> None:
    path = tmp_path / "password"
    here = Directories(None, tmp_path, tmp_path)

    here.write(path, "one")
    here.write(path, "two")

    assert path.read_text() == "two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_the_way_is_a_message(tmp_path: Path) -> None:
    (tmp_path / "home").touch()

    with pytest.raises(OperatorError, match="home is a file"):
        make_directories(settings(tmp_path / "home"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere; run the tests as a plain user for this one")
def test_a_home_that_may_not_be_written_is_a_message(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OperatorError, match="cannot make the directory") as caught:
            make_directories(settings(tmp_path / "home"))
    finally:
        tmp_path.chmod(0o700)
    assert "INDEXER_HOME" in caught.value.remedy


def test_root_prefers_the_account_that_is_the_services_own(
    as_root: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.chmod(0o711)
    assert locate(settings(home)).account == NOBODY
    monkeypatch.setattr(directories, "_ACCOUNTS", ("daemon", "nobody"))
    own = pwd.getpwnam("daemon")
    assert locate(settings(home)).account == OsUser(own.pw_uid, own.pw_gid)
    with monkeypatch.context() as bare:
        bare.setattr(directories, "_ACCOUNTS", ("no-such-account", "none-either"))
        with pytest.raises(OperatorError, match="no account no-such-account or none-either to run them as"):
            locate(settings(home))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away; run the tests as root for this one")
def test_only_files_of_the_account_before_are_handed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directories, "_ACCOUNTS", ("daemon", "nobody"))
    outside, stranger = tmp_path / "outside", 12345
    outside.touch()
    os.chown(outside, NOBODY.uid, NOBODY.gid)
    data = tmp_path / "services" / "redis" / "data"
    data.mkdir(parents=True)
    made = {name: data / name for name in ("of nobody", "of root", "of a stranger", "shared with nobody")}
    for path in made.values():
        path.touch()
    os.chown(made["of nobody"], NOBODY.uid, NOBODY.gid)
    os.chown(made["of a stranger"], stranger, stranger)
    os.chown(made["shared with nobody"], 0, NOBODY.gid)
    os.mkfifo(data / "fifo")
    (data / "link").symlink_to(outside)
    (data / "to itself").symlink_to(data)
    own = OsUser(pwd.getpwnam("daemon").pw_uid, pwd.getpwnam("daemon").pw_gid)

    assert Directories(own, tmp_path / "services", tmp_path).service_folder("redis") == data.parent

    owners = {name: (path.stat().st_uid, path.stat().st_gid) for name, path in made.items()}
    assert owners == {
        "of nobody": (own.uid, own.gid),
        "of root": (0, os.getegid()),
        "of a stranger": (stranger, stranger),
        "shared with nobody": (0, own.gid),
    }
    assert outside.stat().st_uid == NOBODY.uid
