"""Deletion of production buckets."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_false


@rule(
    id="CKV_ARQ_18",
    severity="CRITICAL",
    on=("aws_s3_bucket",),
    production_only=True,
    why="force_destroy deletes all objects and versions on destroy, including logs, backups and state.",
    link="https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket#force_destroy-1",
)
def bucket_force_destroy_disabled(bucket: Block, _: Stack) -> Verdict:
    """Production S3 buckets must not be emptied by Terraform: remove force_destroy."""
    force_destroy = bucket.get("force_destroy")
    return Verdict.PASS if force_destroy is None else is_false(force_destroy)
