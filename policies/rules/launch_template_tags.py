"""The provider's default tags end at the launch template: instances and volumes need them repeated."""

from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.tags import carries_required
from policies.verdict import Verdict, all_hold

_TAGGED = ("instance", "volume")


@rule(
    id="CKV_ARQ_5",
    severity="MEDIUM",
    on=("aws_launch_template",),
    why="Instances and their volumes are the larger part of the bill, and get no tags from the provider.",
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-launch-template.html",
)
def launch_template_tags(template: Block, _: Stack) -> Verdict:
    """A launch template tags its instances and volumes with the required tags."""
    specifications = template.blocks("tag_specifications")
    tags: dict[str, Json] = {str(at(each, "resource_type")): at(each, "tags") for each in specifications}
    return all_hold(carries_required(tags.get(kind)) for kind in _TAGGED)
