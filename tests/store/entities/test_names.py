import pytest
from sqlalchemy import Engine

from indexer.store.entities.names import Named, list_names, read_names, save_names

pytestmark = pytest.mark.services


def test_names_belong_to_a_workspace_and_a_kind(engine: Engine) -> None:
    with engine.begin() as connection:
        save_names(connection, "w", Named.TEAM, {"1": "Front", "2": "Back"})
        save_names(connection, "w", Named.TEAMMATE, {"1": "Ada"})
        save_names(connection, "other", Named.TEAM, {"1": "Elsewhere"})
    with engine.connect() as connection:
        assert read_names(connection, "w", Named.TEAM, ["1", "3"]) == {"1": "Front"}
        assert read_names(connection, "w", Named.TEAMMATE, ["1", "2"]) == {"1": "Ada"}
        assert read_names(connection, "w", Named.TEAM, []) == {}


def test_saved_names_replace_only_those_of_their_kind(engine: Engine) -> None:
    with engine.begin() as connection:
        save_names(connection, "w", Named.TEAM, {"1": "Front"})
        save_names(connection, "w", Named.TEAMMATE, {"1": "Ada"})
        save_names(connection, "w", Named.TEAM, {"2": "Back"})
    with engine.begin() as connection:
        assert list_names(connection, "w", Named.TEAM) == {"2": "Back"}
        save_names(connection, "w", Named.TEAM, {})
        assert list_names(connection, "w", Named.TEAM) == {}
        assert list_names(connection, "w", Named.TEAMMATE) == {"1": "Ada"}
