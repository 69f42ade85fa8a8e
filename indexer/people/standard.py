"""The standard attributes of people and companies: their names, their types, and where the vendor's JSON has them.

Names tell capitals apart, and no custom attribute may have one of them.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from indexer.people.attribute import Model
from indexer.people.attribute_value import DataType, Scalar, Value
from indexer.people.person import Company, Person

NETWORKS: Final[Mapping[str, str]] = {"facebook": "Facebook", "linkedin": "LinkedIn", "twitter": "Twitter"}
"""The social networks whose profiles are attributes, with their names for readers."""


class StandardAttribute(NamedTuple):
    """A standard attribute; `places` are the dotted paths of its value in the JSON of API versions, the newest first.

    An attribute without places is read in a way of its own. `meaning` is for readers.
    """

    name: str
    type: DataType
    meaning: str
    places: tuple[str, ...] = ()


def _contact(name: str, type_: DataType, meaning: str, *older: str) -> StandardAttribute:
    return StandardAttribute(name, type_, meaning, (name, *older))


def _mobile(system: str, named: str) -> tuple[StandardAttribute, ...]:
    return (
        _contact(f"{system}_app_name", "string", f"The app on {named}."),
        _contact(f"{system}_app_version", "string", f"The version of the app on {named}."),
        _contact(f"{system}_device", "string", f"The device on {named}."),
        _contact(f"{system}_os_version", "string", f"The version of {named}."),
        _contact(f"{system}_sdk_version", "string", f"The version of the vendor's library on {named}."),
        _contact(f"{system}_last_seen_at", "datetime", f"The last use of the app on {named}."),
        _contact(f"{system}_session_count", "integer", f"The sessions on {named}, if the source has them."),
    )


_CONTACT: Final = (
    StandardAttribute("id", "string", "The vendor's id."),
    _contact("external_id", "string", "Your own id, which older versions call `user_id`.", "user_id"),
    StandardAttribute("role", "string", "`user`, `lead` or `visitor`."),
    _contact("email", "string", "The e-mail address; several people may have the same."),
    StandardAttribute("email_domain", "string", "The domain of the address: as given, else from `email`."),
    _contact("phone", "string", "The telephone number, as given."),
    _contact("formatted_phone", "string", "The telephone number in its international form, if the source has it."),
    _contact("name", "string", "The name."),
    _contact("pseudonym", "string", "The made-up name of a person without one."),
    _contact("owner_id", "string", "The teammate who owns the person."),
    StandardAttribute("avatar", "string", "The address of the picture.", ("avatar.image_url", "avatar")),
    StandardAttribute("created_at", "datetime", "The creation of the record, which is when the person was first seen."),
    StandardAttribute("updated_at", "datetime", "The last change of the record."),
    _contact("signed_up_at", "datetime", "The sign-up, which may be in the future.", "remote_created_at"),
    _contact("last_seen_at", "datetime", "The last visit.", "last_request_at", "las_request_at"),
    _contact("last_replied_at", "datetime", "The last message that the person wrote."),
    _contact("last_contacted_at", "datetime", "The last message that the person was sent."),
    _contact("last_email_opened_at", "datetime", "The last time that the person opened an e-mail."),
    _contact("last_email_clicked_at", "datetime", "The last time that the person clicked a link in an e-mail."),
    _contact("session_count", "integer", "The web sessions."),
    _contact("language_override", "string", "The language that the Messenger uses instead of the browser's."),
    _contact("browser", "string", "The browser."),
    _contact("browser_version", "string", "The version of the browser."),
    _contact("browser_language", "string", "The language of the browser."),
    _contact("os", "string", "The operating system."),
    _contact("location.country", "string", "The name of the country.", "location_data.country_name"),
    _contact("location.country_code", "string", "The code of the country.", "location_data.country_code"),
    _contact("location.region", "string", "The region.", "location_data.region_name"),
    _contact("location.city", "string", "The city.", "location_data.city_name"),
    _contact("location.continent_code", "string", "The code of the continent.", "location_data.continent_code"),
    _contact("location.timezone", "string", "The time zone.", "location_data.timezone"),
    _contact("unsubscribed_from_emails", "boolean", "Whether the person unsubscribed from e-mails."),
    _contact("unsubscribed_from_sms", "boolean", "Whether the person unsubscribed from text messages."),
    _contact("has_hard_bounced", "boolean", "Whether an e-mail to the person was rejected for good."),
    _contact("marked_email_as_spam", "boolean", "Whether the person marked an e-mail as spam."),
    _contact("do_not_track", "boolean", "Whether the person asked not to be tracked."),
    *(
        StandardAttribute(f"social_profiles.{network}", "string", f"The address of the profile on {named}.")
        for network, named in NETWORKS.items()
    ),
    _contact("referrer", "string", "The page that the person came from."),
    _contact("utm_campaign", "string", "The campaign that the person came from."),
    _contact("utm_content", "string", "The content of the campaign."),
    _contact("utm_medium", "string", "The medium of the campaign."),
    _contact("utm_source", "string", "The source of the campaign."),
    _contact("utm_term", "string", "The search term of the campaign."),
    *_mobile("ios", "iOS"),
    *_mobile("android", "Android"),
)

_COMPANY: Final = (
    StandardAttribute("id", "string", "The vendor's id."),
    _contact("company_id", "string", "Your own id."),
    _contact("name", "string", "The name."),
    StandardAttribute("plan", "string", "The name of the plan.", ("plan.name", "plan")),
    _contact("size", "integer", "The number of employees."),
    _contact("website", "string", "The address of the website."),
    _contact("industry", "string", "The industry."),
    _contact("monthly_spend", "float", "The revenue in a month."),
    _contact("session_count", "integer", "The sessions."),
    _contact("user_count", "integer", "The number of users."),
    StandardAttribute("created_at", "datetime", "The creation of the record."),
    _contact("remote_created_at", "datetime", "When you created the company."),
    StandardAttribute("updated_at", "datetime", "The last change of the record."),
    _contact("last_request_at", "datetime", "The last visit of one of its users."),
)

STANDARD: Final[Mapping[Model, Mapping[str, StandardAttribute]]] = {
    "contact": {each.name: each for each in _CONTACT},
    "company": {each.name: each for each in _COMPANY},
}
"""The standard attributes by model and name."""

_OWN: Final = frozenset({"id", "role", "created_at", "updated_at"})
_OWN_OF: Final = {model: tuple(name for name in table if name in _OWN) for model, table in STANDARD.items()}
_TIMES_OF: Final = {
    model: frozenset(name for name, one in table.items() if one.type == "datetime") for model, table in STANDARD.items()
}


def model_of(record: Person | Company) -> Model:
    """Whose attributes the record has."""
    return "contact" if isinstance(record, Person) else "company"


def standard_value(record: Person | Company, name: str) -> Value | None:
    """The value of a standard attribute; None if there is none, an empty text, or no such attribute."""
    attribute = STANDARD[model_of(record)].get(name)
    if attribute is None:
        return None
    found: Scalar | None = getattr(record, name) if name in _OWN else record.standard.get(name)
    return None if found is None or found == "" else Value(attribute.type, found)


def standard_values(record: Person | Company) -> dict[str, Value]:
    """All standard attributes that have a value, by name, in the order of the table."""
    model = model_of(record)
    given = {**record.standard, **{name: getattr(record, name) for name in _OWN_OF[model]}}
    return {
        name: Value(attribute.type, given[name])
        for name, attribute in STANDARD[model].items()
        if name in given and given[name] != ""
    }


def standard_scalars(record: Person | Company) -> dict[str, Scalar]:
    """The same without the types and in no particular order, in a third of the time."""
    model = model_of(record)
    known = STANDARD[model]
    found = {name: value for name, value in record.standard.items() if value != "" and name in known}
    for name in _OWN_OF[model]:
        value = getattr(record, name)
        if value != "":
            found[name] = value
    return found


def standard_times(record: Person | Company) -> list[Scalar]:
    """The values of the standard attributes that are times, in epoch seconds."""
    times = _TIMES_OF[model_of(record)]
    return [value for name, value in standard_scalars(record).items() if name in times]
