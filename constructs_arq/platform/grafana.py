"""Grafana: shows dashboards that are part of the code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata
from constructs import Construct

from constructs_arq.core.port import Port
from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.kubernetes.network_policy import GRAFANA, Pods, allow_egress
from constructs_arq.platform.addon import Addon, pod_labels
from constructs_arq.platform.pod_settings import (
    RESTRICTED_CONTAINER,
    RESTRICTED_POD,
    Resources,
    controller_pods,
    replicas_for,
    spread_over_zones,
)
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic

_CHART = Chart.GRAFANA
_RESOURCES = Resources(cpu="100m", memory="512Mi")
_PORT = 3000
_USER_ID = 472
_FOLDER = "platform"
# The provider of dashboards that Grafana reads the files of.
_PROVIDERS: Final = "dashboardproviders.yaml"
_DATA_SOURCES: Final = "datasources.yaml"
# GetMetricData finds metrics by the names of ListMetrics.
# https://grafana.com/docs/grafana/latest/datasources/aws-cloudwatch/configure/#iam-policies
_CLOUDWATCH_ACTIONS: Final = (
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
)


@dataclass(frozen=True, kw_only=True)
class DataSource:
    """A server in the cluster that Grafana queries. `uid` is its identifier in dashboards.

    `headers` are sent with each query. They are no secrets. `scrape_seconds` is the time between two samples
    of Prometheus: `$__rate_interval` has four of them.
    """

    uid: str
    type: str
    url: str
    pods: Pods
    port: int
    headers: Mapping[str, str] = field(default_factory=dict)
    scrape_seconds: int | None = None


class Grafana(Construct):
    """Grafana with the given dashboards, data sources of the cluster, and CloudWatch of the account.

    Everybody who can reach it can query all data sources in Explore, and change nothing. It has no accounts
    and keeps no data, so all pods are equal. `kubectl port-forward` reaches it, so the Kubernetes API decides
    who may. CloudWatch charges for each metric that an open dashboard reads.
    `dashboards` has JSON documents by name. Its data sources let the pods `GRAFANA` connect.
    https://github.com/grafana-community/helm-charts/blob/grafana-12.11.1/charts/grafana/values.yaml
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        dashboards: Mapping[str, str],
        sources: Sequence[DataSource],
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        namespace = Namespace(self, "namespace", name=GRAFANA.namespace)
        own_pods = Pods(namespace=namespace.name, labels=GRAFANA.labels)
        _allow_metrics(target.cluster.workload(_CHART, namespace=_CHART))
        config_map = ConfigMapV1(
            self,
            "dashboards",
            metadata=ConfigMapV1Metadata(name="dashboards", namespace=namespace.name),
            data={f"{name}.json": document for name, document in sorted(dashboards.items())},
        )
        policies = [
            allow_egress(
                self,
                f"to-{source.uid}",
                name=f"grafana-to-{source.uid}",
                pods=own_pods,
                to=[source.pods],
                ports=[Port.tcp(source.port)],
            )
            for source in sources
        ]
        self.resource: ITerraformDependable = Addon(
            self,
            "addon",
            target=target,
            chart=_CHART,
            namespace=namespace,
            values=_values(self, config_map.metadata.name, sources),
            pods=controller_pods(self, {_CHART: _RESOURCES}),
            traffic=Traffic(metrics_ports=(_PORT,)),
            depends_on=[config_map, *policies, *depends_on],
        ).resource


def _allow_metrics(identity: Grantee) -> None:
    identity.allow(*_CLOUDWATCH_ACTIONS, on="*", policy_name="read-metrics")


def _values(scope: Construct, dashboards: str, sources: Sequence[DataSource]) -> dict[str, Json]:
    labels = pod_labels(_CHART)
    return {
        "replicas": replicas_for(scope),
        "serviceAccount": {"create": True, "name": _CHART, "automountServiceAccountToken": False},
        # It reads nothing from the Kubernetes API.
        "rbac": {"create": False},
        "automountServiceAccountToken": False,
        "testFramework": {"enabled": False},
        "initChownData": {"enabled": False},
        # Nobody logs in, so there is no administrator, and no secret with a password.
        "env": {"GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION": "true"},
        "grafana.ini": _settings(),
        "datasources": {
            _DATA_SOURCES: {
                "apiVersion": 1,
                "prune": True,
                "datasources": [*(_data_source(source) for source in sources), _cloudwatch(scope)],
            }
        },
        "dashboardProviders": {
            _PROVIDERS: {
                "apiVersion": 1,
                "providers": [
                    {
                        "name": _FOLDER,
                        "folder": "Platform",
                        "type": "file",
                        "allowUiUpdates": False,
                        "options": {"path": f"/var/lib/grafana/dashboards/{_FOLDER}"},
                    }
                ],
            }
        },
        "dashboardsConfigMaps": {_FOLDER: dashboards},
        "resources": _RESOURCES.values(),
        "securityContext": {
            **RESTRICTED_POD,
            "runAsUser": _USER_ID,
            "runAsGroup": _USER_ID,
            "fsGroup": _USER_ID,
        },
        "containerSecurityContext": RESTRICTED_CONTAINER,
        "extraEmptyDirMounts": [{"name": "temporary", "mountPath": "/tmp"}],  # noqa: S108 - in the container
        "topologySpreadConstraints": spread_over_zones(labels),
    }


def _settings() -> dict[str, Json]:
    """Return grafana.ini. Viewers may use Explore, and save nothing.

    https://github.com/grafana/grafana/blob/008ba6023a45025c6dad6d46a116eb1fe26c4f2e/pkg/api/accesscontrol.go
    """
    return {
        "analytics": {
            "reporting_enabled": False,
            "check_for_updates": False,
            "check_for_plugin_updates": False,
            "feedback_links_enabled": False,
        },
        "auth": {"disable_login_form": True},
        "auth.anonymous": {"enabled": True, "org_role": "Viewer", "hide_version": True},
        "log": {"mode": "console"},
        "log.console": {"format": "json"},
        "news": {"news_feed_enabled": False},
        # It would download plugins at each start.
        "plugins": {
            "preinstall_disabled": True,
            "preinstall_auto_update": False,
            "plugin_admin_enabled": False,
        },
        "security": {"disable_gravatar": True},
        "snapshots": {"enabled": False, "external_enabled": False},
        # Alertmanager notifies.
        "unified_alerting": {"enabled": False},
        "users": {"viewers_can_edit": True},
    }


def _data_source(source: DataSource) -> dict[str, Json]:
    # https://grafana.com/docs/grafana/latest/datasources/prometheus/configure/#interval-behavior
    interval: dict[str, Json] = {"timeInterval": f"{source.scrape_seconds}s"} if source.scrape_seconds else {}
    return {
        "name": source.uid,
        "uid": source.uid,
        "type": source.type,
        "access": "proxy",
        "url": source.url,
        "isDefault": source.type == "prometheus",
        "editable": False,
        "jsonData": {
            **interval,
            **{f"httpHeaderName{number}": name for number, name in enumerate(source.headers, 1)},
        },
        "secureJsonData": {
            f"httpHeaderValue{number}": value for number, value in enumerate(source.headers.values(), 1)
        },
    }


def _cloudwatch(scope: Construct) -> dict[str, Json]:
    return {
        "name": "cloudwatch",
        "uid": "cloudwatch",
        "type": "cloudwatch",
        "access": "proxy",
        "isDefault": False,
        "editable": False,
        # `default` takes the credentials of Pod Identity.
        "jsonData": {"authType": "default", "defaultRegion": Stack.of(scope).region},
    }
