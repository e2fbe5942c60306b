"""The logs of an environment: Loki stores them."""

from collections.abc import Sequence

from cdktf import ITerraformDependable

from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.storage_class import StorageClass
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
    depends_on: Sequence[ITerraformDependable],
) -> Loki:
    """Run Loki. Return it for those that read logs."""
    return Loki(
        stack,
        "loki",
        target=target,
        store=platform.log_store,
        volumes=volumes,
        config=env.loki,
        depends_on=depends_on,
    )
