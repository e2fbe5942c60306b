"""The releases of third-party charts, and the Kubernetes versions that they support."""

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from constructs_arq.core.config import Config, validation_error
from constructs_arq.core.errors import ConfigError, Problem

_FILE = Path(__file__).with_suffix(".toml")
_OCI = "oci://"
# Helm accepts ranges such as "1.x", which install another release later.
_EXACT_VERSION = re.compile(r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_KUBERNETES = re.compile(r"1\.\d+")


class Chart(StrEnum):
    """A third-party chart by name."""

    AWS_LOAD_BALANCER_CONTROLLER = "aws-load-balancer-controller"
    KARPENTER = "karpenter"
    KARPENTER_CRD = "karpenter-crd"
    GATEWAY_API_CRDS = "gateway-api-crds"
    NGINX_GATEWAY_FABRIC = "nginx-gateway-fabric"
    CERT_MANAGER = "cert-manager"
    EXTERNAL_SECRETS = "external-secrets"
    EXTERNAL_DNS = "external-dns"
    GRAFANA = "grafana"
    KEDA = "keda"
    TRIVY_OPERATOR = "trivy-operator"
    PROMETHEUS_OPERATOR_CRDS = "prometheus-operator-crds"
    KUBE_PROMETHEUS_STACK = "kube-prometheus-stack"
    KUBE_STATE_METRICS = "kube-state-metrics"
    NODE_EXPORTER = "prometheus-node-exporter"
    LOKI = "loki"
    ALLOY = "alloy"


def _matches(pattern: re.Pattern[str], example: str) -> AfterValidator:
    def validate(value: str) -> str:
        if not pattern.fullmatch(value):
            raise validation_error(f'must be like "{example}"', fix="Take it from the chart's repository.")
        return value

    return AfterValidator(validate)


_KubernetesVersion = Annotated[str, _matches(_KUBERNETES, "1.35")]


class ChartRelease(Config):
    """A release of a chart. Add-ons pass `repository`, `reference` and `version` to Helm."""

    chart: Chart
    repository: str = Field(pattern=r"^(oci|https)://")
    version: Annotated[str, _matches(_EXACT_VERSION, "1.14.1")]
    app_version: str
    """The version of the controller."""
    kubernetes: tuple[_KubernetesVersion, _KubernetesVersion]
    """The first and the last Kubernetes version that the release supports."""
    sources: tuple[str, ...] = Field(min_length=1)
    digest: Annotated[str, _matches(_DIGEST, "sha256:…")] | None = None
    undigested: str | None = None
    """Why the release has no digest."""
    requires: Mapping[Chart, str] = {}
    """The `app_version` of other charts with which the release works."""

    @model_validator(mode="after")
    def _explains_missing_digest(self) -> "ChartRelease":
        if (self.digest is None) == (self.undigested is None):
            raise validation_error(
                "must have either a digest or the reason why not", fix="Set digest or undigested."
            )
        return self

    @property
    def reference(self) -> str:
        """The chart's name, with its digest if Helm can verify it.

        Helm compares the digest with the tag and with the content: `ValidateReference` and `Pull` of
        https://github.com/helm/helm/blob/v3.18.4/pkg/registry/client.go, which provider 3.1.1 contains.
        The provider appends the reference to the repository's URL: `chartPathOptions` of
        https://github.com/hashicorp/terraform-provider-helm/blob/v3.1.1/helm/resource_helm_release.go.
        Helm doesn't compare the archives of HTTPS repositories with the digests in their index.
        """
        verifiable = self.digest is not None and self.repository.startswith(_OCI)
        return f"{self.chart}@{self.digest}" if verifiable else str(self.chart)

    def require_kubernetes(self, version: str) -> None:
        """Check that the release supports a Kubernetes version, such as "1.35".

        Raises:
            ConfigError: with the range and the fix, if it doesn't.
        """
        first, last = self.kubernetes
        if _minor(first) <= _minor(version) <= _minor(last):
            return
        remedy = (
            "Upgrade the cluster first."
            if _minor(version) < _minor(first)
            else f"Take a newer release of the chart into {_FILE.name}, or keep the cluster at {last}."
        )
        message = f"{self.version} supports Kubernetes {first} to {last}, and the cluster runs {version}"
        raise ConfigError("chart", [Problem(str(self.chart), message, "", remedy)])


def find_release(chart: Chart) -> ChartRelease:
    """Return the release of a chart that the library installs."""
    return _releases()[chart]


def require_compatible(releases: Mapping[Chart, ChartRelease]) -> None:
    """Check that each release works with the releases of the charts that it requires.

    Raises:
        ConfigError: with each pair of releases that don't work together.
    """
    problems = [
        Problem(
            str(chart),
            f"{release.version} requires {version} of {other}, "
            f"and the matrix has {releases[other].app_version}",
            "",
            f"Upgrade both charts in {_FILE.name}: their ranges are at `sources`.",
        )
        for chart, release in releases.items()
        for other, version in release.requires.items()
        if releases[other].app_version != version
    ]
    if problems:
        raise ConfigError("chart", problems)


@cache
def _releases() -> Mapping[Chart, ChartRelease]:
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    releases = {Chart(name): ChartRelease(chart=Chart(name), **table) for name, table in tables.items()}
    require_compatible(releases)
    return {chart: releases[chart] for chart in Chart}


def _minor(version: str) -> int:
    return int(version.split(".")[1])
