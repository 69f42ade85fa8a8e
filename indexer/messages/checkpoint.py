"""A checkpoint: a person, for a company, came to a node of a series. Stored in one form."""

from hashlib import blake2b

from msgspec import Struct
from msgspec.json import Decoder, Encoder

from indexer.conversation.values import epoch_seconds, identifier, text
from indexer.messages.written_values import integer, optional_moment, stored_form, unless_nothing
from indexer.records.raw import Raw, refuse_other_type, required_id


class Checkpoint(Struct, frozen=True, omit_defaults=True):
    """A checkpoint by the columns of the vendor's export; times in epoch seconds.

    The values of `status_code` and `status_name` are not public: both are kept as given.
    """

    user_id: str
    ruleset_id: str
    created_at: int
    company_id: str | None = None
    status_code: int | None = None
    status_name: str | None = None
    last_processed_at: int | None = None
    expires_at: int | None = None
    times_processed: int | None = None
    ordinal: int = 0

    @property
    def checkpoint_id(self) -> str:
        """The identity of the checkpoint, which has no id of its own: person, company, node and second."""
        said = "\0".join(
            (self.user_id, self.company_id or "", self.ruleset_id, str(self.created_at), str(self.ordinal))
        )
        return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    @property
    def visitor(self) -> str:
        """The series of checkpoints that it belongs to: those of one person, for one company, at one node."""
        return "\x1f".join((self.user_id, self.company_id or "", self.ruleset_id))

    @property
    def precedence(self) -> str:
        """Texts whose order by bytes is that of versions: the one that was processed later, then more often."""
        return f"{self.last_processed_at or 0:0>12}:{max(0, self.times_processed or 0):0>19}"


_encode = Encoder().encode
_decode = Decoder(Checkpoint).decode


def read_checkpoint(raw: Raw, ordinal: int = 0) -> Checkpoint:
    """A checkpoint from an object with the vendor's names; raises `Refused` without person, node or time."""
    refuse_other_type(raw, "checkpoint")
    return Checkpoint(
        user_id=required_id(raw.get("user_id"), "user_id"),
        ruleset_id=required_id(raw.get("ruleset_id"), "ruleset_id"),
        created_at=epoch_seconds(raw.get("created_at"), "created_at"),
        company_id=unless_nothing(raw.get("company_id")),
        status_code=integer(raw.get("status_code")),
        status_name=text(raw.get("status_name")) or identifier(raw.get("status_name")),
        last_processed_at=optional_moment(raw.get("last_processed_at"), "last_processed_at"),
        expires_at=optional_moment(raw.get("expires_at"), "expires_at"),
        times_processed=integer(raw.get("times_processed")),
        ordinal=ordinal,
    )


def stored_checkpoint(checkpoint: Checkpoint) -> bytes:
    """The checkpoint as it is stored; raises `Refused` for a text that is not Unicode."""
    return stored_form(_encode, checkpoint)


def checkpoint_from(payload: bytes) -> Checkpoint:
    """A stored checkpoint."""
    return _decode(payload)
