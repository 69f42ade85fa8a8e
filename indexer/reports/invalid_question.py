"""What is wrong with a question to a report: the parameter, and why it cannot be used."""

from collections.abc import Mapping
from typing import Any


class InvalidQuestion(ValueError):
    """One parameter of a question cannot be used."""

    def __init__(self, parameter: str, reason: str) -> None:
        """`parameter` by its name in the HTTP API: `from`, `time_zone`, `group_by`."""
        super().__init__(f"{parameter}: {reason}")
        self.parameter = parameter
        self.reason = reason


def fault(error: Mapping[str, Any]) -> InvalidQuestion:
    """An error of pydantic as one of ours."""
    # Defaults are named by their field, not by its alias.
    parameter = str(error["loc"][0]).removesuffix("_") if error["loc"] else "question"
    if error["type"] == "missing":
        return InvalidQuestion(parameter, "is missing")
    if error["type"] == "extra_forbidden":
        return InvalidQuestion(parameter, "there is no such parameter")
    cause = error.get("ctx", {}).get("error")
    return InvalidQuestion(parameter, str(cause or error["msg"]))
