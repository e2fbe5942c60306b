"""Stores of secrets: AWS Secrets Manager and Vault."""

from collections.abc import Sequence
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from constructs_arq.core.config import Config, validation_error
from constructs_arq.kubernetes.custom_objects import CustomObject, Json

SECRETS_MANAGER_STORE: Final = "secrets-manager"
VAULT_STORE: Final = "vault"

_API_VERSION: Final = "external-secrets.io/v1"
_HTTPS_PORT: Final = 443


def _validate_server(server: str) -> str:
    parts = urlsplit(server)
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query:
        raise validation_error(
            "must be an HTTPS URL without a path", fix='Write it like "https://vault.arq.example:8200".'
        )
    return server


class VaultConfig(Config):
    """A Vault server with a key-value engine of version 2, and a role for the pods of External Secrets."""

    server: Annotated[str, AfterValidator(_validate_server)] = Field(description="HTTPS URL of the server.")
    path: str = Field(default="secret", pattern=r"^[\w/-]+$", description="Path of the key-value engine.")
    auth_path: str = Field(
        default="kubernetes", pattern=r"^[\w/-]+$", description="Path of the Kubernetes login."
    )
    role: str = Field(pattern=r"^[\w-]+$", description="Role of the Kubernetes login.")

    @property
    def port(self) -> int:
        """The TCP port of the server."""
        return urlsplit(self.server).port or _HTTPS_PORT


def secrets_manager_store(*, region: str, namespaces: Sequence[str]) -> CustomObject:
    """Return the store of AWS Secrets Manager, with the identity of the pods of External Secrets.

    https://external-secrets.io/latest/provider/aws-access/#eks-pod-identity
    """
    return _store(SECRETS_MANAGER_STORE, {"aws": {"service": "SecretsManager", "region": region}}, namespaces)


def vault_store(config: VaultConfig, *, service_account: str, namespaces: Sequence[str]) -> CustomObject:
    """Return the store of a Vault server. https://external-secrets.io/latest/provider/hashicorp-vault/."""
    account: Json = {"name": service_account, "namespace": service_account}
    login: Json = {"mountPath": config.auth_path, "role": config.role, "serviceAccountRef": account}
    return _store(
        VAULT_STORE,
        {
            "vault": {
                "server": config.server,
                "path": config.path,
                "version": "v2",
                "auth": {"kubernetes": login},
            }
        },
        namespaces,
    )


def _store(name: str, provider: Json, namespaces: Sequence[str]) -> CustomObject:
    return CustomObject(
        api_version=_API_VERSION,
        kind="ClusterSecretStore",
        name=name,
        spec={"provider": provider, "conditions": [{"namespaces": list(namespaces)}]},
    )
