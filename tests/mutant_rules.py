"""Which faults change nothing that a test should hold, by their kind: each rule in one place, as narrow as it can be.

A fault that a rule decides is not tried; it is counted under the rule's name.
"""

import ast
import re
from collections.abc import Callable
from functools import cache

_SAYING = {"_refuse", "warn"}
"""Functions that say what is wrong to people, beside the errors that are raised."""

_BETWEEN_WORDS = re.compile(r"[^\W\d_][,;:]? \w")
_MAY_APPLY = re.compile(r"\b(raise|_refuse|warn|cast|zip)\b")
_PARTS = (ast.IfExp, ast.BinOp, ast.JoinedStr, ast.FormattedValue)

_QUOTED = [ast.Raise, ast.Call, ast.JoinedStr, ast.FormattedValue, ast.Subscript, ast.Slice]


def ruled(before: str, after: str) -> str | None:
    """The name of the rule that decides this change of a function's source, None if no rule does."""
    if not _MAY_APPLY.search(before):
        return None
    around, old, new = _change(_parsed(before), ast.parse(after))
    return next((name for name, rule in _RULES.items() if rule(old, new, around)), None)


@cache
def _parsed(source: str) -> ast.AST:
    return ast.parse(source)


def _change(old: ast.AST, new: ast.AST) -> tuple[list[ast.AST], ast.AST, ast.AST]:
    """The smallest node that is another one afterwards, and before it the nodes around it from the outermost on."""
    around: list[ast.AST] = []
    while type(old) is type(new) and _names(old) == _names(new):
        children = list(ast.iter_child_nodes(old)), list(ast.iter_child_nodes(new))
        if len(children[0]) != len(children[1]):
            break
        differing = [pair for pair in zip(*children, strict=True) if ast.dump(pair[0]) != ast.dump(pair[1])]
        if len(differing) != 1:
            break
        around.append(old)
        [(old, new)] = differing
    return around, old, new


def _names(node: ast.AST) -> list[tuple[str, str]]:
    return [(field, repr(value)) for field, value in ast.iter_fields(node) if not isinstance(value, ast.AST | list)]


def _wording(old: ast.AST, new: ast.AST, around: list[ast.AST]) -> bool:
    """Prose of an error or a warning, written otherwise or left out as None.

    Prose is a literal with a blank between words. Paths, names, keys and values have none and are not covered; neither
    is which error is raised, and when.
    """
    while around and isinstance(around[-1], _PARTS):
        around = around[:-1]
    if not around or not isinstance(around[-1], ast.Call):
        return False
    raised = len(around) > 1 and isinstance(around[-2], ast.Raise)
    says = raised or (isinstance(around[-1].func, ast.Name) and around[-1].func.id in _SAYING)
    return says and isinstance(new, ast.Constant) and isinstance(new.value, str | None) and _is_prose(old)


def _is_prose(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return _BETWEEN_WORDS.search(re.sub("{.*?}", "it", ast.unparse(node))) is not None
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(_BETWEEN_WORDS.search(node.value))


def _quoting(old: ast.AST, new: ast.AST, around: list[ast.AST]) -> bool:
    """How many characters of a value the prose of an error quotes: `said[:41]` for `said[:40]` in an f-string."""
    if [type(one) for one in around[-6:]] != _QUOTED or not isinstance(around[-1], ast.Slice):
        return False
    counts = isinstance(old, ast.Constant) and isinstance(new, ast.Constant) and type(new.value) is int
    return counts and old is around[-1].upper


def _typing(old: ast.AST, _new: ast.AST, around: list[ast.AST]) -> bool:
    """The type that `cast` names: only the type checker reads it."""
    call = around[-1] if around else None
    return isinstance(call, ast.Call) and ast.unparse(call.func) == "cast" and old is call.args[0]


def _strict_zip(old: ast.AST, new: ast.AST, around: list[ast.AST]) -> bool:
    """`strict=True` of a zip: it stops a program that made lists of different lengths, which no input makes."""
    if isinstance(old, ast.Call) and isinstance(new, ast.Call):
        kept = [keyword for keyword in old.keywords if keyword.arg != "strict"]
        return _is_zip(old) and ast.unparse(ast.Call(old.func, old.args, kept)) == ast.unparse(new)
    within = len(around) > 1 and _is_zip(around[-2]) and isinstance(around[-1], ast.keyword)
    return within and isinstance(old, ast.Constant) and old.value is True


def _is_zip(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "zip"


_RULES: dict[str, Callable[[ast.AST, ast.AST, list[ast.AST]], bool]] = {
    "wording": _wording,
    "quoting": _quoting,
    "typing": _typing,
    "strict zip": _strict_zip,
}
