"""Limits of the deploy role: it can't change what records and checks the account."""

from constructs import Construct

from constructs_arq.core.policy import Statement
from constructs_arq.core.stack import Stack
from constructs_arq.security.managed_policy import make_managed_policy
from constructs_arq.security.role import Role
from constructs_arq.security.shared_limits import deny

# The boundary of delivery roles denies these too, as long as it does not list them.
_SERVICES = ("access-analyzer:*", "cloudtrail:*", "config:*", "guardduty:*", "inspector2:*", "securityhub:*")
# Settings of services that the deploy role uses otherwise.
_SETTINGS = ("ecr:PutRegistryScanningConfiguration", "iam:*AccountPasswordPolicy")


class AuditLimits(Construct):
    """A policy of denials for `role`, about all resources of the account's audit.

    Their names begin with the environment and `audit`, and so do the aliases of their keys.
    """

    def __init__(self, scope: Construct, id: str, *, name: str, role: Role) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        own = stack.physical_name("audit-*")
        aliases = f"alias/{own}"
        policy = make_managed_policy(
            self,
            name=name,
            description=f"Keeps deployments of {stack.environment} out of the audit of the account",
            statements=[
                deny("KeepServices", *_SERVICES),
                deny("KeepSettings", *_SETTINGS),
                Statement(
                    sid="KeepResources",
                    effect="Deny",
                    actions=["cloudwatch:*", "events:*", "logs:*", "s3:*", "sns:*"],
                    resources=_resources(stack, own),
                ),
                Statement(
                    sid="KeepKeys",
                    effect="Deny",
                    actions=["kms:*"],
                    resources=["*"],
                    conditions={"ForAnyValue:StringLike": {"kms:ResourceAliases": aliases}},
                ),
                Statement(
                    sid="KeepAliases",
                    effect="Deny",
                    actions=["kms:*Alias"],
                    resources=[stack.arn("kms", aliases, region="*")],
                ),
            ],
        )
        role.attach_policy(policy)


def _resources(stack: Stack, own: str) -> list[str]:
    return [
        stack.arn("cloudwatch", f"alarm:{own}", region="*"),
        stack.arn("events", f"rule/{own}", region="*"),
        stack.arn("logs", f"log-group:/aws/cloudtrail/{own}", region="*"),
        stack.arn("logs", f"log-group:/aws/events/{own}", region="*"),
        stack.arn("s3", own, region="", account_id=""),
        stack.arn("sns", own, region="*"),
    ]
