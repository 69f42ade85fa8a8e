"""`indexer compile`: the definitions as machine code."""

import typer

from indexer.cli.app import app


@app.command("compile")
def compile_() -> None:
    """Compile the definitions of metrics to machine code, which computes documents faster.

    This needs a C compiler and Python's headers. If you edit the sources, they are interpreted until you compile them
    again. If INDEXER_NATIVE=0 is set, they are always interpreted.
    """
    from indexer.compile_definitions import compile_definitions

    done = compile_definitions(lambda line: typer.echo(line, err=True))
    typer.echo("compiled already" if done is None else f"compiled into {done}")
