"""The registry of the kinds of numbers, against the modules that there are."""

import importlib
import inspect
import pkgutil

from indexer.reports import numbers
from indexer.reports.numbers.base import NumberKind
from indexer.reports.numbers.registry import KINDS


def test_every_kind_that_a_module_has_is_in_the_registry():
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.iter_modules(numbers.__path__, "indexer.reports.numbers.")
    ]
    classes = {one for module in modules for _, one in inspect.getmembers(module, inspect.isclass)}
    kinds = {one for one in classes if issubclass(one, NumberKind) and not inspect.isabstract(one)}
    assert kinds == {*KINDS}


def test_a_kind_has_one_key_and_no_two_have_the_same():
    assert {len(kind.model_fields) for kind in KINDS} == {1}
    assert len({kind.key() for kind in KINDS}) == len(KINDS)
