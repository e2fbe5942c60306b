"""Resources that an account needs before Terraform can store state there."""

from cdktf import App, TerraformOutput

from constructs_arq.core.stack import Stack
from constructs_arq.security.github_oidc import GithubOidc
from constructs_arq.security.key import Key
from constructs_arq.storage.bucket import Bucket, LogBucket
from constructs_arq.storage.replication import Replication
from environments.environment import Environment


def bootstrap(app: App, env: Environment) -> None:
    """Build the bootstrap stack: state bucket and key, and the roles for GitHub workflows.

    This stack's own state is in a local file. Replication to the backup region keeps the state available if
    the region fails. The stack is always protected: without state, Terraform can't manage the resources.
    """
    config = env.stack.model_copy(update={"state": None, "protected": True})
    stack = Stack(app, f"{env.name}-bootstrap", config=config)
    state = Bucket(
        stack,
        "state",
        key=Key(stack, "state-key", description="Encrypts Terraform's state"),
        access_logs=LogBucket(stack, "access-logs", retention_days=env.access_log_retention_days),
        bucket_name=env.state_bucket,
    )
    region = env.backup_region
    copy = Bucket(
        stack,
        "state-copy",
        key=Key(stack, "state-copy-key", description="Encrypts the copy of Terraform's state", region=region),
        access_logs=LogBucket(
            stack, "copy-access-logs", retention_days=env.access_log_retention_days, region=region
        ),
        region=region,
    )
    Replication(stack, "replication", source=state, copy=copy)

    github = GithubOidc(stack, "github", state=state, config=env.github)
    for name, role in {"plan_role": github.plan, "deploy_role": github.deploy}.items():
        TerraformOutput(stack, name.replace("_", "-"), value=role.arn).override_logical_id(name)
