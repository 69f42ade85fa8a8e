"""`indexer compile`: the definitions as machine code."""

import typer

from indexer.cli.app import app


@app.command("compile")
def compile_() -> None:
    """Compile the definitions of metrics to machine code, which computes documents in less time.

    Needs a C compiler and Python's headers. The code runs as long as the sources stay as they are; after an edit they
    are interpreted until they are compiled again. INDEXER_NATIVE=0 interprets them in any case.
    """
    from indexer.pipeline.compiling import compile_definitions

    done = compile_definitions(lambda line: typer.echo(line, err=True))
    typer.echo("compiled already" if done is None else f"compiled into {done}")
