"""Scans of Inspector."""

from policies.rule import rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, all_pass, any_passes, is_one_of

_TYPES = ("EC2", "ECR", "LAMBDA")


@rule(
    id="CKV_ARQ_73",
    severity="HIGH",
    on=("aws_inspector2_enabler",),
    why="A vulnerability that becomes known after the push of an image is found only by a repeated scan.",
    link="https://docs.aws.amazon.com/inspector/latest/user/scanning-resources.html",
)
def inspector_scans_all(enabler: Block, _: Stack) -> Verdict:
    """Inspector must scan instances, images and functions: set resource_types to EC2, ECR and LAMBDA."""
    types = enabler.blocks("resource_types")
    return all_pass(any_passes(is_one_of(each, [type_]) for each in types) for type_ in _TYPES)
