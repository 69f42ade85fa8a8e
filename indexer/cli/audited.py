"""The audit log of commands: what the person at the command line has changed or exported.

`ACTIONS` is the one list. A command in it gets an entry when it has ended, unless it has added its own in the
transaction of its change (`record`). `tests/cli/test_audited.py` compares the list with the command line itself.
"""

import getpass
from collections.abc import Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from indexer.errors import OperatorError
from indexer.plain_text import first_line

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from indexer.exports.message_request import AnyRequest


class Audited(NamedTuple):
    """An action in the audit log.

    `target` is the parameter with what the action was done to; people are never named. With `only_with`, the command
    changes something only if that option is given. `is_gradual` if a command that ends with an error, or is
    interrupted, may have changed something before.
    """

    action: str
    target: str | None = None
    only_with: str | None = None
    is_gradual: bool = False


ACTIONS: Mapping[str, Audited] = {
    "alerts create": Audited("alert_created", "name"),
    "alerts delete": Audited("alert_deleted", "name"),
    "alerts pause": Audited("alert_paused", "name"),
    "alerts resume": Audited("alert_resumed", "name"),
    "backfill": Audited("backfill_started", "dataset", is_gradual=True),
    "backfill cancel": Audited("backfill_cancelled", "number"),
    "backfill pause": Audited("backfill_paused", "number"),
    "backfill resume": Audited("backfill_resumed", "number"),
    "contact merge": Audited("people_merged"),
    "conversation delete": Audited("conversations_deleted"),
    "demo": Audited("sample_loaded", is_gradual=True),
    "export cancel": Audited("export_cancelled", "export_id"),
    "export conversations": Audited("export_written"),
    "export fetch": Audited("export_fetched", "export_id"),
    "export messages": Audited("export_written"),
    "import": Audited("records_imported", "dataset", is_gradual=True),
    "index adopt": Audited("indices_adopted", "dataset"),
    "index create": Audited("index_created", "dataset"),
    "index drift": Audited("index_extended", "dataset", only_with="apply"),
    "index pause": Audited("backfill_paused", "dataset"),
    "index prune": Audited("index_pruned", "dataset"),
    "index rebuild": Audited("index_rebuilt", "dataset", is_gradual=True),
    "index resume": Audited("backfill_resumed", "dataset"),
    "index rollback": Audited("index_rolled_back", "dataset"),
    "index swap": Audited("index_swapped", "dataset"),
    "people attribute archive": Audited("attribute_archived", "name"),
    "people attribute create": Audited("attribute_declared", "name"),
    "people disclose": Audited("person_disclosed"),
    "people erase": Audited("person_erased"),
    "people export": Audited("people_exported"),
    "people merge": Audited("people_merged"),
    "quarantine purge": Audited("quarantine_purged", "dataset"),
    "quarantine replay": Audited("quarantine_replayed", "dataset"),
    "quarantine resume": Audited("indexing_resumed", "dataset"),
    "reconcile": Audited("index_repaired", "dataset", only_with="repair", is_gradual=True),
    "record delete": Audited("records_deleted", "dataset"),
    "segments create": Audited("segment_saved", "name"),
    "segments delete": Audited("segment_deleted", "name"),
    "segments freeze": Audited("audience_frozen", "audience"),
    "subscriptions create": Audited("subscription_created", "name"),
    "subscriptions delete": Audited("subscription_deleted", "name"),
    "subscriptions pause": Audited("subscription_paused", "name"),
    "subscriptions resume": Audited("subscription_resumed", "name"),
    "subscriptions send": Audited("subscription_sent", "name"),
    "token create": Audited("token_created", "name"),
    "token revoke": Audited("token_revoked", "name"),
    "token rotate": Audited("token_rotated", "name"),
    "user change": Audited("user_changed", "name"),
    "user create": Audited("user_created", "name"),
    "user password": Audited("password_set", "name"),
    "user revoke": Audited("user_revoked", "name"),
    "views create": Audited("view_saved", "name"),
    "views delete": Audited("view_deleted", "name"),
    "workspace set": Audited("workspace_set"),
}
"""By command, its action."""

