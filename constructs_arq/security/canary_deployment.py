"""The policy with which the deploy role manages canaries of CloudWatch Synthetics."""

from constructs import Construct

from constructs_arq.core.policy import Statement
from constructs_arq.core.stack import Stack
from constructs_arq.security.managed_policy import make_managed_policy
from constructs_arq.security.role import Role
from constructs_arq.security.shared_limits import canary_functions

# Synthetics makes the function of a canary and its layers with the caller's permissions.
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/CloudWatchSyntheticsFullAccess.html
_FUNCTION_ACTIONS = (
    "lambda:AddPermission",
    "lambda:CreateFunction",
    "lambda:DeleteFunction",
    "lambda:DeleteLayerVersion",
    "lambda:GetFunctionConfiguration",
    "lambda:GetLayerVersion",
    "lambda:ListTags",
    "lambda:PublishLayerVersion",
    "lambda:PublishVersion",
    "lambda:TagResource",
    "lambda:UntagResource",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
)


class CanaryDeployment(Construct):
    """A managed policy for `role`: the inline policies of a role have room for 10,240 characters.

    The boundary of delivery roles denies all other functions: `delivery_limits`.
    """

    def __init__(self, scope: Construct, id: str, *, name: str, role: Role) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        regions = [stack.region, stack.backup_region]
        policy = make_managed_policy(
            self,
            name=name,
            description=f"Deploys canaries of {stack.environment}",
            statements=[
                # A canary has no ARN before it exists.
                Statement(
                    sid="CreateCanaries",
                    actions=["synthetics:CreateCanary"],
                    resources=["*"],
                    conditions={"StringEquals": {"aws:RequestedRegion": regions}},
                ),
                Statement(
                    sid="ManageCanaries",
                    actions=["synthetics:*"],
                    resources=[
                        stack.arn("synthetics", f"canary:{stack.physical_name('*')}", region="*"),
                    ],
                ),
                Statement(
                    sid="ManageFunctions", actions=_FUNCTION_ACTIONS, resources=canary_functions(stack)
                ),
            ],
        )
        role.attach_policy(policy)
