"""The directories of the services' files, and the account that the services run as.

Elasticsearch and PostgreSQL refuse to run as root. If root starts them, they run as `reporting-indexer` if that account
exists, otherwise as `nobody`. All files they read are where that account can go: under the home and the cache directory
if it can go there, otherwise (a home inside root's own) in one system-wide directory. Directories in which root itself
writes stay root's: a service that has been taken over must not be able to redirect root's writing by a symbolic link.
"""

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.embedded.notice import say
from indexer.errors import OperatorError
from indexer.ownership import expect_our_directory

if TYPE_CHECKING:
    from indexer.settings import Settings

_SYSTEM_WIDE = Path("/var/lib/reporting-indexer")
# The first is the services' own: other programs that run as `nobody` can read its files.
_ACCOUNTS = ("reporting-indexer", "nobody")


@dataclass(frozen=True, slots=True)
class OsUser:
    """The account that services run as when root starts them."""

    uid: int
    gid: int
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Directories:
    """The directories of one home: `services` for configuration, data and logs, `programs` for programs.

    `account` is None if services run as the user who starts them.
    """

    account: OsUser | None
    services: Path
    programs: Path

    def folder(self, *parts: str) -> Path:
        """A directory under `services` that only we write in, and that the account may pass through."""
        path = self.services.joinpath(*parts)
        make_directory(path, 0o711 if self.account else 0o700)
        return path

    def service_folder(self, name: str) -> Path:
        """The directory of a service that is about to start, with its content given to the account.

        Otherwise the service could not read files written by one that ran as another account.
        """
        path = self.folder(name)
        if self.account:
            _hand_over(path, self.account)
        return path

    def owned_folder(self, *parts: str) -> Path:
        """A directory under `services` that belongs to the account and that no other account can read."""
        self.folder(*parts[:-1])
        path = self.services.joinpath(*parts)
        make_directory(path, 0o700)
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)
        return path

    def write(self, path: Path, text: str) -> None:
        """Replace a file in one step; the account may read it, others may not."""
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            if self.account:
                os.fchown(handle, 0, self.account.gid)
                os.fchmod(handle, 0o640)
        Path(name).replace(path)

    def can_read(self, path: Path) -> bool:
        """Whether the account may read `path` and pass through every directory above it."""
        if self.account is None:
            return os.access(path, os.R_OK)
        account = self.account
        path = path.resolve()
        return _permits(path, account, stat.S_IROTH) and all(
            _permits(parent, account, stat.S_IXOTH) for parent in path.parents
        )


def locate(settings: "Settings") -> Directories:
    """The directories of this home, whether they exist or not; raises `OperatorError` if they are impossible."""
    home, cache = settings.home.absolute(), settings.cache_dir.absolute()
    if os.geteuid() != 0:
        return Directories(None, home / "services", cache / "programs")
    account = _account_for_root()
    here, elsewhere = home / "services", _system_wide(home)
    # Data stays where it was, whatever has happened to the modes of the directories above since.
    stays_here = here.exists() or (not elsewhere.exists() and _can_pass(home, account))
    return Directories(
        account,
        services=here if stays_here else elsewhere,
        programs=(cache if _can_pass(cache, account) else _SYSTEM_WIDE) / "programs",
    )


def make_directories(settings: "Settings") -> Directories:
    """Locate and make the directories; raises `OperatorError` if we may not write there."""
    home, cache = settings.home.absolute(), settings.cache_dir.absolute()
    expect_our_directory(cache, "INDEXER_CACHE_DIR")
    make_directory(home, 0o711 if os.geteuid() == 0 else 0o700)
    make_directory(cache, 0o755)
    directories = locate(settings)
    if directories.account and directories.services == _system_wide(home) and not directories.services.exists():
        say(
            f"running as root: the services run as {directories.account.name}, which cannot go into {home}; "
            f"their data goes to {directories.services}"
        )
    make_directory(directories.programs, 0o755)
    directories.folder()
    for place in (home, cache, directories.services, directories.programs):
        if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
            raise OperatorError(
                f"no permission to write in {place} (it belongs to user id {place.stat().st_uid})",
                "set INDEXER_HOME and INDEXER_CACHE_DIR to directories of your own",
            )
    return directories


def _account_for_root() -> OsUser:
    if found := _known_accounts():
        return found[0]
    raise OperatorError(
        f"the embedded services do not run as root, and there is no account {' or '.join(_ACCOUNTS)} to run them as",
        "run as another user, or set ELASTICSEARCH_URL, DATABASE_URL and REDIS_URL",
    )


def _known_accounts() -> list[OsUser]:
    import pwd

    found = []
    for name in _ACCOUNTS:
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            found.append(OsUser(entry.pw_uid, entry.pw_gid, name))
    return found


def _hand_over(tree: Path, account: OsUser) -> None:
    """Give the account the files of another account that services run as, and leave all other files in the tree.

    Each file is checked and given away by one descriptor: its name could lead to another file a moment later.
    """
    former = [each for each in _known_accounts() if each != account]
    uids, gids = {each.uid for each in former}, {each.gid for each in former}
    for _, directories, files, handle in os.fwalk(tree):
        for name in (*directories, *files):
            with suppress(OSError), _opened(name, handle) as descriptor:
                status = os.fstat(descriptor)
                uid = account.uid if status.st_uid in uids else -1
                gid = account.gid if status.st_gid in gids else -1
                os.fchown(descriptor, uid, gid)


@contextmanager
def _opened(name: str, directory: int) -> Iterator[int]:
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _system_wide(home: Path) -> Path:
    return _SYSTEM_WIDE / hashlib.sha256(str(home).encode()).hexdigest()[:12]


def make_directory(path: Path, mode: int) -> None:
    """Make `path` with exactly this mode, and missing directories above it; raises `OperatorError`."""
    try:
        if path.is_dir():
            return
        if not path.parent.is_dir():
            make_directory(path.parent, 0o755)
        path.mkdir()
        path.chmod(mode)
    except FileExistsError:
        if not path.is_dir():
            raise OperatorError(f"{path} is a file, and a directory is needed", "move the file away") from None
    except OSError as error:
        raise OperatorError(
            f"cannot make the directory {path}: {error.strerror}",
            "set INDEXER_HOME and INDEXER_CACHE_DIR to directories that you may write in",
        ) from error


def _can_pass(directory: Path, account: OsUser) -> bool:
    directory = directory.resolve()
    while not directory.exists():  # directories that we make below an existing one can be passed
        directory = directory.parent
    return all(_permits(each, account, stat.S_IXOTH) for each in (directory, *directory.parents))


def _permits(path: Path, account: OsUser, bit_for_others: int) -> bool:
    status = path.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & bit_for_others << 6)
    if status.st_gid == account.gid:
        return bool(status.st_mode & bit_for_others << 3)
    return bool(status.st_mode & bit_for_others)
