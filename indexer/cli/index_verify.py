"""`indexer index verify`: the new index of a rebuild beside the old one, document by document."""

from typing import Annotated

import typer

from indexer.cli.index import index_app
from indexer.cli.output import Format, FormatOption, output_format, print_json, print_records
from indexer.cli.rebuild_in_progress import DatasetArgument, rebuilder_of
from indexer.cli.shared_options import DEFAULT_DATASET
from indexer.errors import OperatorError


@index_app.command()
def verify(
    dataset: DatasetArgument = DEFAULT_DATASET,
    *,
    sample: Annotated[
        float,
        typer.Option("--sample", min=0, max=1, metavar="SHARE", help="Compare this share of documents field by field."),
    ] = 1,
    output: FormatOption = None,
) -> None:
    """Compare the new index of a rebuild with the old one, and count the documents that a swap changes, by field.

    Exit code 1 if a swap changes any document.
    """
    from indexer.cli.progress import count_progress
    from indexer.indexing.index_diff import IndexComparison

    rebuilder = rebuilder_of(dataset)
    current = rebuilder.expected()
    if current.step in ("create", "dual_write"):
        raise OperatorError("there is nothing in the new index yet", "continue with: indexer index rebuild --no-swap")
    key = rebuilder.site.dataset.key_field
    comparison = IndexComparison(rebuilder.site.search, current.from_index, current.to_index, sample, key)
    total = int(rebuilder.site.search.count(index=current.from_index)["count"])
    with count_progress("comparing", total) as on_documents:
        found = comparison.run(on_documents)
    counts = {
        name: getattr(found, name)
        for name in ("documents", "compared", "equal", "moving", "only_in_current", "only_in_new")
    }
    fields = [{"field": name, "documents": count} for name, count in found.fields.most_common()]
    samples = [one._asdict() for one in found.samples]
    match output_format(output):
        case Format.JSON:
            print_json({**counts, "fields": fields, "samples": samples})
        case Format.CSV:
            print_records(fields, ["field", "documents"], output)
        case Format.TABLE:
            typer.echo(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items()))
            if fields:
                print_records(fields, ["field", "documents"], output, "fields that differ")
                print_records(samples, ["field", "document", "current", "new"], output, "samples")
    if found.different:
        raise typer.Exit(1)
