"""Encryption and locking of Terraform state."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, is_set, is_true


@rule(
    id="CKV_ARQ_30",
    severity="HIGH",
    on=("s3",),
    why="Unencrypted state exposes secrets, and without a lock two applies at once lose resources.",
    link="https://developer.hashicorp.com/terraform/language/backend/s3",
)
def state_backend_protected(backend: Block, _: Stack) -> Verdict:
    """S3 backends must encrypt and lock the state: set encrypt, use_lockfile and kms_key_id."""
    return all_pass(
        [
            is_true(backend.get("encrypt")),
            is_true(backend.get("use_lockfile")),
            is_set(backend.get("kms_key_id")),
        ]
    )
