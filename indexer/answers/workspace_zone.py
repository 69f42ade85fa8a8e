"""The time zone of questions that name none: that of their workspace."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from indexer.errors import OperatorError
from indexer.reports import InvalidQuestion


class _Zoned(Protocol):
    """A question about a workspace, with dates in a time zone."""

    @property
    def workspace(self) -> str: ...

    @property
    def time_zone(self) -> str: ...


_T = TypeVar("_T", bound=_Zoned)


def zoned(
    read: Callable[[Mapping[str, Any]], _T],
    parameters: Mapping[str, Any],
    zone_of: Callable[[str], str],
    *,
    checked_first: bool = True,
) -> _T:
    """The result of `read` for the parameters, in the workspace's time zone if they name none.

    `zone_of` looks up a workspace's zone. The parameters are checked before that, unless their meaning depends on the
    zone (`yesterday`). Raises like `read`, and `OperatorError` if the zone of the workspace cannot be used.
    """
    if checked_first or "time_zone" in parameters:
        found = read(parameters)
        if "time_zone" in parameters or (zone := zone_of(found.workspace)) == found.time_zone:
            return found
    else:
        zone = zone_of(parameters["workspace"])
    try:
        return read({**parameters, "time_zone": zone})
    except InvalidQuestion as error:
        if error.parameter != "time_zone":
            raise
        workspace = parameters["workspace"]
        raise OperatorError(
            f"the time zone of workspace {workspace} cannot be used: {error.reason}",
            f"set another: indexer workspace set {workspace} --time-zone NAME",
        ) from error
