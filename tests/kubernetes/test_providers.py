"""The providers log in with the caller's credentials, and read the cluster from the other stack's state."""

import json

import pytest

from environments.dev import DEV
from environments.synthesis import synthesize_environments


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, object]]]:
    folder = synthesize_environments([DEV], tmp_path_factory.mktemp("dev"))
    document = json.loads((folder / "stacks/dev-platform/cdk.tf.json").read_text())
    providers: dict[str, list[dict[str, object]]] = document["provider"]
    return providers


def test_no_token_is_in_the_configuration(provider: dict[str, list[dict[str, object]]]) -> None:
    [kubernetes] = provider["kubernetes"]
    assert kubernetes["exec"] == [
        {
            "api_version": "client.authentication.k8s.io/v1beta1",
            "command": "aws",
            "args": ["eks", "get-token", "--cluster-name", "dev-cluster", "--region", "eu-west-1"],
        }
    ]
    assert "token" not in kubernetes


def test_both_providers_reach_the_cluster_of_the_aws_stack(
    provider: dict[str, list[dict[str, object]]],
) -> None:
    [kubernetes], [helm] = provider["kubernetes"], provider["helm"]
    assert str(kubernetes["host"]).startswith(
        "${data.terraform_remote_state.cross-stack-reference-input-dev.outputs."
    )
    connection = helm["kubernetes"]
    assert isinstance(connection, dict)
    assert {connection["host"], connection["cluster_ca_certificate"]} == {
        kubernetes["host"],
        kubernetes["cluster_ca_certificate"],
    }
