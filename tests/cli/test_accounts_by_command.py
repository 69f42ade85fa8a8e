"""`indexer user`, `indexer token` and `indexer audit` over a real store."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from indexer.cli.app import app
from indexer.errors import OperatorError
from indexer.settings import settings
from indexer.store.access.password_hashes import verify_password
from indexer.store.access.tokens import PATTERN, find_token
from indexer.store.access.users import list_users, password_hash_of
from indexer.store.database import open_store, upgrade
from tests.store.access.accounts import PASSWORD

pytestmark = pytest.mark.services


@pytest.fixture
def engine(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("INDEXER_DATABASE_URL", database_url)
    settings.cache_clear()
    engine = open_store(database_url)
    upgrade(engine)
    yield engine
    engine.dispose()
    settings.cache_clear()


def run(*arguments: str, stdin: str = "") -> Result:
    result = CliRunner().invoke(app, list(arguments), input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def actions() -> list[tuple[str, str]]:
    found = json.loads(run("audit", "list", "--format", "json").stdout)
    assert all(entry["actor"].startswith("command line") for entry in found)
    return [(entry["action"], entry["target"]) for entry in found]


def test_a_user_is_created_changed_and_revoked_and_the_audit_log_says_so(engine: Engine) -> None:
    scopes = ("--scope", "reports:read=acme", "--scope", "records:read=acme")
    assert "would be created" in run("user", "create", "ann", *scopes, "--dry-run", stdin=f"{PASSWORD}\n").stdout
    created = run("user", "create", "ann", *scopes, stdin=f"{PASSWORD}\n")
    assert created.stdout == "user ann is created: records:read=acme, reports:read=acme\n"
    assert PASSWORD not in created.output
    [listed] = json.loads(run("user", "list", "--format", "json").stdout)
    assert (listed["user"], listed["scopes"]) == ("ann", ["records:read=acme", "reports:read=acme"])

    run("user", "password", "ann", stdin="another horse battery\r\n")
    run("user", "change", "ann", "--scope", "operate")
    with engine.connect() as connection:
        assert verify_password("another horse battery", password_hash_of(connection, "ann"))
        [user] = list_users(connection)
        assert user.grants.written() == ["operate"]
    run("user", "revoke", "ann", "--dry-run")
    run("user", "revoke", "ann")
    assert "revoked_at" in run("user", "list", "--format", "csv").stdout
    assert actions() == [
        ("user_revoked", "ann"), ("user_changed", "ann"), ("password_set", "ann"), ("user_created", "ann"),
    ]  # fmt: skip


@pytest.mark.parametrize("stdin", ["", "short\n", "\n"])
def test_without_a_password_that_is_long_enough_no_user_is_created(engine: Engine, stdin: str) -> None:
    with pytest.raises(OperatorError, match="fewer than 12 characters"):
        run("user", "create", "ann", "--scope", "operate", stdin=stdin)
    assert actions() == []


def test_a_token_is_shown_once_on_standard_output_alone(engine: Engine) -> None:
    assert run("token", "create", "nightly", "--scope", "ingest=acme", "--dry-run").stdout == ""
    created = run("token", "create", "nightly", "--scope", "ingest=acme", "--days", "90")
    secret = created.stdout.strip()
    assert PATTERN.fullmatch(secret)
    assert "token nightly is created: ingest=acme, until 20" in created.stderr
    assert secret not in created.stderr
    listed = run("token", "list", "--format", "json").stdout
    assert secret not in listed
    assert json.loads(listed)[0]["ends_in"] == secret[-4:]

    rotated = run("token", "rotate", "nightly", "--keep-hours", "1")
    fresh = rotated.stdout.strip()
    assert "ends in 1 h" in rotated.stderr
    with engine.connect() as connection:
        assert find_token(connection, secret) is not None
        assert find_token(connection, fresh) is not None
    run("token", "revoke", "nightly")
    with engine.connect() as connection:
        assert find_token(connection, fresh) is None
    assert json.loads(run("token", "list", "--format", "json").stdout)[0]["state"] == "revoked"
    assert actions() == [("token_revoked", "nightly"), ("token_rotated", "nightly"), ("token_created", "nightly")]


def test_a_wrong_scope_is_refused_before_anything_is_asked(engine: Engine) -> None:
    for noun in ("user", "token"):
        with pytest.raises(OperatorError, match="there is no scope 'reports'"):
            run(noun, "create", "ann", "--scope", "reports")


def test_what_commands_change_or_order_is_in_the_audit_log_and_what_they_would_is_not(engine: Engine) -> None:
    zone = ("workspace", "set", "acme", "--time-zone", "Europe/Dublin")
    run(*zone, "--dry-run")
    run(*zone)
    [changed] = json.loads(run("audit", "list", "--workspace", "acme", "--format", "json").stdout)
    assert (changed["action"], changed["workspace"]) == ("workspace_set", "acme")
