"""Users, sessions, tokens and the audit log in a real store."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, literal, update

from indexer.errors import OperatorError
from indexer.store.access.audit_log import list_actions, record_action
from indexer.store.access.scopes import EVERYTHING, Grants, Scope
from indexer.store.access.sessions import ABSOLUTE, IDLE, begin_session, end_session, end_sessions, find_session
from indexer.store.access.tokens import (
    PATTERN,
    create_token,
    find_token,
    has_tokens,
    list_tokens,
    revoke_token,
    rotate_token,
)
from indexer.store.access.users import (
    create_user,
    has_users,
    list_users,
    password_hash_of,
    revoke_user,
    set_grants,
    set_password,
)
from indexer.store.database import open_store, upgrade
from indexer.store.schema import metadata
from tests.embedded.harness import Run
from tests.fresh import fresh_database
from tests.store.access.accounts import HASHED, READER

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def migrated(services: Run) -> Iterator[Engine]:
    with fresh_database(services) as url:
        engine = open_store(url)
        upgrade(engine)
        yield engine
        engine.dispose()


@pytest.fixture
def store(migrated: Engine) -> Iterator[Connection]:
    """A connection whose changes are gone after the test."""
    with migrated.connect() as connection:
        yield connection
        connection.rollback()


def age(store: Connection, table: str, column: str, by: timedelta) -> None:
    """Move a time of all rows into the past."""
    aged = metadata.tables[table]
    store.execute(update(aged).values({column: aged.c[column] - literal(by)}))


def test_a_user_is_kept_with_its_scopes(store: Connection) -> None:
    assert not has_users(store)
    made = create_user(store, "ann", HASHED, READER)
    assert list_users(store) == [made]
    assert made.grants == READER
    assert made.revoked_at is None
    assert password_hash_of(store, "ann") == HASHED
    assert has_users(store)


def test_two_users_cannot_have_one_name_even_if_one_is_revoked(store: Connection) -> None:
    create_user(store, "ann", HASHED, READER)
    revoke_user(store, "ann")
    with pytest.raises(OperatorError, match="already a user ann"):
        create_user(store, "ann", HASHED, EVERYTHING)
    assert has_users(store)


@pytest.mark.parametrize("name", ["", "Ann", "ann smith", "-ann", "ann\n", "é", "a" * 101, "a\0b"])
def test_a_name_that_can_be_mistaken_for_another_is_refused(store: Connection, name: str) -> None:
    with pytest.raises(OperatorError, match="cannot be the name"):
        create_user(store, name, HASHED, READER)
    with pytest.raises(OperatorError, match="cannot be the name"):
        create_token(store, name, READER)


def test_a_session_is_found_by_its_secret_with_the_scopes_that_the_user_has(store: Connection) -> None:
    create_user(store, "ann", HASHED, READER)
    secret = begin_session(store, "ann")
    found = find_session(store, secret)
    assert found is not None
    assert (found.user, found.grants) == ("ann", READER)
    assert find_session(store, secret[:-1]) is None
    assert find_session(store, "\0\udc80") is None
    [user] = list_users(store)
    assert user.signed_in_at is not None


@pytest.mark.parametrize(("column", "limit"), [("seen_at", IDLE), ("began_at", ABSOLUTE)])
def test_a_session_ends_when_it_is_idle_or_old(store: Connection, column: str, limit: timedelta) -> None:
    create_user(store, "ann", HASHED, READER)
    secret = begin_session(store, "ann")
    age(store, "sessions", column, limit - timedelta(minutes=5))
    assert find_session(store, secret) is not None  # which notes that it is used
    age(store, "sessions", column, limit if column == "seen_at" else timedelta(minutes=5))
    assert find_session(store, secret) is None
    begin_session(store, "ann")
    assert store.exec_driver_sql("SELECT count(*) FROM sessions").scalar_one() == 1


def test_a_page_that_refreshes_itself_does_not_keep_a_session_alive(store: Connection) -> None:
    create_user(store, "ann", HASHED, READER)
    secret = begin_session(store, "ann")
    for _ in range(2):
        age(store, "sessions", "seen_at", IDLE / 2 - timedelta(minutes=1))
        assert find_session(store, secret, is_used=False) is not None
    age(store, "sessions", "seen_at", timedelta(minutes=3))
    assert find_session(store, secret, is_used=False) is None


@pytest.mark.parametrize("how", ["sign out", "everywhere", "password", "scopes", "revoked"])
def test_a_session_ends_by_hand(store: Connection, how: str) -> None:
    create_user(store, "ann", HASHED, READER)
    create_user(store, "bob", HASHED, READER)
    secret, elsewhere, of_bob = begin_session(store, "ann"), begin_session(store, "ann"), begin_session(store, "bob")
    match how:
        case "sign out":
            end_session(store, secret)
        case "everywhere":
            assert end_sessions(store, "ann") == 2
        case "password":
            set_password(store, "ann", HASHED)
        case "scopes":
            set_grants(store, "ann", EVERYTHING)
        case "revoked":
            revoke_user(store, "ann")
            assert password_hash_of(store, "ann") is None
    assert find_session(store, secret) is None
    assert (find_session(store, elsewhere) is not None) == (how == "sign out")
    assert find_session(store, of_bob) is not None


def test_a_user_that_is_not_there_is_not_changed(store: Connection) -> None:
    create_user(store, "ann", HASHED, READER)
    revoke_user(store, "ann")
    for name in ("ann", "bob"):
        for change in (revoke_user, lambda *of: set_password(*of, HASHED), lambda *of: set_grants(*of, READER)):
            with pytest.raises(OperatorError, match="there is no user"):
                change(store, name)


def test_a_token_is_found_by_its_secret_which_is_not_stored(store: Connection) -> None:
    assert not has_tokens(store)
    token, secret = create_token(store, "nightly", READER)
    assert PATTERN.fullmatch(secret)
    found = find_token(store, secret)
    assert found == token
    assert list_tokens(store)[0].used_at is not None
    assert secret.endswith(token.hint)
    row = str(store.exec_driver_sql("SELECT tokens::text FROM tokens").scalar_one())
    assert secret.removeprefix("ridx_") not in row
    assert find_token(store, secret[:-1] + ("0" if secret[-1] != "0" else "1")) is None
    assert find_token(store, "") is None


def test_two_tokens_cannot_have_one_name(store: Connection) -> None:
    create_token(store, "nightly", READER)
    with pytest.raises(OperatorError, match="already a token nightly"):
        create_token(store, "nightly", READER)
    assert has_tokens(store)


def test_a_token_expires(store: Connection) -> None:
    token, secret = create_token(store, "nightly", READER, datetime.now(UTC) + timedelta(days=1))
    assert find_token(store, secret) is not None
    assert token.state(datetime.now(UTC)) == "valid"
    assert token.state(datetime.now(UTC) + timedelta(days=2)) == "expired"
    age(store, "tokens", "expires_at", timedelta(days=1))
    assert find_token(store, secret) is None


def test_a_revoked_token_opens_nothing_and_cannot_come_back(store: Connection) -> None:
    _, secret = create_token(store, "nightly", READER)
    fresh = rotate_token(store, "nightly", timedelta(hours=1))
    revoke_token(store, "nightly")
    assert find_token(store, secret) is None
    assert find_token(store, fresh) is None
    assert list_tokens(store)[0].state(datetime.now(UTC)) == "revoked"
    for change in (revoke_token, rotate_token):
        with pytest.raises(OperatorError, match="there is no token nightly"):
            change(store, "nightly")


def test_the_secret_before_a_rotation_ends_at_once_or_when_it_was_said(store: Connection) -> None:
    _, first = create_token(store, "nightly", Grants({Scope.INGEST: None}))
    second = rotate_token(store, "nightly", timedelta(hours=1))
    assert find_token(store, first) is not None
    assert find_token(store, second) is not None
    age(store, "tokens", "retiring_until", timedelta(hours=1))
    assert find_token(store, first) is None
    third = rotate_token(store, "nightly")
    assert find_token(store, second) is None
    assert find_token(store, third) is not None


def test_the_audit_log_lists_the_newest_first(store: Connection) -> None:
    record_action(store, "user ann", "export_ordered", workspace_id="acme", target="1f", details={"rows": 3})
    record_action(store, "token nightly", "signed_in", client="127.0.0.1")
    assert [entry.action for entry in list_actions(store)] == ["signed_in", "export_ordered"]
    [entry] = list_actions(store, workspaces=["acme"])
    assert (entry.actor, entry.target, entry.details) == ("user ann", "1f", {"rows": 3})
    assert [entry.action for entry in list_actions(store, actor="token nightly", limit=1)] == ["signed_in"]
    assert len(list_actions(store, limit=1)) == 1
