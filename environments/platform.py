"""The architecture on one page: everything that an environment has, each after what it needs."""

from cdktf import App

from constructs_arq.core.stack import Stack
from constructs_arq.network.network import Network
from constructs_arq.storage.bucket import LogBucket
from environments.environment import Environment


def platform(app: App, env: Environment) -> None:
    """Build the environment's stack, named like the environment."""
    stack = Stack(app, env.name, config=env.stack)
    LogBucket(stack, "access-logs", retention_days=env.access_log_retention_days)
    Network(stack, "network", config=env.network)
