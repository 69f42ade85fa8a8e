"""Values as texts that stand in the same order as the values: a letter for the type, then a text of fixed width.

Numbers, whole or not, have one order, and so have dates and times each. Texts stand in the order of their code points.
"""

import struct
from typing import Final

from indexer.people.attribute_value import DataType, Scalar

_LETTERS: Final[dict[DataType, str]] = {
    "string": "s",
    "list": "s",
    "integer": "n",
    "float": "n",
    "boolean": "b",
    "date": "d",
    "datetime": "t",
}

_SIGN: Final = 1 << 63
_ALL: Final = (1 << 64) - 1

_RAISED: Final = dict(zip("01234567", "89abcdef", strict=True))
"""The first hexadecimal digits of doubles that are not negative, and the same with the bit of the sign set."""

_pack = struct.Struct(">d").pack

_ZERO: Final = 1 << 39
"""What is added to days and seconds so that those before 1970 are positive too; it is some 17,000 years."""


def letter(type_: DataType) -> str:
    """The letter that codes of the type begin with."""
    return _LETTERS[type_]


def code(type_: DataType, value: Scalar) -> str:
    """The code of a value."""
    if isinstance(value, str):
        return "s" + value
    if isinstance(value, bool):
        return "b1" if value else "b0"
    if isinstance(value, int) and type_ in ("date", "datetime"):
        return _LETTERS[type_] + "%010x" % (value + _ZERO)
    return _LETTERS[type_] + _ordered(value)


def time_code(at: int) -> str:
    """The code of a `datetime`."""
    return "t%010x" % (at + _ZERO)


def value_of(coded: str) -> Scalar:
    """The value that a code is of; a date is days since 1970-01-01, a time epoch seconds."""
    kind, said = coded[0], coded[1:]
    match kind:
        case "s":
            return said
        case "b":
            return said == "1"
        case "d" | "t":
            return int(said, 16) - _ZERO
    bits = int(said, 16)
    bits = bits ^ _SIGN if bits & _SIGN else ~bits & _ALL
    number: float = struct.unpack(">d", bits.to_bytes(8, "big"))[0]
    return int(number) if number.is_integer() else number


def _ordered(number: float) -> str:
    """The bits of a double in hexadecimal, changed so that they stand in the order of the numbers; -0 is 0."""
    digits = _pack(number + 0.0).hex()
    first = _RAISED.get(digits[0])
    return f"{int(digits, 16) ^ _ALL:016x}" if first is None else first + digits[1:]
