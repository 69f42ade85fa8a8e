"""The caller of a request: a user, a token, or a reader on this machine; and what the caller may see."""

from contextvars import ContextVar
from dataclasses import dataclass
from typing import cast

from fastapi import Request

from indexer.errors import OperatorError
from indexer.store.access.scopes import EVERYTHING, Grants, Scope


class ForeignHost(OperatorError):
    """The request names a host that is not this machine."""


class UnknownCaller(OperatorError):
    """The request does not say who sends it, or not rightly."""


class Forbidden(OperatorError):
    """The caller is known, and may not send this request."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller as the audit log names it, with its scopes. `user` is the name of a user who has signed in."""

    actor: str
    grants: Grants
    user: str | None = None


NOBODY = Caller("somebody without a name", Grants())
"""The caller of requests that everybody may send."""

OF_SETTINGS = Caller("token INDEXER_API_TOKEN", EVERYTHING)
"""The caller who sends the token of the settings."""

OF_THIS_MACHINE = Caller("this machine", EVERYTHING)
"""The caller of a server that has neither users nor tokens, and listens on this machine only."""


CURRENT_USER: ContextVar[str | None] = ContextVar("current_user", default=None)
"""The user who has sent the request that is being answered, for the heads of pages."""

MAY_OPERATE: ContextVar[bool] = ContextVar("may_operate", default=False)
"""Whether that caller has the scope `operate` for some workspace, for the heads of pages."""

THEME: ContextVar[str | None] = ContextVar("theme", default=None)
"""The reader's choice of light or dark, None for that of the system."""


@dataclass(frozen=True, slots=True)
class Access:
    """A caller with the scopes that the request needs, of which the caller has each for some workspace."""

    caller: Caller
    scopes: frozenset[Scope] = frozenset()

    def allows(self, workspace: str) -> bool:
        """Whether the request may concern the workspace."""
        grants = self.caller.grants
        return bool(self.scopes) and all(grants.allows(scope, workspace) for scope in self.scopes)

    @property
    def allows_every(self) -> bool:
        """Whether the request may concern every workspace, and so the installation as a whole."""
        return bool(self.scopes) and all(self.caller.grants.allows_every(scope) for scope in self.scopes)

    def expect(self, workspace: str) -> None:
        """Raise `Forbidden` unless the request may concern the workspace."""
        if not self.allows(workspace):
            scopes = " and ".join(sorted(self.scopes)) or "any scope"
            raise Forbidden(
                f"{self.caller.actor} does not have {scopes} for the workspace {workspace!r}",
                "ask an operator for it: indexer user change, indexer token create",
            )

    def expect_scope(self, scope: Scope, workspace: str, reason: str) -> None:
        """Raise `Forbidden` with the reason unless the caller has the scope too."""
        if not self.caller.grants.allows(scope, workspace):
            raise Forbidden(
                f"{reason}, which needs {scope}: {self.caller.actor} does not have it for the workspace {workspace!r}",
                "ask an operator for it: indexer user change, indexer token create",
            )


def access_of(request: Request) -> Access:
    """The access of a request, which the server has checked before any route is called."""
    return cast("Access", request.state.access)
