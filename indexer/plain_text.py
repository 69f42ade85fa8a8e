"""Text of unknown origin as plain characters: nothing in it controls a terminal or reverses the line."""

import re

_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # OSC, DCS and their kind, if ended
    r"|\x1b[ -/]*[0-~]"  # two characters, such as a reset
    r"|[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_HARMLESS = re.compile(r"[^\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]*")
_BREAKS = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")


def printable(text: str, *, keep: str = "") -> str:
    """The text without control characters, escape sequences, and marks that override the writing direction.

    A line break or a tab becomes a space, unless it is one of the characters to `keep`; half a surrogate pair
    becomes U+FFFD. Letters that are written from right to left stay as they are.
    """
    if _HARMLESS.fullmatch(text):
        return text

    def plain(found: re.Match[str]) -> str:
        said = found.group()
        if len(said) > 1:
            return ""
        if said in keep:
            return said
        if said in _BREAKS:
            return " "
        return "\ufffd" if "\ud800" <= said <= "\udfff" else ""

    return _SEQUENCE.sub(plain, text)


_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def printable_json(encoded: str) -> str:
    """JSON of the same value in which such characters are written as escapes."""
    return _IN_JSON.sub(lambda found: f"\\u{ord(found.group()):04x}", encoded)


def first_line(error: BaseException) -> str:
    """The first line of an error's text, without NUL, which PostgreSQL cannot store."""
    return str(error).partition("\n")[0].replace("\0", "")
