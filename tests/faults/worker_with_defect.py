"""A worker with a defect: `python -m tests.faults.worker_with_defect raise|kill CONVERSATION worker …`.

The computation of that one conversation raises an error, or kills its process.
"""

import os
import signal
import sys
from dataclasses import replace

from indexer.cli import main
from indexer.datasets import registry
from indexer.datasets.conversations import CONVERSATIONS
from indexer.datasets.dataset import Computation, Stored


def poison(how: str, conversation: str) -> None:
    """Have the computation fail at this conversation."""
    sign = f'"id":"{conversation}"'.encode()

    def document(stored: Stored, computation: Computation, version: int) -> bytes:
        if sign in stored.payload:
            if how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise ZeroDivisionError("a defect in the computation")
        return CONVERSATIONS.document(stored, computation, version)

    registry.add(replace(CONVERSATIONS, document=document))


if __name__ == "__main__":
    _, how, conversation, *arguments = sys.argv
    poison(how, conversation)
    sys.argv = ["indexer", *arguments]
    main()
