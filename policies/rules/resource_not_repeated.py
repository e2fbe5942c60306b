"""Resources that Terraform makes several times, or not at all."""

from policies.rule import EVERY_RESOURCE, rule
from policies.stack import Block, Stack
from policies.verdict import Verdict, pass_if

_REPETITIONS = ("count", "for_each", "dynamic")


@rule(
    id="CKV_ARQ_74",
    severity="HIGH",
    on=EVERY_RESOURCE,
    why="Rules read each block as one resource: with count = 0 it satisfies them, and does not exist.",
    link="https://developer.hashicorp.com/terraform/language/meta-arguments/count",
)
def resource_not_repeated(resource: Block, _: Stack) -> Verdict:
    """Resources must have no count, for_each or dynamic blocks: write one resource each, in a loop of Python.

    A number above 0 fails too. It makes the index a part of the address, so the removal of the first item
    replaces all others.
    """
    return pass_if(all(resource.get(each) is None for each in _REPETITIONS))
