"""Default tags of AWS providers."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.tags import has_required_tags
from policies.verdict import Verdict


@rule(
    id="CKV_ARQ_3",
    severity="MEDIUM",
    on=("aws",),
    why="An untagged resource has no owner in an incident and no cost center on the bill.",
    link="https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
)
def provider_default_tags(provider: Block, _: Stack) -> Verdict:
    """AWS providers must set the default_tags environment, project, owner, cost-center and managed-by."""
    return has_required_tags(provider.get("default_tags.tags"))
