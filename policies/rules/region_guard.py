"""A region that comes from the shell puts a stack wherever the shell happens to point."""

import re

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, decided

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")


@rule(
    id="CKV_ARQ_2",
    severity="HIGH",
    on=("aws",),
    why="Without a literal region, the shell's AWS_REGION decides where data comes to rest.",
    link="https://registry.terraform.io/providers/hashicorp/aws/latest/docs#region-1",
)
def region_guard(provider: Block, _: Stack) -> Verdict:
    """Every AWS provider names its region literally."""
    region = provider.get("region")
    return decided(isinstance(region, str) and bool(_REGION.fullmatch(region)))
