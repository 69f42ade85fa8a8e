import pytest

from indexer.reports.dimensions import find_dimension, vocabulary


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
    dimension = find_dimension(name)
    assert dimension is not None
    assert (dimension.name, dimension.field) == (name, field)


@pytest.mark.parametrize("name", ["tags", "custom", "custom.", "", "workspace"])
def test_other_words_are_not_dimensions(name: str):
    assert find_dimension(name) is None


def test_only_dimensions_with_several_values_overlap():
    found = [find_dimension(name.replace("<name>", "plan")) for name in vocabulary("conversations")]
    assert [dimension.name for dimension in found if dimension and dimension.several] == [
        "tag",
        "team_participated",
        "teammate_participated",
        "company",
        "sla_target",
        "custom.plan",
    ]


def test_custom_attributes_are_mapped_as_one_field():
    dimension = find_dimension("custom.plan.name")
    assert dimension is not None
    assert dimension.mapped_field == "custom"
