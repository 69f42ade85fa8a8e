"""What all tables share: their metadata, and kinds of columns."""

from sqlalchemy import BigInteger, Column, DateTime, MetaData, Sequence, Text

metadata = MetaData()

# Numbers every write, whatever its table: the highest number among a document's inputs is its version.
revision = Sequence("revision", metadata=metadata, data_type=BigInteger)


def id_column(name: str, *, primary_key: bool = True) -> Column[str]:
    # Collation C orders by bytes, as Elasticsearch orders keywords: both sides can be walked in step.
    return Column(name, Text(collation="C"), primary_key=primary_key, nullable=False)


def moment(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)
