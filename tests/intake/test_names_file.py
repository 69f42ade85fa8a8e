import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import OperatorError
from indexer.intake.names_file import read_names_file


def names(directory: Path, content: Any) -> dict[str, str]:
    file = directory / "names.json"
    file.write_text(json.dumps(content))
    return read_names_file(file)


@pytest.mark.parametrize(
    "content",
    [
        {"type": "team.list", "teams": [{"type": "team", "id": "7", "name": "Front"}]},
        {"type": "admin.list", "admins": [{"type": "admin", "id": 7, "name": "Front"}]},
        {"type": "list", "data": [{"id": "7", "name": "Front"}], "pages": None},
        [{"id": "7", "name": "Front"}],
        {"7": "Front"},
        [{"id": "7", "name": " Front\n"}, {"id": "8"}, {"name": "x"}, None, 5, {"id": True, "name": "y"}],
        [{"id": "7", "name": "Front"}, {"id": "9\0", "name": "x"}, {"id": "8", "name": "\0 "}],
    ],
)
def test_the_shapes_that_are_understood(tmp_path: Path, content: Any) -> None:
    assert names(tmp_path, content) == {"7": "Front"}


@pytest.mark.parametrize("content", [5, "x", None, {"teams": None}, {"a": {"id": "7"}}])
def test_a_file_without_names_is_refused(tmp_path: Path, content: Any) -> None:
    with pytest.raises(OperatorError, match=r"names\.json: does not contain a list of names"):
        names(tmp_path, content)


def test_a_file_that_is_not_json_or_does_not_exist_is_named(tmp_path: Path) -> None:
    (tmp_path / "names.json").write_text("{")
    for name in ("names.json", "nothing.json"):
        with pytest.raises(OperatorError, match=name):
            read_names_file(tmp_path / name)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "name", "teams", "data", "type"]), inner),
)


@given(json_values)
def test_whatever_is_in_the_file_gives_names_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, content: Any
) -> None:
    try:
        found = names(tmp_path_factory.getbasetemp(), content)
    except OperatorError:
        return
    assert all(id_ and name and "\0" not in id_ + name for id_, name in found.items())
