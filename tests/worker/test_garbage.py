"""How often a worker's process looks for garbage, in a process of its own."""

import subprocess
import sys

_PROGRAM = """
import gc, weakref
from indexer.worker.garbage import collect_seldom

class Cycle:
    pass

collect_seldom()
before = gc.get_stats()[0]["collections"]
batch = [[number] for number in range(20_000)]
print(gc.get_stats()[0]["collections"] - before, end=" ")
one = Cycle()
one.itself, gone = one, weakref.ref(one)
del one, batch
rest = [[number] for number in range(100_000)]
print(gone() is None)
"""


def test_a_batch_is_made_without_looking_for_garbage_and_cycles_do_not_stay() -> None:
    said = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["0", "True"]
