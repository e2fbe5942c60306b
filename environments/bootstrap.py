"""What an environment's account needs before Terraform can keep its state there."""

from cdktf import App

from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key
from constructs_arq.storage.bucket import Bucket, LogBucket
from environments.environment import Environment


def bootstrap(app: App, env: Environment) -> None:
    """The bucket and key of an environment's state, in a stack whose own state is a local file."""
    stack = Stack(app, f"{env.name}-bootstrap", config=env.stack.model_copy(update={"state": None}))
    logs = LogBucket(stack, "access-logs", retention_days=env.access_log_retention_days)
    key = Key(stack, "state-key", purpose="Encrypts Terraform's state")
    Bucket(stack, "state", key=key, access_logs=logs, bucket_name=env.state_bucket)
