"""The provider's default tags don't reach an autoscaling group, nor the instances that it starts."""

from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.tags import carries_required
from policies.verdict import Verdict, all_hold, is_true


@rule(
    id="CKV_ARQ_4",
    severity="MEDIUM",
    on=("aws_autoscaling_group",),
    why="Instances come and go without Terraform: only tags that propagate at launch ever reach them.",
    link="https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-tagging.html",
)
def autoscaling_group_tags(group: Block, _: Stack) -> Verdict:
    """An autoscaling group repeats the required tags, propagated at launch."""
    blocks = group.blocks("tag")
    tags: dict[str, Json] = {str(at(block, "key")): at(block, "value") for block in blocks}
    return all_hold(
        [carries_required(tags), *(is_true(at(block, "propagate_at_launch")) for block in blocks)]
    )
