"""Region of AWS providers."""

import re

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, pass_if

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d")


@rule(
    id="CKV_ARQ_2",
    severity="HIGH",
    on=("aws",),
    why="Without a literal region, the shell's AWS_REGION decides where resources and data are created.",
    link="https://registry.terraform.io/providers/hashicorp/aws/latest/docs#region-1",
)
def provider_region_literal(provider: Block, _: Stack) -> Verdict:
    """AWS providers must set region to a literal value."""
    region = provider.get("region")
    return pass_if(isinstance(region, str) and bool(_REGION.fullmatch(region)))
