"""The metadata service hands out a role's credentials: to the instance itself, and by token only."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_hold, is_between, is_one_of


@rule(
    id="CKV_ARQ_31",
    severity="HIGH",
    on=("aws_instance", "aws_launch_template"),
    why="With IMDSv1, or a second hop, a pod or a tricked proxy takes the node's role.",
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html",
)
def instance_metadata(instance: Block, _: Stack) -> Verdict:
    """Instance metadata needs a token and goes no further than one hop."""
    return all_hold(
        [
            is_one_of(instance.get("metadata_options.http_tokens"), ["required"]),
            is_between(instance.get("metadata_options.http_put_response_hop_limit"), 1, 1),
        ]
    )
