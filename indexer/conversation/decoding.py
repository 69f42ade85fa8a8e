"""A record's JSON as values."""

import json
from typing import Any

import msgspec

from indexer.errors import Refused

_LONGEST = 4000
"""The most digits of a number that Python converts."""


def decoded(payload: bytes) -> Any:
    """The value of the JSON; a number that is too large is null. Raises `Refused`."""
    try:
        return msgspec.json.decode(payload)
    except msgspec.ValidationError:
        return _without_numbers_too_large(payload)
    except msgspec.DecodeError as error:
        raise Refused("", f"is not JSON: {error}") from None
    except UnicodeDecodeError as error:
        raise Refused("", f"is not UTF-8: {error.reason} at byte {error.start}") from None
    except RecursionError:
        raise Refused("", "is nested too deeply") from None


def _without_numbers_too_large(payload: bytes) -> Any:
    """The same by another reader, which lets us decide how to read a number."""
    try:
        return json.loads(payload, parse_int=_whole, parse_float=_fractional)
    except ValueError as error:
        raise Refused("", f"is not JSON: {error}") from None
    except RecursionError:
        raise Refused("", "is nested too deeply") from None


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) < _LONGEST else None


def _fractional(digits: str) -> float | None:
    found = float(digits)
    return None if found in (float("inf"), float("-inf")) else found
