"""Hashes for the names of objects that Kubernetes can't change."""

from collections.abc import Mapping
from typing import Final

from cdktf import Fn, TerraformLocal, Token
from constructs import Construct

_HASH_LENGTH: Final = 10


def content_hash(scope: Construct, id: str, content: Mapping[str, str]) -> str:
    """Return a short hash that Terraform calculates, because values of other stacks are known only there.

    The values are in a local value: cdktf's functions don't accept references inside longer text.
    """
    local = TerraformLocal(scope, id, dict(content))
    return Token.as_string(Fn.substr(Fn.sha256(Fn.jsonencode(local.expression)), 0, _HASH_LENGTH))
