"""Texts of errors without the values that they quote: they are stored and logged for longer than documents."""

import re
import traceback
from pathlib import Path

from indexer.errors import Refused

_QUOTED = re.compile(r"""(?<!not )('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
"""A string as `repr` writes it; after "not" comes the expected value."""

_VALUE = re.compile(
    r"""field="[^"]*"
        | (?P<value>
            Preview\ of\ field's\ value | The\ prefix\ of\ the\ first\ immense\ term
            | For\ input\ string | original\ message
            | (?<!version\ )\b(?i:values? | date\ field | token | string\ literal | text)\s*[:=]?\s*[\[('"]
            | ['"]
        )""",
    re.VERBOSE,
)
"""The place where Elasticsearch or PostgreSQL begins to quote a value. Names of fields and types are in brackets."""


def cut_at_value(text: str) -> str:
    """A server's text up to the first value that it quotes."""
    for found in _VALUE.finditer(text):
        if found["value"]:
            return f"{text[: found.start()].rstrip(' .:')} …".lstrip()
    return text


def of_refusal(refused: Refused) -> str:
    """The path and the reason, without the value that was refused."""
    return _QUOTED.sub("'…'", str(refused))


def of_defect(error: BaseException) -> str:
    """The kind of an unexpected error and its place in the program, without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def frames_of(error: BaseException) -> str:
    """The lines of the program that led to an error, as a traceback has them, without its text."""
    return "".join(traceback.format_tb(error.__traceback__))
