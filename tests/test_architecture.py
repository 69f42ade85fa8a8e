"""What import rules do not check: how long modules are, and what they are called."""

from collections import defaultdict
from pathlib import Path

import indexer

PACKAGE = Path(indexer.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "__native__" not in path.parts)

MOST_LINES = 300

_COMMANDS = "a module of commands has the name of the commands, which is that of the thing"
_SERVICE = "the service: how it is run, and how it is checked"

SAME_NAME = {
    "alerts": _COMMANDS,
    "app": "the application that a door is: of the commands, of the HTTP server",
    "attributes": "custom attributes: of a conversation, and those that a workspace has for people",
    "elasticsearch": _SERVICE,
    "event": "what happens: in a conversation, and to a message",
    "explain": _COMMANDS,
    "key_scan": "the keys of the store, and of the index: the same walk on either side",
    "people": "the people of the sample, and the commands about people",
    "person": _COMMANDS,
    "postgresql": _SERVICE,
    "quarantine": _COMMANDS,
    "redis": _SERVICE,
    "registry": "the one list of a package's kinds: of datasets, of numbers",
    "segments": _COMMANDS,
    "services": _COMMANDS,
    "subscriptions": _COMMANDS,
    "statistics": "the vendor's word: the statistics of a conversation, and those of messages",
    "wire": "the vendor's JSON as it arrives: of conversations, of office hours",
}
"""Names that several modules have because they are about the same thing, each with its reason."""


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def _modules_by_name() -> dict[str, list[str]]:
    found = defaultdict(list)
    for path in MODULES:
        if path.stem not in {"__init__", "__main__"} and "versions" not in path.parts:
            found[path.stem].append(str(path.relative_to(PACKAGE)))
    return found


def test_no_module_is_longer_than_can_be_read_at_once() -> None:
    lengths = {str(path.relative_to(PACKAGE)): _lines(path) for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_two_modules_have_one_name_only_if_they_are_about_the_same_thing() -> None:
    twice = {name: modules for name, modules in _modules_by_name().items() if len(modules) > 1}
    assert {name: modules for name, modules in twice.items() if name not in SAME_NAME} == {}
    assert SAME_NAME.keys() - twice.keys() == set(), "no longer the name of several modules: remove them from the list"
