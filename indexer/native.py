"""The definitions as machine code: modules of the pure rooms, compiled by mypyc from the sources as they are.

People read and edit the sources; compiled they give the same results in less time (docs/decisions/0017). The compiled
modules are beside the sources, in `__native__`, under the fingerprint of these sources and the name of this kind of
Python. On import they replace exactly these sources: after an edit, in another Python or if nothing was compiled, the
sources are interpreted. `INDEXER_NATIVE=0` interprets them in any case.

Standard library only, since every import of the package goes through here.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from hashlib import sha256
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

PACKAGE = Path(__file__).parent
FOLDER = PACKAGE / "__native__"
GROUP = "indexer__native"
"""The library that has the code of all modules is the top-level module of this name and `__mypyc`."""

_ROOMS = ("calendar", "conversation", "messages", "metrics", "office_hours", "people", "people/attribute_models")
_MODULES = (
    "conversation/ahead",
    "conversation/assignee",
    "conversation/contacts",
    "conversation/parsing",
    "conversation/part_types",
    "conversation/present",
    "conversation/timeline",
    "conversation/values",
    "messages/judged_events",
    "messages/receipt_document",
    "metrics/actions",
    "metrics/attributes",
    "metrics/bot_inbox",
    "metrics/data_quality",
    "metrics/derived",
    "metrics/documents",
    "metrics/office_time",
    "metrics/facts",
    "metrics/legacy",
    "metrics/milestones",
    "metrics/new_pipeline",
    "metrics/reply_times",
    "metrics/sla_outcomes",
    "metrics/states",
    "metrics/statistics",
    "keys",
    "office_hours/compiled",
    "people/attribute_models/coded_values",
    "people/attribute_models/keyed_values",
    "people/attribute_models/text_terms",
    "people/attribute_models/value_code",
    "people/folding",
    "people/person_document",
    "people/record_document",
    "people/record_flags",
    "people/standard",
)
COMPILED = tuple(PACKAGE / f"{module}.py" for module in _MODULES)
"""The compiled modules: those that run for every conversation, every person and every receipt.

Modules of types for msgspec would gain nothing.
"""


class CompiledState(NamedTuple):
    """Whether the definitions run compiled, why not, and what to do to have them compiled."""

    compiled: bool
    reason: str = ""
    remedy: str = "indexer compile"


def sources() -> Iterator[Path]:
    """All modules of this package that the compiler reads: the compiled ones, and those whose types they rely on."""
    yield PACKAGE / "__init__.py"
    yield PACKAGE / "did_you_mean.py"
    yield PACKAGE / "errors.py"
    yield PACKAGE / "keys.py"
    yield Path(__file__)
    for room in _ROOMS:
        yield from sorted((PACKAGE / room).glob("*.py"))


def folder() -> Path:
    """The directory for modules compiled from the present sources for this Python, whether it exists or not."""
    seen = sha256()
    for source in sources():
        content = source.read_bytes()
        seen.update(b"%b %d\n%b" % (str(source.relative_to(PACKAGE)).encode(), len(content), content))
    return FOLDER / f"{seen.hexdigest()[:16]}{EXTENSION_SUFFIXES[0].removesuffix('.so')}"


class _Finder(MetaPathFinder):
    """Finds the compiled modules before the import system finds their sources."""

    def __init__(self, compiled: Path) -> None:
        self._files = {
            f"{GROUP}__mypyc": compiled / f"{GROUP}__mypyc{EXTENSION_SUFFIXES[0]}",
            **{
                f"indexer.{module.replace('/', '.')}": compiled / f"indexer/{module}{EXTENSION_SUFFIXES[0]}"
                for module in _MODULES
            },
        }

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A compiled module's file, None for every other module."""
        file = self._files.get(fullname)
        return None if file is None else spec_from_file_location(fullname, file)


def _install() -> CompiledState:
    """Let compiled modules replace the present sources, if there are any."""
    if os.environ.get("INDEXER_NATIVE") == "0":
        return CompiledState(compiled=False, reason="INDEXER_NATIVE is 0", remedy="unset INDEXER_NATIVE")
    compiled = folder()
    if not compiled.is_dir():
        others = FOLDER.is_dir() and any(FOLDER.iterdir())
        return CompiledState(compiled=False, reason="compiled from other sources" if others else "not compiled")
    finder = _Finder(compiled)
    sys.meta_path.insert(0, finder)
    try:
        import_module(f"{GROUP}__mypyc")
    except ImportError as error:
        sys.meta_path.remove(finder)
        return CompiledState(compiled=False, reason=f"the compiled modules do not load: {error}")
    return CompiledState(compiled=True)


STATE = _install()
"""How the definitions run in this process."""
