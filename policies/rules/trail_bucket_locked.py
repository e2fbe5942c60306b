"""The bucket of a trail."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, any_passes, is_between, is_one_of

_DAYS = 365


@rule(
    id="CKV2_ARQ_20",
    severity="HIGH",
    on=("aws_cloudtrail",),
    why="An intruder who can delete log files removes the traces.",
    link="https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",
)
def trail_bucket_locked(trail: Block, stack: Stack) -> Verdict:
    """Buckets of trails must lock objects for a year: add aws_s3_bucket_object_lock_configuration."""
    buckets = stack.resolve(trail.get("s3_bucket_name"), "aws_s3_bucket")
    if not buckets:
        # A bucket of another stack or account.
        return Verdict.UNKNOWN
    locks = stack.referrers(buckets[0], "aws_s3_bucket_object_lock_configuration")
    return any_passes(_locks(each) for each in locks)


def _locks(lock: Block) -> Verdict:
    retention = "rule.default_retention"
    return all_pass(
        [
            is_one_of(lock.get(f"{retention}.mode"), ["COMPLIANCE", "GOVERNANCE"]),
            any_passes(
                [
                    is_between(lock.get(f"{retention}.days"), _DAYS),
                    is_between(lock.get(f"{retention}.years"), 1),
                ]
            ),
        ]
    )
