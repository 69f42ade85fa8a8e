"""Checks of the machine: Python, disk, rights."""

import os
import platform
import shutil
import sys
from pathlib import Path

from indexer import native
from indexer.calendar import zones
from indexer.checks.check import Check, Finding, Installation, Verdict

_OLDEST_PYTHON = (3, 11)
_GIGABYTE = 1_000_000_000
# The embedded Elasticsearch locks its indices at 0.5 GB free; a rebuild holds two copies of an index for a while.
_TOO_LITTLE, _LITTLE = 1 * _GIGABYTE, 5 * _GIGABYTE


def python(_installation: Installation) -> Finding:
    """Whether this Python is new enough."""
    if sys.version_info < _OLDEST_PYTHON:
        return Finding(Verdict.FAILED, platform.python_version(), "use Python 3.11 or newer")
    return Finding(Verdict.OK, platform.python_version())


def definitions(_installation: Installation) -> Finding:
    """Whether the definitions of metrics run compiled; interpreted they give the same results, in more time."""
    if native.STATE.compiled:
        return Finding(Verdict.OK, "compiled")
    return Finding(Verdict.OK, f"interpreted: {native.STATE.reason}", f"to compute faster: {native.STATE.remedy}")


def time_zones(_installation: Installation) -> Finding:
    """The edition of the time zone database, which decides when days and office hours begin."""
    return Finding(Verdict.OK, f"edition {zones.EDITION}, of the Python package tzdata")


def home(installation: Installation) -> Finding:
    """Whether `INDEXER_HOME` can be written and has room."""
    return _directory(installation.settings.home.absolute(), "INDEXER_HOME")


def cache(installation: Installation) -> Finding:
    """Whether `INDEXER_CACHE_DIR` can be written and has room."""
    return _directory(installation.settings.cache_dir.absolute(), "INDEXER_CACHE_DIR")


def _directory(directory: Path, variable: str) -> Finding:
    place = directory
    while not place.exists():
        place = place.parent
    if not place.is_dir():
        return Finding(
            Verdict.FAILED, f"{place} is not a directory", f"set {variable} to a directory that you may write in"
        )
    usage = shutil.disk_usage(place)
    if not usage.total:  # /proc and the like
        return Finding(Verdict.FAILED, f"no files can be stored in {place}", f"set {variable} to a directory on a disk")
    if not os.access(place, os.W_OK | os.X_OK):
        return Finding(
            Verdict.FAILED, f"no permission to write in {place}", f"set {variable} to a directory that you may write in"
        )
    free = usage.free
    detail = f"{directory}: {free / _GIGABYTE:.1f} GB free"
    if free < _LITTLE:
        verdict = Verdict.FAILED if free < _TOO_LITTLE else Verdict.WARNING
        return Finding(verdict, detail, f"free disk space, or set {variable} to a directory on another disk")
    return Finding(Verdict.OK, detail)


CHECKS = (
    Check("python", python),
    Check("definitions", definitions),
    Check("time zones", time_zones),
    Check("home", home),
    Check("cache", cache),
)
