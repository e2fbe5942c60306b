"""The policy with which the deploy role manages the function that sends log groups to Loki."""

from typing import Final

from constructs import Construct

from constructs_arq.core.policy import Statement
from constructs_arq.core.stack import Stack
from constructs_arq.security.managed_policy import make_managed_policy
from constructs_arq.security.role import Role
from constructs_arq.security.shared_limits import log_forwarder

# Calls of Terraform for a function, all but the permissions to call it.
FUNCTION_ACTIONS: Final = (
    "lambda:CreateFunction",
    "lambda:DeleteFunction",
    "lambda:DeleteFunctionConcurrency",
    "lambda:DeleteFunctionEventInvokeConfig",
    "lambda:GetFunction",
    "lambda:GetFunctionCodeSigningConfig",
    "lambda:GetFunctionConcurrency",
    "lambda:GetFunctionConfiguration",
    "lambda:GetFunctionEventInvokeConfig",
    "lambda:GetPolicy",
    "lambda:ListTags",
    "lambda:ListVersionsByFunction",
    "lambda:PutFunctionConcurrency",
    "lambda:PutFunctionEventInvokeConfig",
    "lambda:RemovePermission",
    "lambda:TagResource",
    "lambda:UntagResource",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "lambda:UpdateFunctionEventInvokeConfig",
)


class LogForwarderDeployment(Construct):
    """A managed policy for `role`. Only CloudWatch Logs gets a permission to call the function.

    The boundary of delivery roles denies all other functions: `delivery_limits`.
    """

    def __init__(self, scope: Construct, id: str, *, name: str, role: Role) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        function = log_forwarder(stack)
        policy = make_managed_policy(
            self,
            name=name,
            description=f"Deploys the log forwarder of {stack.environment}",
            statements=[
                Statement(sid="ManageFunction", actions=FUNCTION_ACTIONS, resources=[function]),
                Statement(
                    sid="LetLogsCall",
                    actions=["lambda:AddPermission"],
                    resources=[function],
                    conditions={"StringEquals": {"lambda:Principal": "logs.amazonaws.com"}},
                ),
            ],
        )
        role.attach_policy(policy)
