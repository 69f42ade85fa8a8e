"""Custom attributes: those for which Elasticsearch would refuse a document are left out, and no others."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from indexer.metrics.attributes import attributes_of


def left_of(written: str) -> tuple[Any, bool, bool]:
    """The attributes that are kept, whether some were left out, and whether one is too long."""
    found = attributes_of(Raw(written.encode()))
    return found.kept and json.loads(bytes(found.kept)), found.left_out, found.too_long


def nested(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = {"k": value}
    return value


def in_lists(levels: int) -> str:
    return '{"a": ' + "[" * levels + "]" * levels + ', "b": 1}'


@pytest.mark.parametrize(
    "written",
    [
        '{"plan": "Pro", "seats": 12, "trial": false, "owner": null}',
        '{"size": {"rooms": [1, 2.50, "x", {"y": true}]}, "": "no name", "a.b": 1}',
        '{"link" : "https://example.com/?a=\\"b\\":c", "time": "10:30"}',
        '{"number": 1e400, "half": "Gift \\ud83d"}',
        '{"number": ' + "9" * 1_000 + "}",
        json.dumps(nested(20)),
        json.dumps({"k" * 32_764: "v"}),
        json.dumps({"k" * 32_764: 7}),
        json.dumps({"k" * 32_763: 75}),
        json.dumps({"k" * 32_761: True}),
        json.dumps({"k" * 32_760: False}),
        '{"":0}',
        json.dumps({"k" * 40_000: None}),
        json.dumps({"a": "€" * 8_191, "b": "\N{GRINNING FACE}" * 4_095}, ensure_ascii=False),
        in_lists(100),
    ],
)
def test_an_attribute_that_can_be_indexed_stays_as_it_is_written(written: str) -> None:
    found = attributes_of(Raw(written.encode()))
    assert (bytes(found.kept or b"").decode(), found.left_out, found.too_long) == (written, False, False)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (json.dumps({"k" * 32_765: "v", "b": 1}), {"b": 1}),
        (json.dumps({"k" * 32_765: 7, "b": 1}), {"b": 1}),
        (json.dumps({"k" * 32_762: True, "b": 1}), {"b": 1}),
        (json.dumps({"k" * 32_761: False, "b": 1}), {"b": 1}),
        (json.dumps({"k" * 32_763: {"b": "v", "c": ""}}), {"k" * 32_763: {"c": ""}}),
        (json.dumps({"a\0b": "v", "b": 1}), {"b": 1}),
        (json.dumps({"b": {"a\0b": 1, "c": [{"\0": 1}, 2]}}), {"b": {"c": [{}, 2]}}),
        ('{"A": 1, "b": 3, "A": 2}', {"b": 3, "A": 2}),
        ('{"A": 1, "\\u0041": {"b": 1, "b": null}}', {"A": {"b": None}}),
        ('{"A":null,"A" :1}', {"A": 1}),
        ('{"a": ' + "9" * 1_001 + ', "b": 1.50}', {"b": 1.5}),
        (json.dumps({"a\0b": "v"}), None),
        (in_lists(102), {"a": json.loads("[" * 100 + "]" * 100), "b": 1}),
        ('{"a\\u0000": 1, "half": "Gift \\ud83d"}', {"half": "Gift \ufffd"}),
    ],
)
def test_an_attribute_that_cannot_be_indexed_is_left_out_by_itself(written: str, kept: Any) -> None:
    found = left_of(written)
    assert found == (kept, True, False)


def test_a_value_that_is_too_deep_is_left_out_of_its_object() -> None:
    found, left_out, _ = left_of(json.dumps({"deep": nested(29), "b": 1}))
    assert left_out
    assert found["b"] == 1
    levels = 0
    while found:
        found, levels = found.get("deep", found.get("k")), levels + 1
    assert levels == 19


@pytest.mark.parametrize("value", ["v" * 8_192, "\N{GRINNING FACE}" * 4_096, ["short", "v" * 100_000]])
def test_a_value_that_cannot_be_found_for_its_length_is_kept(value: Any) -> None:
    assert left_of(json.dumps({"a": value})) == ({"a": value}, False, True)


def test_numbers_beside_what_is_left_out_stay_as_they_are_written() -> None:
    found = attributes_of(Raw(b'{"a": 1.500, "b": 12345678901234567890123, "c\\u0000": 1}'))
    assert found.kept is not None
    assert bytes(found.kept) == b'{"a":1.500,"b":12345678901234567890123}'


@pytest.mark.parametrize("written", ["", "null", "true", "12", '"{}"', '["plan"]', "{}", "{ }"])
def test_there_are_no_attributes_unless_an_object_has_some(written: str) -> None:
    assert left_of(written) == (None, False, False)


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("seats", ["12", "[12]"])
def test_attributes_on_several_lines_are_kept_on_one(line_end: str, seats: str) -> None:
    found = attributes_of(Raw(f'{{"plan": "Pro",{line_end} "seats": {seats}}}'.encode()))
    assert found.kept is not None
    assert bytes(found.kept).decode() == f'{{"plan":"Pro","seats":{seats}}}'


def test_what_is_nested_as_deeply_as_a_record_can_be_does_not_harm_the_attributes_beside_it() -> None:
    cut, out = {"a": json.loads("[" * 100 + "]" * 100), "b": 1}, {"b": 1}
    found: list[tuple[Any, bool, bool]] = []
    with contextlib.suppress(RecursionError):  # deeper records are refused
        found.extend(left_of(in_lists(levels)) for levels in range(800, 1_000))
    assert found[0] == (cut, True, False)
    assert found[-1] == (out, True, False)
    assert all(each in ((cut, True, False), (out, True, False)) for each in found)


names = st.sampled_from(["a", "b", "", ":", "a ", "A"])


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """An object as it is written; names often occur twice, here and there with a blank before the colon."""
    members = draw(st.lists(st.tuples(names, st.sampled_from([":", " :", ": "]), inner), max_size=3))
    return "{" + ",".join(f'"{name}"{colon}{value}' for name, colon, value in members) + "}"


values = st.recursive(
    st.sampled_from(['"x"', '"x :y"', '""', "1", "null", "true"]),
    lambda inner: st.one_of(st.lists(inner, max_size=3).map(", ".join).map("[{}]".format), objects(inner)),
    max_leaves=6,
)


def has_name_twice(written: str) -> bool:
    found = False

    def noted(members: list[tuple[str, Any]]) -> None:
        nonlocal found
        found = found or len(dict(members)) < len(members)

    json.loads(written, object_pairs_hook=noted)
    return found


@given(objects(values))
def test_attributes_stay_as_they_are_written_unless_a_name_occurs_twice(written: str) -> None:
    found = attributes_of(Raw(written.encode()))
    assert found.left_out == has_name_twice(written)
    if found.left_out:
        assert json.loads(bytes(found.kept or b"null")) == json.loads(written)
    else:
        assert bytes(found.kept or b"{}").decode() == written
