"""Public access to VPCs."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, is_one_of


@rule(
    id="CKV_ARQ_72",
    severity="MEDIUM",
    on=("aws_vpc_block_public_access_options",),
    why="In a region without networks of the platform, only an intruder opens a VPC to the internet.",
    link="https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html",
)
def vpc_public_access_blocked(options: Block, _: Stack) -> Verdict:
    """VPC Block Public Access must be on: set internet_gateway_block_mode to block-bidirectional."""
    return is_one_of(options.get("internet_gateway_block_mode"), ["block-bidirectional"])
