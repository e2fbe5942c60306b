"""Copies of buckets in another region."""

from policies.regions import in_other_regions
from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.verdict import Verdict, all_pass, any_passes, is_expression, is_one_of, is_set, pass_if

# Each must be Enabled. The time control limits the age of the copy to 15 minutes, and reports a failure.
_ENABLED = (
    "status",
    "delete_marker_replication.status",
    "source_selection_criteria.sse_kms_encrypted_objects.status",
    "destination.metrics.status",
    "destination.replication_time.status",
)
_FILTERS = ("prefix", "filter.prefix", "filter.tag", "filter.and")


@rule(
    id="CKV2_ARQ_15",
    severity="HIGH",
    on=("aws_s3_bucket_replication_configuration",),
    why="A failover uses the copies of state and site: what is not copied, or not deleted there, is wrong.",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html",
)
def bucket_copy_complete(replication: Block, stack: Stack) -> Verdict:
    """Replication must copy all objects and delete markers in 15 minutes, encrypted, to another region.

    Checkov requires versions of both buckets (CKV_AWS_21), and the replication itself (CKV_AWS_144).
    """
    sources = stack.resolve(replication.get("bucket"), "aws_s3_bucket")
    return any_passes(_copies_all(each, sources, stack) for each in replication.blocks("rule"))


def _copies_all(replication_rule: Json, sources: list[Block], stack: Stack) -> Verdict:
    copies = stack.resolve(at(replication_rule, "destination.bucket"), "aws_s3_bucket")
    return all_pass(
        [
            *(is_one_of(at(replication_rule, path), ["Enabled"]) for path in _ENABLED),
            *(_is_empty(at(replication_rule, path)) for path in _FILTERS),
            is_set(at(replication_rule, "destination.encryption_configuration.replica_kms_key_id")),
            # A bucket of another stack can be anywhere.
            in_other_regions(sources[0], copies[0], stack) if sources and copies else Verdict.UNKNOWN,
        ]
    )


def _is_empty(value: Json) -> Verdict:
    return Verdict.UNKNOWN if is_expression(value) else pass_if(not value)
