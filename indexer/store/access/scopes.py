"""Scopes: the kinds of requests that a user or a token may send, each for workspaces that are named, or for all."""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from indexer.errors import OperatorError
from indexer.keys import is_name


class Scope(enum.StrEnum):
    """The kinds of requests; `docs/access.md` says what each of them allows."""

    REPORTS = "reports:read"
    RECORDS = "records:read"
    INGEST = "ingest"
    OPERATE = "operate"


@dataclass(frozen=True, slots=True)
class Grants:
    """Scopes with their workspaces; `None` in place of names is every workspace, those to come included."""

    by_scope: Mapping[Scope, frozenset[str] | None] = field(default_factory=dict)

    def allows(self, scope: Scope, workspace: str) -> bool:
        """Whether requests of that kind may concern the workspace."""
        return self.allows_some(scope) and ((named := self.by_scope[scope]) is None or workspace in named)

    def allows_some(self, scope: Scope) -> bool:
        """Whether requests of that kind may concern any workspace."""
        return scope in self.by_scope

    def allows_every(self, scope: Scope) -> bool:
        """Whether requests of that kind may concern every workspace."""
        return scope in self.by_scope and self.by_scope[scope] is None

    def stored(self) -> dict[str, list[str] | None]:
        """The form in the store: `{"reports:read": ["acme"], "ingest": null}`."""
        return {scope.value: None if named is None else sorted(named) for scope, named in sorted(self.by_scope.items())}

    def written(self) -> list[str]:
        """The form of the command line: `["ingest", "reports:read=acme"]`."""
        return [
            line
            for scope, named in self.stored().items()
            for line in ([scope] if named is None else [f"{scope}={name}" for name in named])
        ]


EVERYTHING = Grants(dict.fromkeys(Scope))
"""Every scope for every workspace."""


def grants_of(stored: Mapping[str, Sequence[str] | None]) -> Grants:
    """The grants in the form of the store; a scope that this release does not know is left out."""
    known = {one.value: one for one in Scope}
    return Grants(
        {
            known[name]: None if workspaces is None else frozenset(workspaces)
            for name, workspaces in stored.items()
            if name in known
        }
    )


def read_grants(written: Iterable[str]) -> Grants:
    """Grants as `SCOPE` (every workspace) or `SCOPE=WORKSPACE`; raises `OperatorError` for anything else."""
    found: dict[Scope, frozenset[str] | None] = {}
    for one in written:
        name, named, workspace = one.partition("=")
        try:
            scope = Scope(name)
        except ValueError:
            raise OperatorError(f"--scope: there is no scope {name!r}", f"use one of {', '.join(Scope)}") from None
        if named and not is_name(workspace):
            raise OperatorError(
                f"--scope: {one!r} does not name a workspace", f"write {name}=WORKSPACE, or {name} for every workspace"
            )
        if scope in found and (not named or found[scope] is None):
            raise OperatorError(
                f"--scope: {name} is given for every workspace and once more", "give it for every workspace, or by name"
            )
        found[scope] = (found.get(scope) or frozenset()) | {workspace} if named else None
    if not found:
        raise OperatorError("--scope: no scope is given", f"use one or more of {', '.join(Scope)}")
    return Grants(found)
