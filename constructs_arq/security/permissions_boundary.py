"""Permissions boundaries: the permissions that roles of an environment can have at most.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from collections.abc import Sequence

from constructs import Construct

from constructs_arq.core.policy import Statement
from constructs_arq.core.stack import Stack
from constructs_arq.security.delivery_limits import DeliveryReach, delivery_limits
from constructs_arq.security.managed_policy import make_managed_policy
from constructs_arq.security.shared_limits import deny_all_but
from constructs_arq.security.workload_limits import workload_limits


class WorkloadBoundary(Construct):
    """The boundary of the roles that an environment's stacks create.

    `StackConfig.permissions_boundary` of these stacks is its name. So it must exist before they are deployed.
    `state_buckets` are names, or patterns of names, of buckets that no workload can use. `runner_roles` are
    the ARNs of each `RunnerRole`, which have this boundary too. Only they can use connections.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        state_buckets: Sequence[str],
        runner_roles: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        self.arn: str = make_managed_policy(
            self,
            name=name,
            description="Limits the roles that the stacks of the environment create",
            statements=workload_limits(
                Stack.of(self), state_buckets=state_buckets, runner_roles=runner_roles
            ),
        ).arn


class ReplicationBoundary(Construct):
    """The boundary of a role that copies objects between `buckets`, which `keys` encrypt. Both are ARNs."""

    def __init__(
        self, scope: Construct, id: str, *, name: str, buckets: Sequence[str], keys: Sequence[str]
    ) -> None:
        super().__init__(scope, id)
        self.arn: str = make_managed_policy(
            self,
            name=name,
            description="Limits the role that copies the state",
            statements=[
                deny_all_but("CopiesOnly", "kms:*", "s3:*"),
                Statement(
                    sid="CopyObjects",
                    actions=[
                        "s3:GetObjectVersion*",
                        "s3:GetReplicationConfiguration",
                        "s3:ListBucket",
                        "s3:Replicate*",
                    ],
                    resources=[each for arn in buckets for each in (arn, f"{arn}/*")],
                ),
                Statement(
                    sid="UseKeys",
                    actions=[
                        "kms:Decrypt",
                        "kms:DescribeKey",
                        "kms:Encrypt",
                        "kms:GenerateDataKey*",
                        "kms:ReEncrypt*",
                    ],
                    resources=keys,
                ),
            ],
        ).arn


class AuditBoundary(Construct):
    """The boundary of roles with which services of AWS write to log groups, and forward events to `bus`."""

    def __init__(self, scope: Construct, id: str, *, name: str, log_groups: str, bus: str) -> None:
        super().__init__(scope, id)
        self.arn: str = make_managed_policy(
            self,
            name=name,
            description="Limits the roles of the account's audit",
            statements=[
                deny_all_but("AuditOnly", "events:PutEvents", "logs:CreateLogStream", "logs:PutLogEvents"),
                Statement(
                    sid="WriteLogs",
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[log_groups],
                ),
                Statement(sid="ForwardEvents", actions=["events:PutEvents"], resources=[bus]),
            ],
        ).arn


class DeliveryBoundary(Construct):
    """The boundary of the delivery roles, which plan, deploy and publish."""

    def __init__(self, scope: Construct, id: str, *, name: str, reach: DeliveryReach) -> None:
        super().__init__(scope, id)
        self.arn: str = make_managed_policy(
            self,
            name=name,
            description="Limits the delivery roles",
            statements=delivery_limits(Stack.of(self), reach),
        ).arn
