"""The logs of an environment: Alloy collects and Loki stores them."""

from collections.abc import Sequence

from cdktf import ITerraformDependable

from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.storage_class import StorageClass
from constructs_arq.platform.alloy import Alloy
from constructs_arq.platform.cert_manager import CertManager
from constructs_arq.platform.load_balancer_controller import LoadBalancerController
from constructs_arq.platform.log_receiver import LogReceiver
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
    controller: LoadBalancerController,
    certificates: CertManager,
    own_namespaces: Sequence[Namespace],
    depends_on: Sequence[ITerraformDependable],
) -> Loki:
    """Run Loki, Alloy in the namespace of `agents`, and the receiver of log groups if there is a forwarder.

    `own_namespaces` are those of our programs. Return Loki for those that read logs.
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
    if platform.log_forwarder:
        LogReceiver(
            stack,
            "log-receiver",
            target=target,
            sources=platform.log_forwarder.address_ranges,
            domain=platform.log_forwarder.domain,
            target_group_arn=platform.log_forwarder.target_group_arn,
            controller=controller,
            certificates=certificates,
            loki=loki,
            config=env.log_receiver,
            depends_on=depends_on,
        )
    return loki
