"""Tags of the instances and volumes that launch templates create."""

from policies.rule import rule
from policies.stack import Block, Json, Stack, at
from policies.tags import has_required_tags
from policies.verdict import Verdict, all_pass

_TAGGED_RESOURCES = ("instance", "volume")


@rule(
    id="CKV_ARQ_5",
    severity="MEDIUM",
    on=("aws_launch_template",),
    why="Instances and volumes are most of the bill, and the provider's default tags don't reach them.",
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-launch-template.html",
)
def launch_template_tags(template: Block, _: Stack) -> Verdict:
    """Launch templates must set the required tags in tag_specifications for instance and volume."""
    specifications = template.blocks("tag_specifications")
    tags: dict[str, Json] = {str(at(each, "resource_type")): at(each, "tags") for each in specifications}
    return all_pass(has_required_tags(tags.get(kind)) for kind in _TAGGED_RESOURCES)
