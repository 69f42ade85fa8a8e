"""A worker with a defect: `python -m tests.faults.poisonous raise|kill CONVERSATION worker …`.

The computation of that one conversation raises an error, or kills its process.
"""

import os
import signal
import sys
from typing import Any

from indexer.cli import main
from indexer.indexing.computation import Computation


def poison(how: str, conversation: str) -> None:
    """Have the computation fail at this conversation."""
    compute = Computation.document
    sign = f'"id":"{conversation}"'.encode()

    def document(self: Computation, payload: bytes, *rest: Any) -> bytes:
        if sign in payload:
            if how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise ZeroDivisionError("a defect in the computation")
        return compute(self, payload, *rest)

    setattr(Computation, "document", document)  # noqa: B010 - its parameters are nobody's business here


if __name__ == "__main__":
    _, how, conversation, *arguments = sys.argv
    poison(how, conversation)
    sys.argv = ["indexer", *arguments]
    main()
