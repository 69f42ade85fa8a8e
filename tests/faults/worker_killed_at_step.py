"""A worker that is killed at one step of the drain.

Call it as `python -m tests.faults.worker_killed_at_step STEP WHO,WHO DIRECTORY worker …`.

It is the real worker. The first process of it that comes to that step sends `kill -9` to itself (the first WHO is
`process`) or to all of the worker (`worker`), or has all of it stand still (`still`); the next one by the second WHO,
and so on. Each strike leaves a file in the directory, so that a worker started anew goes on in that row.
"""

import enum
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.cli import main
from indexer.indexing import drain

if TYPE_CHECKING:
    from collections.abc import Callable


class Step(enum.StrEnum):
    """Where the drain is when it is killed."""

    BEFORE_LEASE = "before-lease"
    AFTER_LEASE = "after-lease"
    AFTER_BULK = "after-bulk"
    BEFORE_COMMIT = "before-commit"
    """What has been indexed is settled, and the transaction is not committed."""


class Strikes:
    """One for each of `whom`, by whichever process comes first."""

    def __init__(self, whom: list[str], directory: Path) -> None:
        self._whom = whom
        self._directory = directory

    def strike(self) -> None:
        for number, whom in enumerate(self._whom):
            try:
                os.close(os.open(self._directory / f"strike-{number}", os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                continue
            match whom:
                case "process":
                    os.kill(os.getpid(), signal.SIGKILL)
                case "worker":
                    os.killpg(0, signal.SIGKILL)
                case "still":
                    os.killpg(0, signal.SIGSTOP)


def arm(step: Step, strikes: Strikes) -> None:
    """Have the strikes happen at that step."""

    def before(name: str) -> None:
        function: Callable[..., Any] = getattr(drain, name)

        def struck(connection: Any, work: Any, *rest: Any, **options: Any) -> Any:
            if work:  # a settlement of nothing comes before no commit that matters
                strikes.strike()
            return function(connection, work, *rest, **options)

        setattr(drain, name, struck)

    def after(name: str) -> None:
        function: Callable[..., Any] = getattr(drain, name)

        def struck(connection: Any, work: Any, *rest: Any) -> Any:
            answer = function(connection, work, *rest)
            if work:
                strikes.strike()
            return answer

        setattr(drain, name, struck)

    match step:
        case Step.BEFORE_LEASE:
            before("lease_changes")
        case Step.AFTER_LEASE:
            before("read_inputs")
        case Step.AFTER_BULK:
            before("settle_changes")
        case Step.BEFORE_COMMIT:
            after("settle_changes")


if __name__ == "__main__":
    _, step, whom, directory, *arguments = sys.argv
    arm(Step(step), Strikes(whom.split(","), Path(directory)))
    sys.argv = ["indexer", *arguments]
    main()
