"""The place of mappings and report definitions: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_FURTHER: list[Path] = []


def resource_dir(name: str) -> Path:
    """The package's directory `mappings` or `queries`."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def resource_dirs(name: str) -> list[Path]:
    """All directories of that name: the package's, and those of datasets that are added to this process."""
    return [resource_dir(name), *(further / name for further in _FURTHER)]


def add_resources(directory: Path) -> None:
    """Also look into the directories `mappings` and `queries` of this one."""
    if directory not in _FURTHER:
        _FURTHER.append(directory)
