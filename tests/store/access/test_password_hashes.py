import inspect

import pytest
from argon2 import PasswordHasher, extract_parameters

from indexer.errors import OperatorError
from indexer.store.access.password_hashes import RFC_9106, check_password, hash_password, verify_password
from tests.store.access.accounts import CHEAP, HASHED, PASSWORD


def test_a_password_opens_its_own_hash_only() -> None:
    assert verify_password(PASSWORD, HASHED)
    assert not verify_password(PASSWORD + " ", HASHED)
    assert not verify_password("", HASHED)
    assert not verify_password("\udc80", HASHED)
    assert not verify_password(PASSWORD, "not a hash")


def test_two_hashes_of_one_password_differ() -> None:
    assert hash_password(PASSWORD, CHEAP) != HASHED


def test_unless_it_is_told_otherwise_a_guess_costs_as_much_as_the_standard_asks() -> None:
    assert inspect.signature(hash_password).parameters["cost"].default is RFC_9106
    found = extract_parameters(hash_password(PASSWORD))
    assert (found.time_cost, found.memory_cost, found.parallelism) == (3, 65_536, 4)
    assert not PasswordHasher().check_needs_rehash(hash_password(PASSWORD))


def test_without_a_user_the_same_work_is_done_and_nothing_opens() -> None:
    assert not verify_password(PASSWORD, None)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "ann@example.com", "ANN@example.com", "x" * 201])
def test_a_password_that_is_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(OperatorError) as caught:
        check_password(password, "ann@example.com")
    assert password not in str(caught.value)


def test_four_words_are_a_password() -> None:
    check_password(PASSWORD, "ann")
