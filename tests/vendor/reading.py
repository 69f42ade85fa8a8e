"""The names and literals that the program reads, taken from its code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import indexer

ROOM = Path(indexer.__file__).parent

_WORD = re.compile(r"_?[a-z][a-z0-9_]*", re.ASCII)


def words(*modules: str) -> dict[str, str]:
    """Every text in the code of these modules that could be a name or a literal, with one module that has it.

    Left out are documentation, messages (they have spaces), and what is appended to a list, as flags are.
    """
    return {
        node.value: module
        for module in modules
        for node in _texts(ast.parse((ROOM / module).read_text()))
        if _WORD.fullmatch(node.value)
    }


def looked_up(module: str) -> Iterator[tuple[str, str, str]]:
    """Every name that a module looks up in an object: the function, the object in its words, and the name."""
    for function in ast.walk(ast.parse((ROOM / module).read_text())):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                match node:
                    case (
                        ast.Call(func=ast.Attribute(value=holder, attr="get"), args=[ast.Constant(value=str(name)), *_])
                        | ast.Subscript(value=holder, slice=ast.Constant(value=str(name)))
                    ):
                        yield function.name, ast.unparse(holder), name


def _texts(tree: ast.AST) -> Iterator[Any]:
    left_out = {id(node) for inner in ast.walk(tree) for node in _not_read(inner)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield node


def _not_read(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Expr(value=ast.Constant() as documentation):
            return [documentation]
        case ast.Call(func=ast.Attribute(attr="append"), args=[ast.Constant() as flag]):
            return [flag]
        case ast.Assign(
            targets=[ast.Name(id="__all__" | "__slots__" | "FLAGS")], value=ast.List() | ast.Tuple() as names
        ):
            return names.elts
        case _:
            return []
