"""Alloy as the receiver of CloudWatch log groups: removes values from their lines, and sends them to Loki."""

from collections.abc import Sequence
from typing import Final

from cdktf import ITerraformDependable
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.pod_group import most_pods
from constructs_arq.core.port import Port
from constructs_arq.kubernetes.custom_objects import CustomObjects, Json
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.network_policy import AddressRange, Pods, allow_egress, allow_ingress
from constructs_arq.kubernetes.target_group_binding import READINESS_GATES, target_group_binding
from constructs_arq.platform.addon import Addon, pod_labels
from constructs_arq.platform.cert_manager import CertManager
from constructs_arq.platform.load_balancer_controller import LoadBalancerController
from constructs_arq.platform.log_receiver_pipeline import receiver_configuration
from constructs_arq.platform.loki import Loki
from constructs_arq.platform.pod_settings import RESTRICTED_CONTAINER, Resources, spread_over_zones
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic

RECEIVER_PORT: Final = 8443
"""The port of Alloy that takes lines, with TLS."""

# The release, the service, the namespace and the certificate.
_NAME: Final = "alloy-receiver"
_METRICS_PORT: Final = 12345
_REPLICAS: Final = 2
# The user `alloy` of the image.
_USER_ID: Final = 473
_TLS_FOLDER: Final = "/etc/alloy-tls"
_STATE_FOLDER: Final = "/var/lib/alloy"
_TEMPORARY_FOLDER: Final = "/tmp"  # noqa: S108 - of the container, for Alloy alone
# Time to send the lines in memory to Loki.
_STOP_SECONDS: Final = 60


class LogReceiverConfig(Config):
    """Settings of the receiver that an environment can vary."""

    cpu_millicores: int = Field(default=50, ge=20, description="CPU of a replica.")
    memory_mib: int = Field(default=256, ge=128, description="Memory of a replica.")
    lines_per_second: int = Field(
        default=2000,
        ge=100,
        description="Lines of each log group in a replica. More are dropped and counted.",
    )


class LogReceiver(Construct):
    """Two pods of Alloy that take the lines of log groups, as a target group of a load balancer.

    `sources` are the IPv4 ranges of the load balancer. It passes TLS on, so the pods have the certificate of
    `domain`, which the sender verifies. They have no identity, no token of Kubernetes, and no volume with
    data: a line that Loki did not take yet is in their memory.
    https://github.com/grafana/alloy/blob/v1.18.1/operations/helm/charts/alloy/values.yaml
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        sources: Sequence[str],
        domain: str,
        target_group_arn: str,
        controller: LoadBalancerController,
        certificates: CertManager,
        loki: Loki,
        config: LogReceiverConfig,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        namespace = Namespace(self, "namespace", name=_NAME, labels=READINESS_GATES)
        resources = Resources(cpu=f"{config.cpu_millicores}m", memory=f"{config.memory_mib}Mi")
        loki.allow_writers(_NAME, Pods(namespace=namespace.literal_name, labels=pod_labels(_NAME)))
        self.resource: ITerraformDependable = Addon(
            self,
            "addon",
            target=target,
            chart=Chart.ALLOY,
            name=_NAME,
            namespace=namespace,
            values=_values(
                receiver_configuration(
                    port=RECEIVER_PORT,
                    tls_folder=_TLS_FOLDER,
                    lines_per_second=config.lines_per_second,
                    url=loki.url,
                    tenant=loki.tenant,
                ),
                config,
                resources,
            ),
            pods=[resources.pods(_NAME, most=most_pods(_REPLICAS))],
            traffic=Traffic(metrics_ports=(_METRICS_PORT,)),
            depends_on=[
                *self._allow_lines(namespace, sources, loki),
                self._make_certificate(namespace, domain, certificates),
                self._make_binding(namespace, target_group_arn, controller),
                loki.resource,
                *depends_on,
            ],
        ).resource

    def _allow_lines(
        self, namespace: Namespace, sources: Sequence[str], loki: Loki
    ) -> list[ITerraformDependable]:
        pods = Pods(namespace=namespace.name, labels=pod_labels(_NAME))
        return [
            allow_ingress(
                self,
                "load-balancer",
                name=f"{_NAME}-load-balancer",
                pods=pods,
                peers=[AddressRange(cidr=each) for each in sources],
                ports=[Port.tcp(RECEIVER_PORT)],
                why="the load balancer passes lines on",
            ),
            allow_egress(
                self,
                "loki",
                name=f"{_NAME}-loki",
                pods=pods,
                to=[loki.pods],
                ports=[Port.tcp(loki.port)],
                why="it sends logs",
            ),
        ]

    def _make_certificate(
        self, namespace: Namespace, domain: str, certificates: CertManager
    ) -> ITerraformDependable:
        return CustomObjects(
            self,
            "certificate",
            namespace=namespace.name,
            objects=[certificates.make_certificate(_NAME, namespace=namespace.name, domain=domain)],
            depends_on=[certificates.resource],
        ).resource

    def _make_binding(
        self, namespace: Namespace, target_group_arn: str, controller: LoadBalancerController
    ) -> ITerraformDependable:
        return CustomObjects(
            self,
            "binding",
            namespace=namespace.name,
            objects=[
                target_group_binding(
                    self,
                    name=_NAME,
                    namespace=namespace.name,
                    service=_NAME,
                    port=RECEIVER_PORT,
                    target_group_arn=target_group_arn,
                )
            ],
            depends_on=[controller.resource],
        ).resource


def _values(configuration: str, config: LogReceiverConfig, resources: Resources) -> dict[str, Json]:
    return {
        # The definition of PodLogs, which we don't use.
        "crds": {"create": False},
        "alloy": {
            "configMap": {"content": configuration},
            "enableReporting": False,
            "storagePath": _STATE_FOLDER,
            "resources": resources.values(),
            # Go frees memory before the limit ends the process.
            "extraEnv": [{"name": "GOMEMLIMIT", "value": f"{config.memory_mib * 9 // 10}MiB"}],
            "extraPorts": [{"name": "lines", "port": RECEIVER_PORT, "targetPort": RECEIVER_PORT}],
            "securityContext": {**RESTRICTED_CONTAINER, "runAsUser": _USER_ID, "runAsGroup": _USER_ID},
            "mounts": {
                "extra": [
                    {"name": "tls", "mountPath": _TLS_FOLDER, "readOnly": True},
                    {"name": "state", "mountPath": _STATE_FOLDER},
                    {"name": "temporary", "mountPath": _TEMPORARY_FOLDER},
                ]
            },
        },
        "controller": {
            "type": "deployment",
            "replicas": _REPLICAS,
            "volumes": {
                "extra": [
                    # The pods wait until the secret exists.
                    {"name": "tls", "secret": {"secretName": f"{_NAME}-tls"}},
                    {"name": "state", "emptyDir": {"sizeLimit": "64Mi"}},
                    {"name": "temporary", "emptyDir": {"sizeLimit": "64Mi"}},
                ]
            },
            "terminationGracePeriodSeconds": _STOP_SECONDS,
            "topologySpreadConstraints": spread_over_zones(pod_labels(_NAME)),
        },
        # The pods start again with a new configuration.
        "configReloader": {"enabled": False},
        "rbac": {"create": False},
        "serviceAccount": {"create": True, "automountServiceAccountToken": False},
        "serviceMonitor": {"enabled": True},
    }
