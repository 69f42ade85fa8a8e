import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import OperatorError
from indexer.store.access.scopes import EVERYTHING, Grants, Scope, grants_of, read_grants

workspaces = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=10)
some_grants = st.builds(
    Grants,
    st.dictionaries(st.sampled_from(Scope), st.none() | st.frozensets(workspaces, min_size=1, max_size=3), min_size=1),
)


@given(some_grants)
def test_what_is_stored_or_written_is_read_back_as_it_was(grants: Grants) -> None:
    assert grants_of(grants.stored()) == grants
    assert read_grants(grants.written()) == grants


@given(some_grants, st.sampled_from(Scope), workspaces)
def test_a_workspace_is_allowed_only_if_it_is_named_or_all_are(grants: Grants, scope: Scope, workspace: str) -> None:
    named = grants.by_scope.get(scope, frozenset())
    assert grants.allows(scope, workspace) == (named is None or workspace in named)
    assert grants.allows_every(scope) == (named is None)
    assert grants.allows_some(scope) == (scope in grants.by_scope)


def test_a_scope_that_this_release_does_not_know_allows_nothing() -> None:
    assert grants_of({"everything": None, "ingest": ["acme"]}) == Grants({Scope.INGEST: frozenset({"acme"})})


def test_an_empty_list_of_workspaces_is_no_workspace() -> None:
    assert not grants_of({"ingest": []}).allows(Scope.INGEST, "acme")


@pytest.mark.parametrize(
    "written",
    [
        [],
        ["reports"],
        ["reports:read="],
        ["reports:read=a\nb"],
        ["", "ingest"],
        ["ingest", "ingest=acme"],
        ["ingest=acme", "ingest"],
        ["ingest", "ingest"],
    ],
)
def test_anything_else_is_refused_with_the_remedy(written: list[str]) -> None:
    with pytest.raises(OperatorError, match="--scope: ") as caught:
        read_grants(written)
    assert caught.value.remedy


def test_everything_is_every_scope() -> None:
    assert all(EVERYTHING.allows_every(scope) for scope in Scope)
