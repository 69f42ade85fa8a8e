from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from indexer.datasets.dataset import Incoming
from indexer.datasets.teammate_statuses import TEAMMATE_STATUSES
from indexer.errors import OperatorError, ServiceUnavailable
from indexer.store.database import MIGRATIONS, SCHEMA_REVISION, open_store, schema_revision, snapshot, upgrade
from indexer.store.entities.records import save_records
from indexer.store.entities.stored import read_stored
from indexer.store.schema import metadata

pytestmark = pytest.mark.services

CATALOG = """
    SELECT 'column', attrelid::regclass::text, attname, format_type(atttypid, atttypmod), attnotnull::text,
        attstorage::text, attcompression::text, attcollation::regcollation::text, attgenerated::text,
        coalesce(pg_get_expr(adbin, adrelid), '')
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT 'index', tablename, indexname, indexdef, '', '', '', '', '', '' FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', '', '', '', ''
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'relation', relkind::text, relname, coalesce(reloptions::text, ''), '', '', '', '', '', ''
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'sequence', sequencename, data_type::text, start_value || ' ' || increment_by || ' ' || cache_size,
        '', '', '', '', '', ''
    FROM pg_sequences WHERE schemaname = 'public'
"""


def _catalog(engine: Engine) -> set[tuple[Any, ...]]:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(CATALOG).all()
    return {tuple(row) for row in rows if not any("alembic_version" in str(value) for value in row)}


def test_the_migrations_build_the_declared_schema(empty_database_url: str) -> None:
    engine = open_store(empty_database_url)
    metadata.create_all(engine)
    declared = _catalog(engine)
    metadata.drop_all(engine)
    upgrade(engine)
    assert _catalog(engine) == declared
    assert {row[1] for row in declared if row[0] == "index"} == set(metadata.tables)
    engine.dispose()


def test_the_known_schema_revision_is_the_newest_migration() -> None:
    script = ScriptDirectory(str(MIGRATIONS))
    assert script.get_current_head() == SCHEMA_REVISION


def test_an_empty_database_has_no_schema_until_it_is_upgraded(empty_database_url: str) -> None:
    engine = open_store(empty_database_url)
    with engine.connect() as connection:
        assert schema_revision(connection) is None
    upgrade(engine)
    upgrade(engine)
    with engine.connect() as connection:
        assert schema_revision(connection) == SCHEMA_REVISION
    engine.dispose()


def test_upgrades_at_the_same_time_wait_for_each_other(empty_database_url: str) -> None:
    engines = [open_store(empty_database_url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(upgrade, engines))
    with engines[0].connect() as connection:
        assert schema_revision(connection) == SCHEMA_REVISION
    for engine in engines:
        engine.dispose()


def test_a_schema_of_a_later_release_is_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(OperatorError, match="9999"):
        upgrade(engine)


def test_a_snapshot_does_not_see_what_is_committed_later_and_cannot_write(store: Any, engine: Engine) -> None:
    store.save("1")
    with snapshot(engine) as connection:
        count = "SELECT count(*) FROM conversations"
        assert connection.exec_driver_sql(count).scalar() == 1
        store.save("2")
        assert connection.exec_driver_sql(count).scalar() == 1
        assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"
        assert connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"


def test_no_server_is_a_service_that_is_missing() -> None:
    with pytest.raises(ServiceUnavailable, match=r"127\.0\.0\.1:1/") as caught:
        open_store("postgresql://somebody:secret@127.0.0.1:1/reporting")
    assert "secret" not in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize("url", ["nonsense", "mysql://localhost/reporting"])
def test_an_address_of_something_else_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(OperatorError, match="DATABASE_URL") as caught:
        open_store(url)
    assert caught.value.exit_code == 2


def test_records_of_an_earlier_release_know_the_first_of_their_series(empty_database_url: str) -> None:
    engine = open_store(empty_database_url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "0015")
        connection.exec_driver_sql(
            """
            INSERT INTO records (dataset, workspace_id, record_id, payload, created_at, updated_at, revision, saved_at,
                series, ends_at, deleted)
            SELECT 'teammate_statuses', workspace_id, record_id, '{}', at, at, nextval('revision'), now(),
                series, ends_at, gone
            FROM (VALUES ('v', '1', 10, 's', NULL, false), ('w', '10', 20, 's', NULL, false),
                ('w', '9', 20, 's', 20, false), ('w', '8', 5, 's', NULL, true),
                ('w', '7', 30, 't', NULL, false), ('w', '6', 5, NULL, NULL, false)
            ) AS given (workspace_id, record_id, at, series, ends_at, gone)
            """
        )
        revisions = connection.exec_driver_sql("SELECT record_id, revision FROM records ORDER BY 1").all()
    upgrade(engine)
    with engine.begin() as connection:
        rows = connection.exec_driver_sql("SELECT record_id, revision, follows FROM records ORDER BY 1").all()
        assert [row[:2] for row in rows] == revisions
        assert {row.record_id for row in rows if row.follows} == {"10"}
        # Saving on changes the records around the new one alone.
        save_records(connection, TEAMMATE_STATUSES, "w", [Incoming("11", b"{}", 25, 25, series="s")])
        stored = read_stored(connection, TEAMMATE_STATUSES, [("w", "9"), ("w", "10"), ("w", "11")])
    before = {row.record_id: row.revision for row in rows}
    assert {one.entity_id: (one.ends_at, one.is_first) for one in stored} == {
        "9": (20, True),
        "10": (25, False),
        "11": (None, False),
    }
    assert {one.entity_id for one in stored if one.revision == before.get(one.entity_id)} == {"9"}
    engine.dispose()
