"""Access to instance metadata."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, is_between, is_one_of


@rule(
    id="CKV_ARQ_31",
    severity="HIGH",
    on=("aws_instance", "aws_launch_template"),
    why="With IMDSv1 or a second hop, a pod or an exploited proxy can take the node's role.",
    link="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html",
)
def instance_metadata_token_required(instance: Block, _: Stack) -> Verdict:
    """Instance metadata must require a token and one hop: http_tokens = required, hop limit 1."""
    return all_pass(
        [
            is_one_of(instance.get("metadata_options.http_tokens"), ["required"]),
            is_between(instance.get("metadata_options.http_put_response_hop_limit"), 1, 1),
        ]
    )
