"""Denials of everything that reads data. Terraform needs configuration only."""

from constructs_arq.core.protocols import StateStore
from constructs_arq.core.stack import Stack
from constructs_arq.security.role import Role

# AWS's ReadOnlyAccess includes most of them. The boundary of delivery roles denies those of other services.
_DATA_READS = (
    "ec2:GetConsoleOutput",
    "ec2:GetConsoleScreenshot",
    "ec2:GetPasswordData",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "elasticache:Connect",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetLogObject",
    "logs:GetLogRecord",
    "logs:GetQueryResults",
    "logs:StartLiveTail",
    "logs:StartQuery",
    "logs:Unmask",
    "rds:DownloadCompleteDBLogFile",
    "rds:DownloadDBLogFilePortion",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
)
# A principal that can read a parameter can also decrypt it if AWS's default key encrypts it.
_PARAMETER_READS = (
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
)
_OBJECT_READS = ("s3:GetObject", "s3:GetObjectTorrent", "s3:GetObjectVersion")


def deny_data(role: Role, *, state: StateStore) -> None:
    """Deny `role` all data but the state."""
    role.deny(*_DATA_READS, policy_name="read-no-contents")
    # AWS publishes these for everyone. Launch templates use them to find the newest machine images.
    published = Stack.of(role).arn("ssm", "parameter/aws/service/*", region="*", account_id="")
    role.deny(*_PARAMETER_READS, except_on=[published], policy_name="read-no-parameters-but-public")
    role.deny(*_OBJECT_READS, except_on=[f"{state.arn}/*"], policy_name="read-no-objects-but-state")
