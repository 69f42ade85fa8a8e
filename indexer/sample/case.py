"""One conversation while it is being told: its thread, its people, and the chances that decide."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from indexer.sample.arrivals import Arrivals
from indexer.sample.authors import Author, Json, Teammate
from indexer.sample.channels import HOUR, Channel
from indexer.sample.people import Contact
from indexer.sample.phrases import AND_ANOTHER
from indexer.sample.proportions import scattered, steady
from indexer.sample.rota import Rota
from indexer.sample.sample_workspace import FRONTLINE
from indexer.sample.thread import PresentReached, Thread
from indexer.sample.topics import Topic

_NIGHTLY_BACKLOG = 25 * 60

Target = Literal["first_reply_time", "next_reply_time", "time_to_close"]
"""What a service level promises (`event_details.sla_target_type`)."""


@dataclass(slots=True)
class Promise:
    """A service level: its name, the seconds that each target allows, and how it went."""

    name: str
    targets: dict[Target, int]
    states: dict[Target, Literal["hit", "missed"]] = field(default_factory=dict)
    cancelled: bool = False

    def note(self, target: Target, *, kept: bool) -> None:
        """Note how a target went; one that was missed stays missed."""
        if self.states.get(target) != "missed":
            self.states[target] = "hit" if kept else "missed"

    @property
    def status(self) -> str:
        """Any cancellation, else any miss, else any reply in time decides."""
        if self.cancelled:
            return "cancelled"
        if "missed" in self.states.values():
            return "missed"
        return "hit" if self.states else "active"


@dataclass(slots=True)
class Case:
    """Everything that scenes read and change. `draw` gives the next chance, 0 ≤ chance < 1."""

    draw: Callable[[], float]
    thread: Thread
    rota: Rota
    arrivals: Arrivals
    contacts: list[Contact]
    channel: Channel
    topic: Topic
    priority: str = "none"
    tags: list[str] = field(default_factory=list)
    rating: Json | None = None
    ai_agent: Json | None = None
    promise: Promise | None = None
    answered: bool = False

    @property
    def contact(self) -> Contact:
        """The contact that the conversation is with."""
        return self.contacts[0]

    def happens(self, share: float) -> bool:
        """Whether something that happens in `share` of all cases happens now."""
        return self.draw() < share

    def words(self, phrases: Sequence[str]) -> str:
        """One of the phrases with a number in it."""
        chance = self.draw() * len(phrases)
        choice = int(chance)
        return phrases[choice] % (2 + int((chance - choice) * 9000))

    def soon(self, median: float) -> int:
        """Seconds that somebody at work takes."""
        return steady.pick(median, self.draw())

    def later(self, median: float) -> int:
        """Seconds that a customer takes."""
        return scattered.pick(median, self.draw())

    def bot(self, part_type: str, author: Author, body: str | None = None, after: int = 0) -> None:
        """Let a bot write a part so many seconds from now."""
        self.thread.add(part_type, self.thread.now + after, author, body)

    def customer_writes(self, phrases: Sequence[str], median: float) -> None:
        """One to three messages of the customer's, the first after about `median` seconds.

        An answer to a closed or snoozed conversation opens it, which the vendor writes as one part of type `open`.
        """
        at = self.thread.now + self.later(median)
        self.customer_message(at, self.words(phrases))
        while self.happens(0.16) and len(self.thread.parts) < 40:
            self.customer_message(self.thread.now + self.soon(45), self.words(AND_ANOTHER))

    def customer_message(self, at: int, body: str) -> None:
        """One message of the customer's at `at`: text, at times with a picture, or a picture alone."""
        contact = self.contacts[-1] if len(self.contacts) > 1 and self.happens(0.4) else self.contact
        chance = self.draw()
        self.thread.add(
            "comment" if self.thread.state == "open" else "open",
            at,
            contact.author,
            None if chance < 0.03 else body,
            attachments=[self.picture()] if chance < 0.07 else None,
            redacted=chance > 0.995,
        )

    def picture(self) -> Json:
        """An attachment."""
        number = int(self.draw() * 9000)
        return {
            "type": "upload",
            "name": f"screen-{number}.png",
            "url": f"https://files.tidewater.example/screen-{number}.png",
            "content_type": "image/png",
            "filesize": 20_000 + number * 31,
            "width": 1280,
            "height": 720,
        }

    def on_duty(self, delay: int) -> tuple[Teammate, int]:
        """Who of the assigned team does the next thing, and when, if it takes `delay` seconds of work.

        The assigned teammate does it if at work then, often also by coming back to it the next day; otherwise
        whoever is on shift, at the earliest when somebody is, with the night's backlog to work off first.
        Raises `PresentReached` if that is after the end of the history.
        """
        thread, rota = self.thread, self.rota
        team = thread.team or FRONTLINE
        at = thread.now + delay
        if at >= thread.end:
            raise PresentReached
        roster = rota.on_shift(team, at)
        mate = thread.teammate
        if mate is not None:
            if mate in roster:
                return mate, at
            back = rota.next_shift(mate, at)
            if back - at < 20 * HOUR and self.happens(0.5):
                return mate, back + self.soon(_NIGHTLY_BACKLOG)
        if not roster:
            at = rota.next_covered(team, at)
            if at >= thread.end:
                raise PresentReached
            roster = rota.on_shift(team, at)
            at += self.soon(_NIGHTLY_BACKLOG)
        if mate is not None and mate in roster:
            return mate, at
        return roster[int(self.draw() * len(roster))], at
