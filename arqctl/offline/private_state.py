"""The offline provider's private data of a resource, which Terraform stores beside the state."""

import json
from dataclasses import asdict, dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class PrivateState:
    """`ordinal` is the resource's index among resources created with the same configuration.

    Only the id of an `imported` resource is known until its first apply.
    """

    ordinal: int = 0
    imported: bool = False

    @classmethod
    def decode(cls, private: bytes) -> Self:
        """Return the decoded data, or the defaults for empty bytes."""
        return cls(**json.loads(private)) if private else cls()

    def encode(self) -> bytes:
        """Return the bytes that Terraform stores unchanged."""
        return json.dumps(asdict(self)).encode()
