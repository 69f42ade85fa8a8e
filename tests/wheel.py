"""Proof that the wheel is whole: built, installed into an empty environment, and the demo run from there.

`python -m tests.wheel`; takes about a minute, most of it pip's.
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONVERSATIONS = "300"


def main() -> None:
    """Build, install, run; ends with an error if anything is missing."""
    with tempfile.TemporaryDirectory(prefix="indexer-wheel-") as name:
        directory = Path(name)
        directory.chmod(0o711)  # the embedded services may run as another account than root
        run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(directory), cwd=ROOT)
        (wheel,) = directory.glob("*.whl")
        venv.create(directory / "empty", with_pip=True)
        python = directory / "empty" / "bin" / "python"
        run(python, "-m", "pip", "install", "--quiet", "--constraint", pins(directory), wheel, cwd=directory)
        indexer = directory / "empty" / "bin" / "indexer"
        home = {"INDEXER_HOME": str(directory / "home")}
        try:
            run(indexer, "demo", "--no-serve", "--conversations", CONVERSATIONS, cwd=directory, **home)
            run(indexer, "index", "status", "--format", "table", cwd=directory, **home)
        finally:
            run(indexer, "down", "--delete-data", "--yes", cwd=directory, **home)
    print(f"{wheel.name} works in an empty environment")


def pins(directory: Path) -> Path:
    """The pinned versions without their hashes: with them pip would want one of the wheel just built."""
    file = directory / "pins.txt"
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    file.write_text("\n".join(line.removesuffix(" \\") for line in lines if "==" in line and not line.startswith(" ")))
    return file


def run(*command: str | Path, cwd: Path, **environment: str) -> None:
    """Run a command; its output is shown, its failure ends this program."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("INDEXER_", "PYTHON"))}
    subprocess.run([str(word) for word in command], cwd=cwd, env=inherited | environment, check=True)


if __name__ == "__main__":
    main()
