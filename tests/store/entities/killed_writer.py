"""A process that saves people, their events and merges, and is killed before one of its statements or commits."""

import os
import signal
import sys

from msgspec import Struct
from msgspec.json import Decoder
from sqlalchemy import event as listening

from indexer.people.person_event import PersonEvent
from indexer.store.database import open_store
from tests.store.entities.people import People, person


class Step(Struct):
    """A transaction: events to save, a merge, or the id of a person to save."""

    events: list[PersonEvent] = []
    merge: tuple[str, str] | None = None
    person: str | None = None

    def take(self, people: People) -> None:
        if self.events:
            people.happen(*self.events)
        if self.merge:
            people.merge(*self.merge)
        if self.person:
            people.save(person(self.person, external_id=f"ext-{self.person}"))


def main() -> None:
    """Take the steps of standard input; the arguments are the store, the workspace, and the statement that is never."""
    url, workspace, last = sys.argv[1:]
    left = int(last)
    engine = open_store(url)

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    listening.listen(engine, "before_cursor_execute", count)
    listening.listen(engine, "commit", count)
    people = People(engine, workspace)
    for step in Decoder(list[Step]).decode(sys.stdin.buffer.read()):
        step.take(people)


if __name__ == "__main__":
    main()
