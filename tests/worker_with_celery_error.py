"""A worker that trips over an error of Celery's own: `python -m tests.worker_with_celery_error FILE worker …`.

It is the real one, but where FILE is there when its consumer starts, it takes FILE away and breaks.
"""

import sys
from pathlib import Path
from typing import Any

from celery.bootsteps import StartStopStep

from indexer.cli import main
from indexer.tasks import app

FILE = Path(sys.argv.pop(1))


class Trap(StartStopStep):  # type: ignore[misc]  # Celery has no types
    requires = ("celery.worker.consumer:Tasks",)

    def start(self, parent: Any) -> None:
        if FILE.exists():
            FILE.unlink()
            raise AttributeError("'NoneType' object has no attribute 'hostname'")


app.steps["consumer"].add(Trap)
main()
