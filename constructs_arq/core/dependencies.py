"""Explicit dependencies between constructs that do not reference each other."""

from cdktf import TerraformResource, TerraformStack
from constructs import Construct

from constructs_arq.core.stack import Stack


def terraform_resources(*constructs: Construct, stack: Stack) -> list[TerraformResource]:
    """Return all resources in `constructs`, for `depends_on`: cdktf can't depend on a construct.

    The result excludes resources of other stacks than `stack`: stack dependencies order those.
    """
    return [
        node
        for construct in constructs
        if TerraformStack.of(construct) is stack
        for node in construct.node.find_all()
        if isinstance(node, TerraformResource)
    ]
