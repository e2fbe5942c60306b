"""Cases of Helm releases."""

from policies.stack import Json
from tests.policies.cases.example import Example
from tests.policies.mutations import add_resource, regression

OCI: dict[str, Json] = {"repository": "oci://quay.io/jetstack/charts", "chart": "cert-manager"}

EXAMPLES = (
    Example(
        "CKV_ARQ_32",
        passes=(
            {"helm_release.it": {**OCI, "version": "v1.21.1"}},
            {"helm_release.it": {**OCI, "version": "v1.21.1", "chart": "cert-manager@sha256:0"}},
            {"helm_release.it": {"chart": "oci://quay.io/jetstack/charts/cert-manager", "version": "1.21.1"}},
            {"helm_release.it": {"repository": "https://a.b", "chart": "keda", "version": "2.20.2"}},
        ),
        fails=(
            {"helm_release.it": {**OCI, "version": "v1.20.3"}},
            {"helm_release.it": {**OCI, "version": "v1.2.0"}},
            {"helm_release.it": {**OCI, "version": "1.x"}},
            {"helm_release.it": {**OCI, "version": ">=1.21.0"}},
            {"helm_release.it": {**OCI, "version": ""}},
            {"helm_release.it": {**OCI}},
        ),
        unknown=(
            {"helm_release.it": {**OCI, "version": "${var.version}"}},
            {"helm_release.it": {**OCI, "chart": "${var.chart}", "version": "1.21.1"}},
            {"helm_release.it": {**OCI, "version": "v1.99.0"}},
            {"helm_release.it": {"repository": "https://a.b", "chart": "unlisted", "version": "1.0.0"}},
        ),
        not_applicable=({"helm_release.it": {"chart": "assets/custom-objects-chart/0123"}},),
    ),
    Example(
        "CKV_ARQ_42",
        passes=(
            {"helm_release.it": {**OCI}},
            {"helm_release.it": {**OCI, "chart": "cert-manager@sha256:0"}},
            {"helm_release.it": {"chart": "oci://quay.io/jetstack/charts/cert-manager@sha256:0"}},
        ),
        fails=(
            {"helm_release.it": {**OCI, "repository": "oci://quay.io/another/charts"}},
            {"helm_release.it": {"repository": "https://a.b", "chart": "keda", "version": "2.20.2"}},
            {"helm_release.it": {"chart": "oci://quay.io/another/charts/cert-manager"}},
        ),
        unknown=(
            {"helm_release.it": {**OCI, "repository": "${var.repository}"}},
            {"helm_release.it": {"repository": "https://a.b", "chart": "unlisted", "version": "1.0.0"}},
        ),
        not_applicable=({"helm_release.it": {"chart": "assets/custom-objects-chart/0123"}},),
    ),
)

REGRESSIONS = (
    regression(
        "chart of another repository",
        add_resource(
            "helm_release",
            lambda _: {**OCI, "version": "v1.21.1", "repository": "oci://quay.io/another/charts"},
        ),
        "CKV_ARQ_42",
    ),
)
