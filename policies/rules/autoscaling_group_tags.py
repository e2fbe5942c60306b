"""Tags of autoscaling groups, which the provider's default tags don't reach."""

from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.tags import has_required_tags
from policies.verdict import Verdict, all_pass, is_true


@rule(
    id="CKV_ARQ_4",
    severity="MEDIUM",
    on=("aws_autoscaling_group",),
    why="Terraform doesn't create the instances: only tags that propagate at launch reach them.",
    link="https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html",
)
def autoscaling_group_tags(group: Block, _: Stack) -> Verdict:
    """Autoscaling groups must set the required tags with propagate_at_launch = true."""
    blocks = group.blocks("tag")
    tags: dict[str, Json] = {str(at(block, "key")): at(block, "value") for block in blocks}
    return all_pass(
        [has_required_tags(tags), *(is_true(at(block, "propagate_at_launch")) for block in blocks)]
    )
