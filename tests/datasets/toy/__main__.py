"""The command `indexer` with one dataset more: `python -m tests.datasets.toy COMMAND …`."""

from pathlib import Path

from indexer.cli import main
from indexer.datasets import registry
from tests.datasets.toy.parcels import PARCELS

if __name__ == "__main__":
    registry.add(PARCELS, Path(__file__).parent)
    main()
