"""Who owns it, who pays for it: asked of every resource, answered once, on the provider."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.tags import carries_required
from policies.verdict import Verdict


@rule(
    id="CKV_ARQ_3",
    severity="MEDIUM",
    on=("aws",),
    why="An untagged resource has no owner in an incident and no cost center on the bill.",
    link="https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html",
)
def provider_default_tags(provider: Block, _: Stack) -> Verdict:
    """Every AWS provider tags all it makes with environment, project, owner, cost-center and managed-by."""
    return carries_required(provider.get("default_tags.tags"))
