"""Trusted files: those that only this user and root can change."""

import os
import stat
from pathlib import Path

from indexer.errors import OperatorError

_ROOT = 0


def expect_ours(path: Path, name: str, elsewhere: str) -> None:
    """Raise `OperatorError` if another user owns `path` or may write to it; a path that does not exist passes.

    Its content decides which programs are run and stopped. `name` begins the message, `elsewhere` is a remedy other
    than to change the owner or the rights. A symbolic link must be ours, like the file that it leads to.
    """
    if not hasattr(os, "geteuid"):
        return
    for status in _statuses(path):
        if status.st_uid not in (_ROOT, os.geteuid()):
            raise OperatorError(
                f"{name}: {path} belongs to another user (id {status.st_uid}), who could make this command run or end "
                "programs as you",
                f"run as that user, make it yours (chown), or {elsewhere}",
            )
        if not stat.S_ISLNK(status.st_mode) and _is_open(status):
            raise OperatorError(
                f"{name}: other users may write to {path}, and could make this command run or end programs as you",
                f"remove that permission (chmod go-w {path}), or {elsewhere}",
            )


def expect_our_directory(path: Path, variable: str) -> None:
    """Raise `OperatorError` if `path` is not a directory or another user could change it; it need not exist.

    `variable` is the environment variable that names it.
    """
    if os.path.exists(path) and not os.path.isdir(path):  # noqa: PTH110, PTH112 (those of pathlib raise errors)
        raise not_a_directory(path, variable)
    expect_ours(path, variable, f"set {variable} to a directory of your own, which need not exist yet")


def not_a_directory(path: Path, variable: str) -> OperatorError:
    """The error that the variable names something other than a directory, or a path below such a thing."""
    return OperatorError(
        f"{variable}: {path} is not a directory", f"set {variable} to a directory, which need not exist yet"
    )


def _statuses(path: Path) -> list[os.stat_result]:
    try:
        return [path.lstat(), path.stat()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}", "check its permissions") from error


def _is_open(status: os.stat_result) -> bool:
    if status.st_mode & stat.S_IWOTH:
        return True
    return bool(status.st_mode & stat.S_IWGRP) and not _is_private(status.st_gid)


def _is_private(group: int) -> bool:
    """Whether the group is the one that many systems give each user, and new files to write to."""
    import grp
    import pwd

    try:
        user, found = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(group)
    except KeyError:
        return False
    return found.gr_name == user and not set(found.gr_mem) - {user}
