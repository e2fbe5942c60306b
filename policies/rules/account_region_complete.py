"""Defaults of an account in each region."""

from policies.audit_services import has_networks, in_provider, is_of_account
from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, any_passes, is_one_of, is_true, pass_if


@rule(
    id="CKV2_ARQ_26",
    severity="HIGH",
    on=("aws",),
    why="Tools and people make resources without settings of their own, in regions that nobody looks at.",
    link="https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html",
)
def account_region_complete(provider: Block, stack: Stack) -> Verdict:
    """Regions of an account stack must have all defaults: pass each region to AccountDefaults.

    The account blocks public buckets. Each region has encryption of volumes, IMDSv2, no public snapshots and
    images, and no internet for VPCs, except in regions of the stack's output network_regions.
    """
    if not is_of_account(stack):
        return Verdict.NOT_APPLICABLE
    return all_pass(
        [
            # Checkov's CKV_AWS_53 to CKV_AWS_56 check the four settings.
            pass_if(bool(stack.of_type("aws_s3_account_public_access_block"))),
            any_passes(
                is_true(each.get("enabled"))
                for each in in_provider(provider, stack, "aws_ebs_encryption_by_default")
            ),
            _sets(provider, stack, "aws_ec2_instance_metadata_defaults", "http_tokens", ["required"]),
            _sets(provider, stack, "aws_ebs_snapshot_block_public_access", "state", ["block-all-sharing"]),
            _sets(provider, stack, "aws_ec2_image_block_public_access", "state", ["block-new-sharing"]),
            Verdict.PASS
            if has_networks(provider.get("region"), stack)
            # CKV_ARQ_72 checks the mode.
            else any_passes(
                Verdict.PASS for _ in in_provider(provider, stack, "aws_vpc_block_public_access_options")
            ),
        ]
    )


def _sets(provider: Block, stack: Stack, type_: str, argument: str, allowed: list[str]) -> Verdict:
    return any_passes(is_one_of(each.get(argument), allowed) for each in in_provider(provider, stack, type_))
