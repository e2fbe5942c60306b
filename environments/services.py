"""The cluster stack: everything that runs in an environment's cluster, in order of dependency."""

from cdktf import App

from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.providers import configure_providers
from environments.environment import Environment
from environments.platform import Platform


def services(app: App, env: Environment, platform: Platform) -> None:
    """Build the cluster stack, `ENV-platform`. The role that deploys it can change nothing else on AWS."""
    stack = Stack(app, f"{env.name}-platform", config=env.stack)
    configure_providers(stack, cluster=platform.cluster)
    Namespace(stack, "shop", name="shop")
