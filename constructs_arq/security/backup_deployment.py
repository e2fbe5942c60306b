"""The policy with which the deploy role manages restore tests and the messages of backup vaults."""

from typing import Final

from constructs import Construct

from constructs_arq.core.policy import Statement
from constructs_arq.core.stack import Stack
from constructs_arq.security.log_forwarder_deployment import FUNCTION_ACTIONS
from constructs_arq.security.managed_policy import make_managed_policy
from constructs_arq.security.role import Role
from constructs_arq.security.shared_limits import restore_functions, restore_testing_plans

_NOTIFICATIONS: Final = (
    "backup:DeleteBackupVaultNotifications",
    "backup:GetBackupVaultNotifications",
    "backup:PutBackupVaultNotifications",
)
_RESTORE_TESTS: Final = (
    "backup:CreateRestoreTestingSelection",
    "backup:DeleteRestoreTestingPlan",
    "backup:DeleteRestoreTestingSelection",
    "backup:GetRestoreTestingPlan",
    "backup:GetRestoreTestingSelection",
    "backup:ListRestoreTestingSelections",
    "backup:ListTags",
    "backup:TagResource",
    "backup:UntagResource",
    "backup:UpdateRestoreTestingPlan",
    "backup:UpdateRestoreTestingSelection",
)


class BackupDeployment(Construct):
    """A managed policy for `role`. It can test restores with the role `restore_role`, but not start one.

    `vault` is the name of the environment's vaults. The boundary of delivery roles denies everything else of
    AWS Backup: `delivery_limits`.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackup.html
    """

    def __init__(
        self, scope: Construct, id: str, *, name: str, role: Role, vault: str, restore_role: str
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        plans = restore_testing_plans(stack)
        policy = make_managed_policy(
            self,
            name=name,
            description=f"Deploys restore tests of {stack.environment}",
            statements=[
                Statement(
                    sid="ManageMessages",
                    actions=_NOTIFICATIONS,
                    resources=[stack.arn("backup", f"backup-vault:{vault}")],
                ),
                # A plan has no ARN before it exists, and a list of plans has none.
                Statement(
                    sid="CreateRestoreTests",
                    actions=["backup:CreateRestoreTestingPlan", "backup:ListRestoreTestingPlans"],
                    resources=["*"],
                    conditions={"StringEquals": {"aws:RequestedRegion": stack.region}},
                ),
                Statement(sid="ManageRestoreTests", actions=_RESTORE_TESTS, resources=[plans]),
                Statement(
                    sid="ManageFunctions", actions=FUNCTION_ACTIONS, resources=restore_functions(stack)
                ),
                Statement(
                    sid="LetEventsCall",
                    actions=["lambda:AddPermission"],
                    resources=restore_functions(stack),
                    conditions={"StringEquals": {"lambda:Principal": "events.amazonaws.com"}},
                ),
                Statement(
                    sid="PassRestoreRole",
                    actions=["iam:PassRole"],
                    resources=[restore_role],
                    conditions={"StringEquals": {"iam:PassedToService": "backup.amazonaws.com"}},
                ),
            ],
        )
        role.attach_policy(policy)
