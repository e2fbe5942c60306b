"""The logs of an environment: Alloy collects and Loki stores them."""

from collections.abc import Sequence

from cdktf import ITerraformDependable

from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.storage_class import StorageClass
from constructs_arq.platform.alloy import Alloy
from constructs_arq.platform.loki import Loki
from constructs_arq.platform.target import AddonTarget
from environments.environment import Environment
from environments.platform import Platform


def run_logs(
    stack: Stack,
    env: Environment,
    platform: Platform,
    *,
    target: AddonTarget,
    volumes: StorageClass,
    agents: Namespace,
    own_namespaces: Sequence[Namespace],
    depends_on: Sequence[ITerraformDependable],
) -> Loki:
    """Run Loki, and Alloy in the namespace of `agents`. Return Loki for those that read logs.

    `own_namespaces` are those of our programs.
    """
    loki = Loki(
        stack,
        "loki",
        target=target,
        store=platform.log_store,
        volumes=volumes,
        config=env.loki,
        depends_on=depends_on,
    )
    Alloy(
        stack,
        "alloy",
        target=target,
        namespace=agents,
        loki=loki,
        multiline_namespaces=[each.literal_name for each in own_namespaces],
        config=env.alloy,
        depends_on=depends_on,
    )
    return loki
