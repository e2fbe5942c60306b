"""Customer managed policies of IAM."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.policy import Statement, policy_document
from constructs_arq.core.stack import Stack

# IAM doesn't count white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_MAX_CHARACTERS = 6_144


def make_managed_policy(
    scope: Construct, *, name: str, description: str, statements: Sequence[Statement]
) -> IamPolicy:
    """Create the policy as the child `Default` of `scope`.

    Raises:
        ConstructError: if the document is longer than IAM allows.
    """
    document = policy_document(*statements)
    characters = len("".join(document.split()))
    if characters > _MAX_CHARACTERS:
        raise ConstructError(
            scope.node.path,
            f"has a policy of {characters:,} characters; IAM allows {_MAX_CHARACTERS:,}",
            fix="Name fewer roles or resources in it, or use shorter names.",
        )
    return IamPolicy(
        scope,
        "Default",
        name=name,
        description=description,
        policy=document,
        lifecycle=Stack.of(scope).protection,
    )
