"""The rules that decide faults by their kind cover these kinds and nothing beside them."""

import pytest

from tests.mutant_rules import ruled


def _in_function(line: str) -> str:
    return f"def made(path, name, value):\n    {line}\n"


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        ("wording", "raise Refused(path, 'is missing')", "raise Refused(path, 'XXis missingXX')"),
        ("wording", "raise Refused(path, 'is missing')", "raise Refused(path, 'IS MISSING')"),
        ("wording", "raise Refused(path, 'is missing')", "raise Refused(path, None)"),
        ("wording", "raise ValueError(f'{name} is not a date') from None", "raise ValueError(None) from None"),
        ("wording", "raise ValueError('not one' if name else 'a b')", "raise ValueError('not one' if name else 'A B')"),
        ("wording", "warn(f'{path}: no effect')", "warn(None)"),
        ("quoting", "raise Refused(path, f'is {name[:40]!r} here')", "raise Refused(path, f'is {name[:41]!r} here')"),
        ("quoting", "raise Refused(f'{name[:9]}') from None", "raise Refused(f'{name[:8]}') from None"),
        ("typing", "return cast('list[int]', value)", "return cast('LIST[INT]', value)"),
        ("typing", "return cast('list[int]', value)", "return cast(None, value)"),
        ("strict zip", "return zip(path, name, strict=True)", "return zip(path, name, strict=False)"),
        ("strict zip", "return zip(path, name, strict=True)", "return zip(path, name, strict=None)"),
        ("strict zip", "return zip(path, name, strict=True)", "return zip(path, name, )"),
    ],
)
def test_a_fault_of_these_kinds_is_decided_by_the_rule(rule: str, before: str, after: str) -> None:
    assert ruled(_in_function(before), _in_function(after)) == rule


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("raise Refused('path', 'is missing')", "raise Refused('XXpathXX', 'is missing')"),
        ("raise Refused(path, 'is missing')", "raise Refused(None, 'is missing')"),
        ("raise Refused(path, 'is missing')", "raise Refused('is missing')"),
        ("raise Refused(f'{path}.{name}', 'is missing')", "raise Refused(None, 'is missing')"),
        ("raise ValueError(' or '.join(path))", "raise ValueError('XX or XX'.join(path))"),
        ("raise ValueError('not one' if name else 'two of')", "raise ValueError('not one' if not name else 'two of')"),
        ("raise KeyError({'a b': 1}[name])", "raise KeyError({'A B': 1}[name])"),
        ("return 'is missing'", "return 'IS MISSING'"),
        ("name('is missing')", "name('IS MISSING')"),
        ("return name == 'in progress'", "return name == 'IN PROGRESS'"),
        ("raise Refused(path[:40], 'is missing')", "raise Refused(path[:41], 'is missing')"),
        ("raise Refused(path, f'is {name[:40]!r}')", "raise Refused(path, f'is {value[:40]!r}')"),
        ("raise Refused(path, f'is {name[:40]!r}')", "raise Refused(path, f'is {name[:None]!r}')"),
        ("raise Refused(path, f'is {name[1:]!r}')", "raise Refused(path, f'is {name[2:]!r}')"),
        ("raise Refused(path, f'is {name[0]!r}')", "raise Refused(path, f'is {name[1]!r}')"),
        ("return f'is {name[:40]!r}'", "return f'is {name[:41]!r}'"),
        ("return cast('list[int]', value)", "return cast('list[int]', None)"),
        ("return zip(path, name, strict=False)", "return zip(path, name, strict=True)"),
        ("return zip(path, name, strict=True)", "return zip(path, strict=True)"),
        ("return zip(path, name, strict=True)", "return zip(path, None, strict=True)"),
        ("return name(path, strict=True)", "return name(path, strict=False)"),
    ],
)
def test_a_fault_of_any_other_kind_needs_a_test(before: str, after: str) -> None:
    assert ruled(_in_function(before), _in_function(after)) is None
