"""What has to exist before something else, where no reference says so."""

from cdktf import TerraformResource, TerraformStack
from constructs import Construct

from constructs_arq.core.stack import Stack


def resources_in(*constructs: Construct, stack: Stack) -> list[TerraformResource]:
    """Every resource in `constructs`, for `depends_on`: cdktf can't depend on a construct as a whole.

    What is in another stack than `stack` is left out: there, the order of the stacks says it.
    """
    return [
        node
        for construct in constructs
        if TerraformStack.of(construct) is stack
        for node in construct.node.find_all()
        if isinstance(node, TerraformResource)
    ]
