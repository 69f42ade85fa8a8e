"""The customers: contacts and their companies, each made from its number alone, so that none is kept."""

from dataclasses import dataclass
from typing import NamedTuple

from indexer.sample.authors import Author, Json
from indexer.sample.proportions import Mix

CONTACTS = 100_000
"""The number of contacts."""


class Country(NamedTuple):
    """A country by its ISO name, its continent's code, and the language its people write about in."""

    name: str
    continent: str
    language: str


_COUNTRIES = Mix(
    (Country("Ireland", "EU", "English"), 18),
    (Country("United Kingdom", "EU", "English"), 20),
    (Country("United States", "NA", "English"), 20),
    (Country("Germany", "EU", "German"), 9),
    (Country("France", "EU", "French"), 7),
    (Country("Spain", "EU", "Spanish"), 5),
    (Country("Netherlands", "EU", "Dutch"), 4),
    (Country("Canada", "NA", "English"), 5),
    (Country("Brazil", "SA", "Portuguese"), 4),
    (Country("Australia", "OC", "English"), 3),
    (Country("India", "AS", "English"), 2),
    (Country("Japan", "AS", "Japanese"), 1),
    (Country("South Africa", "AF", "English"), 2),
)
_PLANS = Mix(("Starter", 50), ("Pro", 35), ("Enterprise", 15))
_SEATS = {"Starter": 3, "Pro": 20, "Enterprise": 150}

_GIVEN = (
    "Ada", "Bram", "Celia", "Dario", "Edith", "Faisal", "Greta", "Hugo", "Ines", "Jorge",
    "Kaja", "Leon", "Maeve", "Nils", "Olga", "Paolo", "Quinn", "Rosa", "Stefan", "Thea",
)  # fmt: skip
_FAMILY = (
    "Abbot", "Berger", "Castell", "Duarte", "Ekman", "Fontaine", "Gallo", "Hartley", "Iversen", "Jansen",
    "Kovac", "Lorimer", "Moreau", "Novak", "Ortega", "Pell", "Rossi", "Sato", "Thorne", "Underhill",
)  # fmt: skip
_COMPANY_FIRST = (
    "Amber", "Birch", "Cobalt", "Drift", "Elm", "Fable", "Granite", "Hazel", "Indigo", "Juniper",
    "Kestrel", "Lantern", "Maple", "North", "Orchard", "Pebble", "Quarry", "River", "Saffron", "Thistle",
)  # fmt: skip
_COMPANY_LAST = (
    "Bakery", "Clinic", "Dental", "Fitness", "Gallery", "Hotels", "Kitchens", "Languages", "Motors",
    "Opticians", "Physio", "Rentals", "Salon", "Studios", "Tours", "Tutors", "Vets", "Weddings", "Yoga", "Zoo",
)  # fmt: skip
_COMPANIES = len(_COMPANY_FIRST) * len(_COMPANY_LAST)


@dataclass(frozen=True, slots=True, eq=False)
class Contact:
    """Somebody who writes to support; a lead has no company and no id in the customer's own system."""

    id: str
    external_id: str | None
    country: Country | None
    company: Json | None
    plan: str
    seats: int
    author: Author

    @property
    def reference(self) -> Json:
        """The contact as a conversation's list of contacts shows it."""
        country = self.country
        return {
            "type": "contact",
            "id": self.id,
            "external_id": self.external_id,
            "location": {
                "type": "location",
                "country": country and country.name,
                "continent_code": country and country.continent,
            },
        }


def somebody(chance: float) -> Contact:
    """The contact that `chance` (0 ≤ chance < 1) falls on; those with low numbers write more often."""
    return contact(int(CONTACTS * chance * chance))


def contact(number: int) -> Contact:
    """The contact of this number, always the same."""
    # Knuth's multiplicative hash: neighbours in number have nothing else in common.
    traits = number * 2_654_435_761 % 2**32 / 2**32
    is_lead = number % 6 == 5
    name = f"{_GIVEN[number % 20]} {_FAMILY[number // 20 % 20]}"
    contact_id = str(700_000_000 + number)
    company = None
    plan, seats = "Trial", 1
    if not is_lead:
        company_number = number * 7919 % _COMPANIES
        plan = _PLANS.pick(company_number / _COMPANIES * 7 % 1)
        seats = _SEATS[plan] + company_number % 10
        company = {
            "type": "company",
            "id": str(600_000 + company_number),
            "name": f"{_COMPANY_FIRST[company_number % 20]} {_COMPANY_LAST[company_number // 20]}",
        }
    return Contact(
        id=contact_id,
        external_id=None if is_lead else f"user-{number}",
        country=None if number % 20 == 19 else _COUNTRIES.pick(traits),
        company=company,
        plan=plan,
        seats=seats,
        author=Author(
            "contact",
            {
                "type": "lead" if is_lead else "user",
                "id": contact_id,
                "name": name,
                "email": f"contact{number}@customer.example",
            },
        ),
    )
