"""State holds every secret that Terraform has seen, and two writers break it."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_hold, is_given, is_true


@rule(
    id="CKV_ARQ_30",
    severity="HIGH",
    on=("s3",),
    why="State lies in plain text unless encrypted, and without a lock two applies at once lose resources.",
    link="https://developer.hashicorp.com/terraform/language/backend/s3",
)
def state_backend_protected(backend: Block, _: Stack) -> Verdict:
    """A stack's state is encrypted with an own key and locked."""
    return all_hold(
        [
            is_true(backend.get("encrypt")),
            is_true(backend.get("use_lockfile")),
            is_given(backend.get("kms_key_id")),
        ]
    )
