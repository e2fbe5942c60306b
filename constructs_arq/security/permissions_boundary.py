"""Permissions boundaries: the permissions that roles of an environment can have at most."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from constructs import Construct

from constructs_arq.core.policy import Statement, policy_document
from constructs_arq.core.protocols import StateStore
from constructs_arq.core.stack import Stack

_ORGANIZATION = ("account:*", "organizations:*")
_IDENTITIES = ("iam:*", *_ORGANIZATION)


class WorkloadBoundary(Construct):
    """The boundary of the roles that an environment's stacks create.

    `StackConfig.permissions_boundary` of these stacks is its name. So it must exist before they are deployed.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """

    def __init__(self, scope: Construct, id: str, *, name: str, state: StateStore) -> None:
        super().__init__(scope, id)
        self.arn: str = IamPolicy(
            self,
            "Default",
            name=name,
            description="Limits the roles that the stacks of the environment create",
            policy=policy_document(
                _allow_all_but(_IDENTITIES, on=[state.arn, f"{state.arn}/*", state.key.arn])
            ),
            lifecycle=Stack.of(self).protection,
        ).arn


class DeliveryBoundary(Construct):
    """The boundary of the delivery roles, and of the role that replicates the state."""

    def __init__(self, scope: Construct, id: str, *, name: str) -> None:
        super().__init__(scope, id)
        self.arn: str = IamPolicy(
            self,
            "Default",
            name=name,
            description="Limits the delivery roles",
            policy=policy_document(
                _allow_all_but(
                    _ORGANIZATION,
                    on=[
                        Stack.of(self).arn("iam", f"policy/{Stack.of(self).environment}-*boundary", region="")
                    ],
                )
            ),
            lifecycle=Stack.of(self).protection,
        ).arn


def _allow_all_but(actions: Sequence[str], *, on: Sequence[str]) -> Statement:
    return Statement(sid="AllButAdministration", not_actions=actions, not_resources=on)
