"""What customers write about. All of it is made up; `%d` is a number that varies."""

from typing import NamedTuple

from indexer.sample.authors import Team
from indexer.sample.proportions import Mix
from indexer.sample.sample_workspace import BILLING, FRONTLINE, ONBOARDING, TECHNICAL


class Topic(NamedTuple):
    """A subject: its title, product area, tag and team, how customers open and how teammates answer."""

    title: str
    area: str
    tag: str
    team: Team
    openings: tuple[str, ...]
    answers: tuple[str, ...]


_INVOICE = Topic(
    "Question about invoice %d",
    "Billing",
    "billing",
    BILLING,
    (
        "<p>Sample question: invoice %d shows one seat too many.</p>",
        "<p>Could you send invoice %d again? Our accounts team never got it.</p>",
        "<p>The VAT number is missing on invoice %d.</p>",
    ),
    (
        "<p>I have corrected invoice %d and sent it to your billing contact.</p>",
        "<p>The extra line on invoice %d is the seat added in the middle of the month.</p>",
    ),
)
_REFUND = Topic(
    "Refund for order %d",
    "Billing",
    "refund",
    BILLING,
    (
        "<p>We were charged twice for order %d. Please refund one of the two.</p>",
        "<p>I cancelled order %d in time but was charged all the same.</p>",
    ),
    (
        "<p>The refund for order %d is on its way and takes about five working days.</p>",
        "<p>I see both charges for order %d and have reversed the second one.</p>",
    ),
)
_LOGIN = Topic(
    "Cannot sign in (case %d)",
    "Account",
    "login",
    FRONTLINE,
    (
        "<p>Signing in fails with the made-up error code %d.</p>",
        "<p>The password mail never arrives. I have tried %d times.</p>",
        "<p>My colleague lost her phone and is locked out of account %d.</p>",
    ),
    (
        "<p>I have reset the second factor of account %d. Please try again.</p>",
        "<p>That mail was held back by a filter; a new link with number %d is on its way.</p>",
    ),
)
_API = Topic(
    "API answers %d",
    "API",
    "api",
    TECHNICAL,
    (
        "<p>Our nightly sync gets status %d from the bookings endpoint.</p>",
        "<p>Is there a limit of %d requests a minute? We seem to hit one.</p>",
    ),
    (
        "<p>The limit is per key; with two keys you stay below it. Reference %d.</p>",
        "<p>Thank you for the request id, I can see it: the filter %d is not valid there.</p>",
    ),
)
_IMPORT = Topic(
    "Import of %d rows stops",
    "Import",
    "import",
    ONBOARDING,
    (
        "<p>The import of our sample file stops at row %d.</p>",
        "<p>After the import %d customers have no telephone number.</p>",
    ),
    (
        "<p>Row %d has a date in another format. I have attached a corrected file.</p>",
        "<p>The column was mapped to notes; I have moved it for all %d of them.</p>",
    ),
)
_MOBILE = Topic(
    "App closes on screen %d",
    "Mobile",
    "mobile",
    TECHNICAL,
    (
        "<p>The app closes itself when I open booking %d.</p>",
        "<p>Since version %d no notifications arrive on my phone.</p>",
    ),
    (
        "<p>That is mended in build %d, which comes out this week.</p>",
        "<p>Please switch notifications off and on again; device %d will then register anew.</p>",
    ),
)
_FEATURE = Topic(
    "Idea number %d",
    "Calendar",
    "feature request",
    FRONTLINE,
    (
        "<p>It would help us to see %d weeks at once.</p>",
        "<p>Can bookings repeat every %d days? We could not find it.</p>",
    ),
    (
        "<p>Not yet, but I have added your vote to idea %d.</p>",
        "<p>You can: open the booking, choose Repeat and enter %d.</p>",
    ),
)
_CANCELLATION = Topic(
    "Cancelling account %d",
    "Account",
    "cancellation",
    BILLING,
    (
        "<p>We close our shop and would like to cancel account %d.</p>",
        "<p>What happens to our data when we cancel contract %d?</p>",
    ),
    (
        "<p>I am sorry to see you go. Account %d ends with the current month.</p>",
        "<p>You can export everything for %d days after the end.</p>",
    ),
)
_SETUP = Topic(
    "Setting up location %d",
    "Onboarding",
    "onboarding",
    ONBOARDING,
    (
        "<p>We are new here. How do we set up %d opening times?</p>",
        "<p>Could somebody walk us through setting up location %d?</p>",
    ),
    (
        "<p>Happy to. Here is a guide in %d short steps.</p>",
        "<p>I have prepared location %d for you; please check the opening times.</p>",
    ),
)
_PERMISSIONS = Topic(
    "Rights of user %d",
    "Account",
    "permissions",
    FRONTLINE,
    (
        "<p>User %d should see the calendar but not the prices.</p>",
        "<p>Nobody of us can edit role %d any more.</p>",
    ),
    (
        "<p>Role %d now has the right to see the calendar only.</p>",
        "<p>The last administrator had left; I have made user %d one.</p>",
    ),
)
_SYNC = Topic(
    "Calendar sync %d hours late",
    "Calendar",
    "calendar sync",
    TECHNICAL,
    (
        "<p>Bookings show up in our own calendar %d hours late.</p>",
        "<p>Event %d appears twice since yesterday.</p>",
    ),
    (
        "<p>The connection had expired. I have renewed it, reference %d.</p>",
        "<p>The duplicate of event %d is removed and will not come back.</p>",
    ),
)

OUTAGE = Topic(
    "Bookings page does not load (%d)",
    "Status",
    "outage",
    FRONTLINE,
    (
        "<p>Is anything wrong on your side? The bookings page shows error %d.</p>",
        "<p>Nothing loads for any of our %d users.</p>",
    ),
    (
        "<p>We are aware of it and working on it; incident %d on the status page.</p>",
        "<p>This is over now. About %d per cent of all pages were slow.</p>",
    ),
)

TOPICS = Mix(
    (_INVOICE, 14),
    (_REFUND, 8),
    (_LOGIN, 17),
    (_API, 10),
    (_IMPORT, 7),
    (_MOBILE, 9),
    (_FEATURE, 9),
    (_CANCELLATION, 4),
    (_SETUP, 8),
    (_PERMISSIONS, 6),
    (_SYNC, 8),
)
"""Everyday subjects; `OUTAGE` comes in bursts."""
