import base64
from pathlib import Path
from typing import Any

import pytest

from constructs_arq.cluster.cluster import Cluster
from constructs_arq.core.errors import ConfigError
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.platform.external_secrets import ExternalSecrets, ExternalSecretsConfig
from constructs_arq.platform.secret_stores import VaultConfig, vault_store
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from tests.kubernetes.cluster_objects import validate_stack
from tests.kubernetes.custom_resources import validate_custom_object
from tests.platform.addon_stack import objects_at, permissions_of, synthesize_addons, values_of
from tests.support import Synthesized

VAULT = VaultConfig(server="https://vault.arq.example:8200", role="external-secrets")

SHOP = "${kubernetes_namespace_v1.shop.metadata[0].name}"


def _synthesize(vault: VaultConfig | None = None) -> Synthesized:
    def build(stack: Stack, target: AddonTarget, _: Cluster) -> None:
        ExternalSecrets(
            stack,
            "secrets",
            target=target,
            namespaces=[Namespace(stack, "shop", name="shop")],
            config=ExternalSecretsConfig(vault=vault),
        )

    return synthesize_addons(build)


@pytest.fixture(scope="module")
def synthesized() -> Synthesized:
    return _synthesize()


@pytest.fixture(scope="module")
def with_vault() -> Synthesized:
    return _synthesize(VAULT)


def test_role_reads_only_secrets_of_the_environment(synthesized: Synthesized) -> None:
    permissions = {
        action: (statement["Resource"], statement.get("Condition"))
        for statement in permissions_of(synthesized, "external-secrets", "external-secrets")
        for action in statement["Action"]
    }
    secrets = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:test/*"
    assert permissions == {
        "secretsmanager:DescribeSecret": ([secrets], None),
        "secretsmanager:GetSecretValue": ([secrets], None),
        "kms:Decrypt": (
            ["arn:aws:kms:eu-west-1:111122223333:key/*"],
            {
                "StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"},
                "StringLike": {"kms:EncryptionContext:SecretARN": secrets},
            },
        ),
    }


def test_only_listed_namespaces_use_the_store(synthesized: Synthesized) -> None:
    assert objects_at(synthesized, "secrets/stores/Default") == {
        "ClusterSecretStore/secrets-manager": {
            "provider": {"aws": {"service": "SecretsManager", "region": "eu-west-1"}},
            "conditions": [{"namespaces": [SHOP]}],
        }
    }


def test_vault_is_a_second_store(with_vault: Synthesized) -> None:
    store = objects_at(with_vault, "secrets/stores/Default")["ClusterSecretStore/vault"]
    assert store["conditions"] == [{"namespaces": [SHOP]}]
    vault = store["provider"]["vault"]
    assert (vault["server"], vault["path"], vault["version"]) == (VAULT.server, "secret", "v2")
    login = vault["auth"]["kubernetes"]
    assert login["role"] == "external-secrets"
    account = values_of(with_vault, Chart.EXTERNAL_SECRETS)["serviceAccount"]["name"]
    assert login["serviceAccountRef"] == {
        "name": account,
        "namespace": "external-secrets",
        # Vault 1.21 refuses roles without an audience.
        "audiences": ["vault"],
    }
    assert not {"namespace", "caBundle"} & vault.keys()


def test_vault_may_have_a_private_ca_and_namespaces() -> None:
    certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    config = VAULT.model_copy(
        update={"ca_certificates": certificate, "namespace": "team/shop", "audience": "https://vault.arq"}
    )
    store = vault_store(config, service_account="external-secrets", namespaces=["shop"])
    manifest: dict[str, Any] = {
        "apiVersion": store.api_version,
        "kind": store.kind,
        "metadata": {"name": store.name},
        "spec": store.spec,
    }
    validate_custom_object(manifest)
    vault = manifest["spec"]["provider"]["vault"]
    assert base64.b64decode(vault["caBundle"]).decode() == certificate
    assert vault["namespace"] == "team/shop"
    assert vault["auth"]["kubernetes"]["serviceAccountRef"]["audiences"] == ["https://vault.arq"]


def test_ca_of_vault_is_text() -> None:
    with pytest.raises(ConfigError, match="must be certificates in PEM format"):
        VaultConfig(server=VAULT.server, role="r", ca_certificates="/etc/ssl/vault.pem")


@pytest.mark.parametrize(("vault", "ports"), [(None, ["443"]), (VAULT, ["443", "8200"])])
def test_pods_reach_the_port_of_vault(vault: VaultConfig | None, ports: list[str]) -> None:
    policy = _synthesize(vault).one("kubernetes_network_policy_v1", "secrets/addon/traffic/https")
    [rule] = policy["spec"]["egress"]
    assert [each["port"] for each in rule["ports"]] == ports


def test_one_replica_at_a_time_writes_secrets(synthesized: Synthesized) -> None:
    values = values_of(synthesized, Chart.EXTERNAL_SECRETS)
    assert (values["leaderElect"], values["replicaCount"]) == (True, 2)


def test_namespaces_have_no_stores_of_their_own(synthesized: Synthesized) -> None:
    # Such a store has the identity of the pods, and no condition limits who uses it.
    values = values_of(synthesized, Chart.EXTERNAL_SECRETS)
    assert values["processSecretStore"] is False
    assert values.get("processClusterStore", True) is True


def test_pods_request_tokens_of_their_own_account_for_vault_only(
    synthesized: Synthesized, with_vault: Synthesized
) -> None:
    assert values_of(with_vault, Chart.EXTERNAL_SECRETS)["rbac"] == {"serviceAccountTokenCreate": False}
    assert not synthesized.of_type("kubernetes_role_v1")
    [rule] = with_vault.one("kubernetes_role_v1", "secrets/tokens/role")["rule"]
    assert rule == {
        "api_groups": [""],
        "resources": ["serviceaccounts/token"],
        "resource_names": ["external-secrets"],
        "verbs": ["create"],
    }
    binding = with_vault.one("kubernetes_role_binding_v1", "secrets/tokens/Default")
    [subject] = binding["subject"]
    assert (subject["kind"], subject["name"]) == ("ServiceAccount", "external-secrets")
    stores = with_vault.one("helm_release", "secrets/stores/Default")
    assert any(each.startswith("kubernetes_role_binding_v1.") for each in stores["depends_on"])


def test_objects_with_vault_are_valid(with_vault: Synthesized, tmp_path: Path) -> None:
    kinds = {each["kind"] for each in validate_stack(with_vault.json, "1.35", tmp_path)}
    assert {"Role", "RoleBinding", "ClusterSecretStore"} <= kinds


def test_no_controller_writes_to_stores(synthesized: Synthesized) -> None:
    values = values_of(synthesized, Chart.EXTERNAL_SECRETS)
    assert not values["processPushSecret"]
    assert not values["processClusterPushSecret"]


@pytest.mark.parametrize(
    "server", ["http://vault.arq.example", "vault.arq.example", "https://v/ui", "https://"]
)
def test_vault_needs_an_https_url(server: str) -> None:
    with pytest.raises(ConfigError, match="must be an HTTPS URL"):
        VaultConfig(server=server, role="r")
