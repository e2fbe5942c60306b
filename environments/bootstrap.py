"""The state bucket and its copy: what an account needs before Terraform can store state there."""

from cdktf import App

from constructs_arq.core.backup_tags import NoBackup
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.security.permissions_boundary import ReplicationBoundary
from constructs_arq.storage.bucket import Bucket, LogBucket
from constructs_arq.storage.replication import Replication
from environments.environment import Environment


def bootstrap(app: App, env: Environment) -> None:
    """Build the bootstrap stack: the bucket of Terraform's state, and its copy in the backup region.

    This stack's own state is in a local file. Replication to the backup region keeps the state available if
    the region fails. The stack is always protected: without state, Terraform can't manage the resources.
    """
    # The boundary of workloads does not exist yet. The only role here has its own, and the prefix of the
    # delivery roles, so the deploy role can't change it.
    own = {"state": None, "protected": True, "permissions_boundary": None}
    stack = Stack(app, f"{env.name}-bootstrap", config=env.stack.model_copy(update=own))
    state = Bucket(
        stack,
        "state",
        key=Key(stack, "state-key", description="Encrypts Terraform's state"),
        access_logs=LogBucket(stack, "state-logs", retention_days=env.access_log_retention_days),
        bucket_name=env.state_bucket,
    )
    region = env.backup_region
    copy = Bucket(
        stack,
        "state-copy",
        key=Key(stack, "state-copy-key", description="Encrypts the copy of Terraform's state", region=region),
        access_logs=LogBucket(
            stack, "state-copy-logs", retention_days=env.access_log_retention_days, region=region
        ),
        backup=NoBackup("It is a copy of the bucket that AWS Backup backs up"),
        bucket_name=env.state_copy_bucket,
        region=region,
    )
    boundary = ReplicationBoundary(
        stack,
        "replication-boundary",
        name=stack.physical_name("replication-boundary"),
        buckets=[state.arn, copy.arn],
        keys=[state.key.arn, copy.key.arn],
    )
    Replication(
        stack,
        "replication",
        source=state,
        copy=copy,
        role_name=stack.physical_name("delivery-replication"),
        permissions_boundary=boundary.arn,
    )
