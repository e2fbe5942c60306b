"""External Secrets: copies secrets from AWS Secrets Manager, or from Vault, into Kubernetes secrets."""

from collections.abc import Sequence

from cdktf import ITerraformDependable
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.protocols import Grantee
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.custom_objects import CustomObjects, Json
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.platform.addon import Addon, pod_labels
from constructs_arq.platform.own_tokens import allow_own_tokens
from constructs_arq.platform.pod_settings import Resources, component_values, controller_pods
from constructs_arq.platform.secret_stores import VaultConfig, secrets_manager_store, vault_store
from constructs_arq.platform.support_matrix import Chart
from constructs_arq.platform.target import AddonTarget
from constructs_arq.platform.traffic import Traffic

_CHART = Chart.EXTERNAL_SECRETS
_WEBHOOK_PORT = 10250
_CONTROLLER = Resources(cpu="50m", memory="256Mi")
_WEBHOOK = Resources(cpu="20m", memory="128Mi")
_CERT_CONTROLLER = Resources(cpu="20m", memory="256Mi")
_METRICS_PORT = 8080


class ExternalSecretsConfig(Config):
    """Settings of External Secrets that an environment can vary."""

    vault: VaultConfig | None = Field(default=None, description="A Vault server as a second store.")


class ExternalSecrets(Construct):
    """External Secrets with a store for the secrets of the environment, whose names begin with `ENV/`.

    ExternalSecrets in `namespaces` may use the stores `SECRETS_MANAGER_STORE` and, with Vault, `VAULT_STORE`.
    They depend on `resource`. The chart has the definitions, so Terraform upgrades both together.
    https://github.com/external-secrets/external-secrets/blob/v2.9.0/deploy/charts/external-secrets/values.yaml
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        target: AddonTarget,
        namespaces: Sequence[Namespace],
        config: ExternalSecretsConfig,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, id)
        self.namespaces: Sequence[str] = [each.literal_name for each in namespaces]
        stack, accepted = Stack.of(self), [each.name for each in namespaces]
        _allow_reads(target.cluster.workload(_CHART, namespace=_CHART), stack)
        vault = config.vault
        addon = Addon(
            self,
            "addon",
            target=target,
            chart=_CHART,
            namespace=_CHART,
            values=_values(self),
            pods=controller_pods(
                self,
                {
                    "external-secrets": _CONTROLLER,
                    "external-secrets webhook": _WEBHOOK,
                    "external-secrets cert-controller": _CERT_CONTROLLER,
                },
            ),
            traffic=Traffic(
                vpc_ports=(_WEBHOOK_PORT,),
                server_ports=() if vault is None else (vault.port,),
                metrics_ports=(_METRICS_PORT,),
            ),
            depends_on=depends_on,
        )
        stores = [secrets_manager_store(region=stack.region, namespaces=accepted)]
        needed = [addon.resource]
        if vault is not None:
            stores.append(vault_store(vault, service_account=_CHART, namespaces=accepted))
            needed.append(allow_own_tokens(self, "tokens", service_account=_CHART, namespace=addon.namespace))
        self.resource: ITerraformDependable = CustomObjects(
            self, "stores", namespace=addon.namespace, objects=stores, depends_on=needed
        ).resource


def _allow_reads(identity: Grantee, stack: Stack) -> None:
    secrets = stack.arn("secretsmanager", f"secret:{stack.environment}/*")
    identity.allow(
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        on=secrets,
        policy_name="read-secrets",
    )
    # Secrets Manager asks KMS in the name of the caller, and states the secret.
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    identity.allow(
        "kms:Decrypt",
        on=stack.arn("kms", "key/*"),
        policy_name="decrypt-secrets",
        conditions={
            "StringEquals": {"kms:ViaService": f"secretsmanager.{stack.region}.amazonaws.com"},
            "StringLike": {"kms:EncryptionContext:SecretARN": secrets},
        },
    )


def _values(scope: Construct) -> dict[str, Json]:
    return {
        "installCRDs": True,
        "serviceAccount": {"create": True, "name": _CHART},
        # Otherwise both replicas change the same secrets.
        "leaderElect": True,
        # A store in a namespace would read all secrets with the identity of these pods, and is not bound to
        # the namespaces of the stores below.
        "processSecretStore": False,
        # By default the pods may request tokens of all service accounts.
        "rbac": {"serviceAccountTokenCreate": False},
        # Nothing writes secrets to a store, or into many namespaces at once.
        "processClusterExternalSecret": False,
        "processClusterGenerator": False,
        "processClusterPushSecret": False,
        "processPushSecret": False,
        **_component(scope, _CHART, _CONTROLLER),
        "webhook": {
            "port": _WEBHOOK_PORT,
            **_component(scope, f"{_CHART}-webhook", _WEBHOOK),
        },
        "certController": _component(scope, f"{_CHART}-cert-controller", _CERT_CONTROLLER),
    }


def _component(scope: Construct, name: str, resources: Resources) -> dict[str, Json]:
    labels = {**pod_labels(_CHART), "app.kubernetes.io/name": name}
    return component_values(scope, labels=labels, resources=resources)
