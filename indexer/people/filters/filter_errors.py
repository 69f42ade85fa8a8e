"""What is wrong with a filter, and where."""

from typing import Final, Literal

from indexer.errors import OperatorError

_WIDTH: Final = 72

Part = Literal["subject", "operator", "value"]


class Misfit(Exception):
    """A condition that cannot be asked; `part` says where in it the mistake is, `ordinal` which of its values it is."""

    def __init__(self, part: Part, message: str, remedy: str = "", ordinal: int = 0) -> None:
        super().__init__(message)
        self.part: Final = part
        self.message: Final = message
        self.remedy: Final = remedy
        self.ordinal: Final = ordinal


class FilterError(OperatorError):
    """A filter that cannot be read or asked.

    `position` counts the characters of the text before the mistake; a filter in JSON has a `path` such as
    `and[1].values[0]` in its place.
    """

    def __init__(self, position: int | None, message: str, remedy: str = "", *, text: str = "", path: str = "") -> None:
        self.position: Final = position
        self.path: Final = path
        self.reason: Final = message
        super().__init__(_located(position, message, text, path), remedy)


def below(path: str, key: str) -> str:
    """The path of a key in the object at a path."""
    return f"{path}.{key}" if path else key


def _located(position: int | None, message: str, text: str, path: str) -> str:
    if position is None:
        return f"{path}: {message}" if path else message
    line, caret = _caret(text, position)
    return f"character {position + 1}: {message}\n  {line}\n  {caret}"


def _caret(text: str, position: int) -> tuple[str, str]:
    """The line of the text around the position, and a line with a caret below it."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    line = text[start : end if end >= 0 else len(text)]
    column = position - start
    cut = max(0, column - _WIDTH // 2)
    shown = "".join(one if one.isprintable() else " " for one in line[cut : cut + _WIDTH])
    return ("..." if cut else "") + shown, " " * (column - cut + (3 if cut else 0)) + "^"
