"""Additions to every command: examples, its line in lists, completion of values, and its entry in the audit log."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from indexer.cli.audited import audit
from indexer.cli.completion import OF_COMMANDS, VALUES, proposals
from indexer.cli.examples import EXAMPLES
from indexer.cli.short_help import SHORT


class Proposal(NamedTuple):
    """A value proposed to a shell, in the form that completion uses."""

    value: str
    type: str = "plain"
    help: str | None = None


_METAVARS = {
    "--at": "SECONDS", "--bot-admin": "ID", "--conversations": "N", "--dataset": "DATASET", "--days": "N",
    "--end": "DATE", "--explain": "N", "--file": "FILE", "--host": "HOST", "--limit": "N", "--office-hours": "FILE",
    "--port": "PORT", "--processes": "N", "--queues": "NAMES", "--samples": "N", "--seed": "N", "--tolerance": "TIME",
    "--workspace": "ID",
}  # fmt: skip


def dressed(command: Any, path: str = "") -> Any:
    """The command and its subcommands with these additions; `command` is the one built by typer."""
    if path in EXAMPLES:
        lines = [line for example in EXAMPLES[path] for line in example.split("\n")]
        command.epilog = "\n".join(["\b", "Examples:" if len(EXAMPLES[path]) > 1 else "Example:", *indented(lines)])
    command.short_help = SHORT.get(path, command.short_help)
    audit(command, path)
    for parameter in command.params:
        _dress(parameter, path)
    for name, further in getattr(command, "commands", {}).items():
        dressed(further, f"{path} {name}".strip())
    return command


def indented(lines: Iterable[str]) -> list[str]:
    """The lines, indented by two columns."""
    return [f"  {line}" for line in lines]


def _dress(parameter: Any, path: str) -> None:
    is_option = parameter.param_type_name == "option"
    if is_option and parameter.metavar is None and not getattr(parameter, "is_flag", False):
        parameter.metavar = next((_METAVARS[name] for name in parameter.opts if name in _METAVARS), None)
    if not is_option:
        parameter.metavar = (parameter.metavar or parameter.name.upper()).removesuffix("…")  # … is shown behind it
        parameter.display_type_rich = lambda ctx: None  # noqa: ARG005  (its name says what it is)
    names = parameter.opts if is_option else [parameter.metavar]
    for name in names:
        source = OF_COMMANDS.get((path, name)) or VALUES.get(name)
        if source is not None:
            parameter.shell_complete = _completer(source)


def _completer(source: Callable[[], Iterable[str]]) -> Callable[[Any, str], list[Proposal]]:
    def complete(_: Any, begun: str) -> list[Proposal]:
        return [Proposal(value) for value in proposals(source, begun)]

    return complete