ON_THIS_MACHINE = frozenset({"compile", "down", "sample", "serve", "up", "worker"})
"""Commands that change only processes and files of this machine. `down --delete-data` deletes the audit log too."""

_RECORDED: ContextVar[bool] = ContextVar("recorded", default=False)
_NOTED: ContextVar[dict[str, Any] | None] = ContextVar("noted", default=None)

_SAYING = (
    "workspace",
    "workspace_id",
    "dataset",
    "reason",
    "max_rate",
    "from_",
    "to",
    "accept_drift",
    "force",
    "everything",
)
"""The parameters that an entry repeats if they were given: none of them is content of records."""

_INTERRUPTED = 130


def actor() -> str:
    """The actor of commands in the audit log, such as `command line (ann)`: the account of the operating system."""
    try:
        return f"command line ({getpass.getuser()})"
    except (KeyError, OSError):
        return "command line"


def record(
    connection: "Connection",
    action: str,
    *,
    workspace: str | None = None,
    target: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an action of this command to the audit log, in the transaction of the connection."""
    from indexer.store.access.audit_log import record_action

    record_action(connection, actor(), action, workspace_id=workspace, target=target, details=details)
    _RECORDED.set(True)


def record_export(store: "Engine", request: "AnyRequest", rows: int) -> None:
    """Add an export that this command has written to the audit log."""
    details = {"asked": said_by(request), "rows": rows}
    with store.begin() as connection:
        record(connection, "export_written", workspace=request.workspace, details=details)


def said_by(request: "AnyRequest") -> dict[str, Any]:
    """The request of an export without its defaults, by the names of the API."""
    return request.model_dump(mode="json", by_alias=True, exclude={"workspace"}, exclude_defaults=True)


def note(**details: Any) -> None:
    """Say more about what this command has done than its parameters do; without secrets and content of records."""
    _NOTED.set({**(_NOTED.get() or {}), **details})


def audit(command: Any, path: str) -> None:
    """Have the command, built by typer, add an entry to the audit log when it has changed or exported something."""
    if path not in ACTIONS:
        return
    audited, invoke = ACTIONS[path], command.invoke

    def invoke_and_record(context: Any) -> Any:
        _RECORDED.set(False)
        _NOTED.set(None)
        try:
            result = invoke(context)
        except typer.Exit as ended:
            if ended.exit_code in (0, 1, _INTERRUPTED):
                _add_entry(audited, context, {"interrupted": True} if ended.exit_code == _INTERRUPTED else {})
            raise
        except (OperatorError, KeyboardInterrupt) as error:
            if audited.is_gradual and _has_used_the_store():
                _add_entry(audited, context, {"failed" if isinstance(error, OperatorError) else "interrupted": True})
            raise
        _add_entry(audited, context, {})
        return result

    command.invoke = invoke_and_record


def _add_entry(audited: Audited, context: Any, how: dict[str, Any]) -> None:
    """Add the entry of a command that has ended; if that fails, the person is told."""
    given = context.params
    is_of_subcommand = getattr(context, "invoked_subcommand", None) is not None
    is_look = given.get("dry_run") or (audited.only_with is not None and not given.get(audited.only_with))
    if is_of_subcommand or is_look or _RECORDED.get():
        return
    from sqlalchemy.exc import SQLAlchemyError

    from indexer.connections import connections

    details = {name.rstrip("_"): given[name] for name in _SAYING if given.get(name) not in (None, False)}
    workspace = details.pop("workspace", None) or details.pop("workspace_id", None)
    target = None if audited.target is None else given.get(audited.target)
    details.pop(audited.target or "", None)
    if files := given.get("files"):
        details["files"] = [Path(file).name for file in files]
    try:
        with connections().store.begin() as connection:
            record(
                connection,
                audited.action,
                workspace=workspace,
                target=None if target is None else str(target),
                details=details | (_NOTED.get() or {}) | how,
            )
    except (OperatorError, SQLAlchemyError) as error:
        typer.echo(f"warning: the audit log lacks {audited.action}: {first_line(error)}", err=True)


def _has_used_the_store() -> bool:
    from indexer.connections import connections

    return "store" in vars(connections())
