"""Commands that show whether a resource of AWS is healthy, by resource type."""

import shlex
from collections.abc import Mapping
from typing import Final

from arqctl.core.json_access import Json, as_text

# The AWS CLI's command without the id, the attribute with the id, and the expected result.
_CHECKS: Final[Mapping[str, tuple[str, str, str]]] = {
    "aws_backup_vault": (
        "backup describe-backup-vault --query BackupVaultName --backup-vault-name",
        "name",
        "its name",
    ),
    "aws_db_instance": (
        "rds describe-db-instances --query DBInstances[].DBInstanceStatus --db-instance-identifier",
        "identifier",
        '"available"',
    ),
    "aws_ecr_repository": ("ecr describe-repositories --repository-names", "name", "the repository"),
    "aws_eks_cluster": ("eks describe-cluster --query cluster.status --name", "name", '"ACTIVE"'),
    "aws_elasticache_replication_group": (
        "elasticache describe-replication-groups --query ReplicationGroups[].Status --replication-group-id",
        "replication_group_id",
        '"available"',
    ),
    "aws_iam_policy": ("iam get-policy --query Policy.PolicyName --policy-arn", "arn", "its name"),
    "aws_iam_service_linked_role": ("iam get-role --query Role.RoleName --role-name", "name", "its name"),
    "aws_kms_key": ("kms describe-key --query KeyMetadata.KeyState --key-id", "key_id", '"Enabled"'),
    "aws_s3_bucket": ("s3api head-bucket --bucket", "bucket", "no error"),
    "aws_sqs_queue": ("sqs get-queue-attributes --attribute-names QueueArn --queue-url", "url", "its ARN"),
}


def health_check(type_: str, values: Mapping[str, Json]) -> str:
    """Return how to check a resource of this type, which has these attributes in the state."""
    if type_ not in _CHECKS:
        return f"Look at {as_text(values.get('id')) or 'it'} in the console of its provider"
    command, attribute, expected = _CHECKS[type_]
    words = [*command.split(), as_text(values.get(attribute)) or as_text(values.get("id"))]
    region = as_text(values.get("region"))
    if region:
        words += ["--region", region]
    return f"`aws {shlex.join(words)}` must print {expected}"
