import pytest
from sqlalchemy import Engine

from indexer.errors import Refused
from indexer.people.attribute import Attribute, Catalogue
from indexer.people.custom_attributes import MOST_ATTRIBUTES
from indexer.store.entities.attributes import add_attributes, archive_attribute, read_attributes

pytestmark = pytest.mark.services

PLAN = Attribute(model="contact", name="plan", type="string", inferred=True)


def add(engine: Engine, *added: Attribute, workspace_id: str = "w") -> Catalogue:
    with engine.begin() as connection:
        return add_attributes(connection, workspace_id, added)


def test_attributes_are_told_by_workspace_model_and_name(engine: Engine) -> None:
    options = Attribute(model="company", name="Plan", type="list", options=("a", "b"), qualification=True)
    catalogue = add(engine, PLAN, options)
    add(engine, Attribute(model="contact", name="Plan", type="integer"), workspace_id="v")
    with engine.connect() as connection:
        assert read_attributes(connection, "w") == catalogue
        assert catalogue.attributes == {("contact", "plan"): PLAN, ("company", "Plan"): options}
        assert list(read_attributes(connection, "v").attributes) == [("contact", "Plan")]


def test_an_inferred_attribute_changes_nothing_and_a_declared_one_keeps_the_type(engine: Engine) -> None:
    declared = Attribute(model="contact", name="plan", type="string", qualification=True)
    add(engine, PLAN)
    assert add(engine, declared).get("contact", "plan") == declared
    inferred = Attribute(model="contact", name="plan", type="float", inferred=True)
    assert add(engine, inferred).get("contact", "plan") == declared
    with pytest.raises(Refused, match="plan: already has the type string"):
        add(engine, Attribute(model="contact", name="plan", type="float"))


@pytest.mark.parametrize(
    "attribute",
    [
        Attribute(model="contact", name=" ", type="string"),
        Attribute(model="contact", name="a\0b", type="string"),
        Attribute(model="contact", name="signed_up_at", type="datetime"),
        Attribute(model="contact", name="a" * 191, type="string"),
        Attribute(model="contact", name="a", type="list", options=("x", "x")),
        Attribute(model="contact", name="a", type="string", options=("x", "y")),
    ],
)
def test_what_cannot_be_an_attribute_is_refused(engine: Engine, attribute: Attribute) -> None:
    with pytest.raises(Refused):
        add(engine, PLAN, attribute)
    with engine.connect() as connection:
        assert read_attributes(connection, "w").attributes == {}


def test_an_archived_attribute_makes_room_for_another(engine: Engine) -> None:
    add(engine, *(Attribute(model="contact", name=f"a{n}", type="string") for n in range(MOST_ATTRIBUTES)))
    more = Attribute(model="company", name="more", type="string")
    with pytest.raises(Refused, match="more: would be more than the 250"):
        add(engine, more)
    with engine.begin() as connection:
        assert archive_attribute(connection, "w", "contact", "a7").archived
        with pytest.raises(Refused, match="a777"):
            archive_attribute(connection, "w", "contact", "a777")
    assert add(engine, more).get("company", "more") == more
    with pytest.raises(Refused):
        add(engine, Attribute(model="contact", name="a7", type="string"))  # it is active again
