import pytest

from tests.reports.definitions import VOCABULARY


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("channel", "channel"),
        ("country", "country"),
        ("continent", "continent"),
        ("tag", "tags"),
        ("team", "team_assigned_id"),
        ("teammate", "teammate_assigned_id"),
        ("company", "company_ids"),
        ("delivered_as", "delivered_as"),
        ("state", "state"),
        ("priority", "priority"),
        ("custom.plan", "custom.plan"),
    ],
)
def test_a_dimension_stands_for_a_field(name: str, field: str):
    dimension = VOCABULARY.find(name, actions=False)
    assert dimension is not None
    assert (dimension.name, dimension.field) == (name, field)


@pytest.mark.parametrize("name", ["tags", "custom", "custom.", "", "workspace"])
def test_other_words_are_not_dimensions(name: str):
    assert VOCABULARY.find(name, actions=False) is None


def test_only_dimensions_with_several_values_overlap():
    found = [VOCABULARY.find(name.replace("<name>", "plan"), actions=False) for name in VOCABULARY.words(actions=False)]
    assert [dimension.name for dimension in found if dimension and dimension.several] == [
        "tag",
        "team_participated",
        "teammate_participated",
        "company",
        "sla_target",
        "custom.plan",
        "person.plan",
    ]


def test_custom_attributes_are_mapped_as_one_field():
    dimension = VOCABULARY.find("custom.plan.name", actions=False)
    assert dimension is not None
    assert dimension.mapped_field == "custom"
