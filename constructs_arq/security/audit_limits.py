"""Limits of the deploy role: it can't change what records, checks and backs up the account."""

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
# Keys of the account stack, without the environment. Nobody reads the backups of a vault without its key.
_KEYS = ("audit-*", "backups-*", "cost-alerts-*", "image-replication-*")
_IMAGE_READS = ("ecr:BatchCheck*", "ecr:BatchGet*", "ecr:Describe*", "ecr:Get*", "ecr:List*")


class AuditLimits(Construct):
    """A policy of denials for `role`, about resources of the account stack that other limits allow.

    These are the audit, whose names begin with the environment and `audit`, and the topic of costs. They are
    the copy of the images in the backup region too, and the keys of all of these and of backup vaults.
    """

    def __init__(self, scope: Construct, id: str, *, name: str, role: Role) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        own = stack.physical_name("audit-*")
        aliases = [f"alias/{stack.physical_name(each)}" for each in _KEYS]
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
                    resources=[stack.arn("kms", each, region="*") for each in aliases],
                ),
                Statement(
                    sid="KeepImageCopy",
                    effect="Deny",
                    not_actions=_IMAGE_READS,
                    resources=[
                        stack.arn(
                            "ecr", f"repository/{stack.physical_name('images')}", region=stack.backup_region
                        )
                    ],
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
        stack.arn("sns", stack.physical_name("cost-alerts"), region="*"),
    ]
