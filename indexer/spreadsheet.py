"""CSV that is harmless in a spreadsheet: all CSV, of commands, files and the HTTP API, is written here.

A spreadsheet takes text for a formula if it begins with one of the signs of [OWASP's list][1]: `=`, `+`, `-`, `@`, a
tab, a carriage return, a line feed, and the full-width forms of the first four. Spreadsheets skip some characters
first, so white space, quotes, and characters without a width before the sign do not help. Such text gets an apostrophe
in front; removing one restores the text, as text that begins with apostrophes before such a sign gets one more. Values
that are numbers stay numbers.

[1]: https://owasp.org/www-community/attacks/CSV_Injection
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import orjson

_FORMULA = re.compile(
    r"'*[\t\r\n]"
    r"|[\s\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufffd'\"]*"
    r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
)


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula; a NUL, which breaks readers of CSV, becomes U+FFFD."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if text[:1].isalnum():  # most texts, which have neither skipped characters nor such a sign
        return text
    return f"'{text}" if _FORMULA.match(text) else text


def original(cell: str) -> str:
    """The text that `safe` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def cell(value: Any) -> str:
    """A value as the text of a cell: None is empty, a list or an object is JSON, text is `safe`."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case date():
            return value.isoformat()
        case list() | tuple() | dict():
            return safe(orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode())
    return safe(str(value))


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows of cells as CSV by RFC 4180, in UTF-8: quotes only if needed, doubled within, lines end in CR LF.

    The cells are written as they are: they come from `cell` or `safe`, or contain no foreign text.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(errors="replace")


def csv_of(columns: Sequence[str], records: Iterable[Sequence[Any]]) -> bytes:
    """A line of column names, then a line for each record of values."""
    return csv_bytes([list(map(safe, columns)), *(list(map(cell, record)) for record in records)])


def quoted(text: str | None) -> str:
    """Foreign text as a cell in quotes, `safe`, to be written as it is; None is an empty cell, without quotes.

    Readers that tell numbers by the lack of quotes take ids in such cells for text.
    """
    if text is None:
        return ""
    if text[:1].isalnum() and '"' not in text and "\0" not in text:
        return f'"{text}"'
    return '"' + safe(text).replace('"', '""') + '"'
