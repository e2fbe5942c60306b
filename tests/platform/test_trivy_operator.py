import pytest

from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.trivy_operator import TrivyOperator
from tests.platform.addon_stack import Values, permissions_of, synthesize_addons, values_of
from tests.support import Synthesized


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return synthesize_addons(lambda stack, target, _: TrivyOperator(stack, "trivy", target=target))


@pytest.fixture(scope="module")
def values(synthesized: Synthesized) -> Values:
    return values_of(synthesized, Chart.TRIVY_OPERATOR)


def test_role_pulls_images_and_pushes_none(synthesized: Synthesized) -> None:
    statements = permissions_of(synthesized, "trivy-operator", "trivy-operator")
    permissions = {action: each["Resource"] for each in statements for action in each["Action"]}
    accounts = ("111122223333", "602401143452")
    repositories = [f"arn:aws:ecr:eu-west-1:{account}:repository/*" for account in accounts]
    assert permissions == {
        "ecr:GetAuthorizationToken": ["*"],
        "ecr:BatchCheckLayerAvailability": repositories,
        "ecr:BatchGetImage": repositories,
        "ecr:GetDownloadUrlForLayer": repositories,
    }


def test_only_vulnerabilities_of_images_are_reported(values: Values) -> None:
    enabled = {name for name, value in values["operator"].items() if name.endswith("Enabled") and value}
    assert enabled == {"vulnerabilityScannerEnabled", "metricsFindingsEnabled"}


def test_operator_does_not_read_the_secrets_of_the_cluster(values: Values) -> None:
    assert values["operator"]["accessGlobalSecretsAndServiceAccount"] is False


def test_scan_jobs_are_restricted(values: Values) -> None:
    jobs = values["trivyOperator"]
    assert jobs["scanJobPodTemplatePodSecurityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10000,
        "runAsGroup": 10000,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def test_database_comes_from_a_registry_of_aws(values: Values) -> None:
    registries = (values["trivy"]["dbRegistry"], values["trivy"]["javaDbRegistry"])
    assert registries == ("public.ecr.aws", "public.ecr.aws")
