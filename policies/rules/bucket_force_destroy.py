"""A bucket of production isn't emptied to make a plan go through."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_false


@rule(
    id="CKV_ARQ_18",
    severity="CRITICAL",
    on=("aws_s3_bucket",),
    production_only=True,
    why="force_destroy deletes every object and version on destroy, logs, backups and state among them.",
    link="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket#force_destroy-1",
)
def bucket_force_destroy(bucket: Block, _: Stack) -> Verdict:
    """A production bucket is never emptied by Terraform."""
    force = bucket.get("force_destroy")
    return Verdict.PASS if force is None else is_false(force)
