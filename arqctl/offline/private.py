"""What the stand-in keeps beside a resource's state, in Terraform's hands, for itself alone."""

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Private:
    """`ordinal` told the resource from others of equal configuration when it was made.

    Of an `imported` resource nothing but its id is known, until it was applied once.
    """

    ordinal: int = 0
    imported: bool = False

    @classmethod
    def decode(cls, private: bytes) -> Self:
        """What `encode` made; the defaults from nothing."""
        return cls(**json.loads(private)) if private else cls()

    def encode(self) -> bytes:
        """It as bytes, which Terraform hands back as they are."""
        return json.dumps(asdict(self)).encode()
