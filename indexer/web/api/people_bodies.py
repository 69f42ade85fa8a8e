"""What requests about people ask for, and what they are answered."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from indexer.answers.people_list import MOST_ON_A_PAGE
from indexer.keys import LONGEST_WORKSPACE, is_name
from indexer.people.attribute import Model
from indexer.people.attribute_value import DataType
from indexer.people.custom_attributes import LONGEST_NAME
from indexer.web.requests.object_bodies import RefusedObject, RefusedValue


def _checked_name(workspace: str) -> str:
    if not is_name(workspace):
        raise ValueError(f"a workspace has a name of 1 to {LONGEST_WORKSPACE} printable characters")
    return workspace


class PeopleFilter(BaseModel, extra="forbid"):
    """Which people of a workspace."""

    workspace: Annotated[
        str,
        AfterValidator(_checked_name),
        Field(description="The workspace of the people.", min_length=1, max_length=LONGEST_WORKSPACE),
    ]
    filter: Annotated[
        str,
        Field(
            description='Which people, such as `plan is "free" and signed_up_at more than 30 days ago`. '
            "*Is not* also matches people without the value. JSON is accepted as well, including a search of the "
            "vendor's API. Without a filter: all people."
        ),
    ] = ""
    as_of: Annotated[
        str | None,
        Field(description="The time from which days ago count: epoch seconds or ISO 8601. Default: now."),
    ] = None


class PeopleColumns(PeopleFilter):
    """Which people, what is shown of them, and in which order."""

    columns: Annotated[
        list[str],
        Field(description="What to show: attributes, `custom.NAME`, `company.NAME`, `event.NAME.count`."),
    ] = []
    sort: Annotated[
        str | None, Field(description="A column; with `-` before it, the largest or latest first. Default: by id.")
    ] = None


class PeopleListing(PeopleColumns):
    """A page of a list of people."""

    limit: Annotated[int, Field(ge=1, le=MOST_ON_A_PAGE, description="The most people on a page.")] = 50
    cursor: Annotated[str | None, Field(description="The `cursor` of the previous page of the same list.")] = None


class PeopleFileRequest(PeopleColumns):
    """A file of people."""

    format: Annotated[Literal["csv", "ndjson"], Field(description="The format of the file.")] = "csv"


class PeopleList(BaseModel):
    """A page of people. `total` is the number of all of them when the index was looked at, `taken_at`.

    `as_of` is the moment that days ago count from; both are epoch seconds. `meaning` is the filter as a
    sentence. The cursor leads to the next page, which is of the same view of the index; it is valid for five minutes.
    """

    total: int
    taken_at: int
    as_of: int
    meaning: str
    people: list[dict[str, Any]]
    cursor: str | None


class PeopleCount(BaseModel):
    """How many people match a filter, when they were counted, and the moment that days ago count from.

    `meaning` is the filter as a sentence.
    """

    count: int
    taken_at: int
    as_of: int
    meaning: str


class SavedObjects(BaseModel):
    """The outcomes of a batch: each person, company and event is counted once or refused. Deleted ones are updated.

    `merged` is the number of people who became others.

    `values` are the values that were refused of people who were saved otherwise. `attributes` are the names of new
    custom attributes, with their types.
    """

    created: int
    updated: int
    unchanged: int
    older: int
    merged: int
    refused: list[RefusedObject]
    values: list[RefusedValue]
    attributes: dict[str, str]


class Clause(BaseModel):
    """A condition or group of a filter: whether it holds for the person, the value that was seen, and the reason."""

    depth: int
    text: str
    holds: bool
    seen: str
    reason: str


class Explanation(BaseModel):
    """Whether a person matches a filter, and why, clause by clause; `meaning` is the filter as a sentence."""

    id: str
    matches: bool
    meaning: str
    clauses: list[Clause]


class AttributeGiven(BaseModel, extra="forbid"):
    """A custom attribute to declare; only a list has options, two or more."""

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, description="The name; capitals count.")]
    type: Annotated[DataType, Field(description="The type of its values.")]
    model: Annotated[Model, Field(description="Whether people (contact) or companies have it.")] = "contact"
    options: Annotated[list[str], Field(description="The values that a list allows.")] = []
    qualification: Annotated[bool, Field(description="Whether leads are qualified by it.")] = False


class AttributeShown(BaseModel):
    """A custom attribute. If it is inferred, nobody declared it: its type is that of the first value."""

    name: str
    type: DataType
    model: Model
    options: list[str]
    qualification: bool
    custom: bool
    archived: bool
    inferred: bool


class EventShown(BaseModel):
    """An event of a person, with its second (epoch seconds) and its metadata."""

    name: str
    at: int
    metadata: dict[str, Any]


class ErasedPerson(BaseModel):
    """An erasure: its entry in the ledger, and how much was removed by place.

    `shared_emails` counts addresses that other people have too, so that they are not barred. `exports` are the ids of
    files with the person in them, which are removed or written again.
    """

    erasure_id: int | None
    counts: dict[str, int]
    shared_emails: int
    exports: list[str]


class MergeOrder(BaseModel, extra="forbid"):
    """The person that another one is merged into."""

    into: Annotated[str, Field(min_length=1, max_length=512, description="The id of the other person.")]


class MergedPerson(BaseModel):
    """The id of the person after a merge, and how many conversations and events follow."""

    id: str
    conversations: int
    events: int
