"""How often a worker's process looks for garbage that refers to itself."""

import gc
from typing import Final

VALUES: Final = 50_000
"""So many new values are waited for. Those of a batch do not refer to each other in cycles, and are freed without being
looked for."""


def collect_seldom() -> None:
    """Look for cycles seldom, and never among what the process has now, such as imported modules."""
    gc.freeze()
    gc.set_threshold(VALUES)
