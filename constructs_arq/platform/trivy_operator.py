"""Trivy Operator: reports known vulnerabilities in the images of running pods."""

from collections.abc import Sequence

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.custom_objects import Json
from constructs_arq.platform.addon import Addon
from constructs_arq.platform.pod_settings import RESTRICTED_CONTAINER, RESTRICTED_POD, Resources
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic
from constructs_arq.storage.image_grants import PULL_ACTIONS

_CHART = Chart.TRIVY_OPERATOR
# Images of EKS add-ons. https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html
_EKS_IMAGES_ACCOUNT = "602401143452"
_DATABASE_REGISTRY = "public.ecr.aws"
_USER_ID = 10000
_OPERATOR = Resources(cpu="50m", memory="512Mi")
_SCAN = Resources(cpu="100m", memory="512Mi")
_SCANS_AT_ONCE = 2
_METRICS_PORT = 8080


class TrivyOperator(Construct):
    """Trivy Operator, which scans each image once a day and writes `VulnerabilityReport` objects and metrics.

    Scan jobs run in its namespace, and pull images as the role of the service account `trivy-operator`: from
    all repositories of the account and region, and from that of EKS. They download the database of
    vulnerabilities from Amazon ECR Public, through NAT. Other scanners of the operator are off: synthesis and
    the gate check configurations, and a scan of nodes needs privileged pods.
    https://github.com/aquasecurity/trivy-operator/blob/v0.32.0/deploy/helm/values.yaml
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        _allow_pulls(target.cluster.workload(_CHART, namespace=_CHART), Stack.of(self))
        self.resource: ITerraformDependable = Addon(
            self,
            "addon",
            target=target,
            chart=_CHART,
            namespace=_CHART,
            values=_values(),
            pods=[
                _OPERATOR.pods(_CHART, most=1),
                _SCAN.pods("trivy-operator scan", most=_SCANS_AT_ONCE),
            ],
            traffic=Traffic(metrics_ports=(_METRICS_PORT,)),
            depends_on=depends_on,
        ).resource


def _allow_pulls(identity: Grantee, stack: Stack) -> None:
    identity.allow("ecr:GetAuthorizationToken", on="*", policy_name="log-in-to-registries")
    identity.allow(
        *PULL_ACTIONS,
        on=[
            stack.arn("ecr", "repository/*"),
            stack.arn("ecr", "repository/*", account_id=_EKS_IMAGES_ACCOUNT),
        ],
        policy_name="pull-images",
    )


def _values() -> dict[str, Json]:
    return {
        "serviceAccount": {"create": True, "name": _CHART},
        "operator": {
            # The chart starts a new pod after the old one has stopped.
            "replicas": 1,
            "vulnerabilityScannerEnabled": True,
            "configAuditScannerEnabled": False,
            "rbacAssessmentScannerEnabled": False,
            "infraAssessmentScannerEnabled": False,
            "clusterComplianceEnabled": False,
            "exposedSecretScannerEnabled": False,
            "sbomGenerationEnabled": False,
            # Otherwise it reads the secrets of all namespaces to find passwords of registries.
            "accessGlobalSecretsAndServiceAccount": False,
            "scanJobsConcurrentLimit": _SCANS_AT_ONCE,
            "scannerReportTTL": "24h",
            "metricsFindingsEnabled": True,
        },
        "trivyOperator": {
            # The chart's settings of the containers are restricted.
            "scanJobPodTemplatePodSecurityContext": {
                **RESTRICTED_POD,
                "runAsUser": _USER_ID,
                "runAsGroup": _USER_ID,
            },
        },
        "trivy": {
            "dbRegistry": _DATABASE_REGISTRY,
            "dbRepository": "aquasecurity/trivy-db",
            "javaDbRegistry": _DATABASE_REGISTRY,
            "javaDbRepository": "aquasecurity/trivy-java-db",
            "severity": "HIGH,CRITICAL",
            "ignoreUnfixed": True,
            "resources": {
                "requests": _SCAN.values()["requests"],
                "limits": {"cpu": "1", "memory": "1Gi"},
            },
        },
        "podSecurityContext": RESTRICTED_POD,
        "securityContext": RESTRICTED_CONTAINER,
        "resources": _OPERATOR.values(),
    }
