"""Compiling the definitions to machine code, see `indexer.native`."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from indexer.errors import OperatorError
from indexer.native import COMPILED, FOLDER, GROUP, PACKAGE, folder, sources

# A place where mypyc finds only these sources: nothing else on the machine can change the result.
_SETUP = """
from mypyc.build import mypycify
from setuptools import setup

setup(
    name="{group}",
    packages=[],
    ext_modules=mypycify(
        ["--config-file=", *{modules!r}], group_name="{group}", opt_level="3", debug_level="0", target_dir="c"
    ),
)
"""

_LAST_LINES = 15


def compile_definitions(say: Callable[[str], None] = lambda _: None) -> Path | None:
    """Compile the present sources, and return the path of the result, or None if it existed already.

    `say` is called before the compiling starts. Raises `OperatorError` if there is no compiler, or no right to write.
    What was compiled from other sources is removed: processes that use it have loaded it.
    """
    compiled = folder()
    if compiled.is_dir():
        return None
    if find_spec("mypyc") is None or find_spec("setuptools") is None:
        raise OperatorError(
            "mypyc, which compiles the definitions, is not installed", "pip install 'reporting-indexer[compile]'"
        )
    say("compiling the definitions, which takes half a minute at most")
    try:
        FOLDER.mkdir(exist_ok=True)
        with TemporaryDirectory(dir=FOLDER, prefix=".") as name:
            scratch = Path(name)
            _build(scratch)
            for other in FOLDER.glob("[!.]*"):
                shutil.rmtree(other)
            (scratch / "built").rename(compiled)
    except OSError as error:
        raise OperatorError(
            f"cannot write in {FOLDER}: {error}",
            f"run it as a user who may write in {PACKAGE}, or leave the definitions interpreted",
        ) from error
    return compiled


def _build(scratch: Path) -> None:
    """Compile a copy of the sources into `scratch/built`."""
    for source in sources():
        copy = scratch / "indexer" / source.relative_to(PACKAGE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
    modules = [str(Path("indexer") / source.relative_to(PACKAGE)) for source in COMPILED]
    (scratch / "setup.py").write_text(_SETUP.format(group=GROUP, modules=modules))
    done = subprocess.run(
        [sys.executable, "setup.py", "--quiet", "build_ext", "--build-lib", "built", "--build-temp", "objects"],
        cwd=scratch,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        said = "\n".join(done.stdout.splitlines()[-_LAST_LINES:])
        raise OperatorError(
            f"the definitions cannot be compiled:\n{said}",
            "install a C compiler and Python's headers (on Debian: gcc and python3-dev); without them the definitions "
            "are interpreted, which is slower and gives the same numbers",
        )
