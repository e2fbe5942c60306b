"""Stores of secrets: AWS Secrets Manager and Vault."""

import base64
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


def _validate_certificates(certificates: str | None) -> str | None:
    if certificates is not None and "-----BEGIN CERTIFICATE-----" not in certificates:
        raise validation_error(
            "must be certificates in PEM format", fix="Give the text of the file, not its name."
        )
    return certificates


class VaultConfig(Config):
    """A Vault server with a key-value engine of version 2, and a role for the pods of External Secrets.

    Vault must accept tokens of the cluster: docs/secrets.md has its side of the login.
    """

    server: Annotated[str, AfterValidator(_validate_server)] = Field(description="HTTPS URL of the server.")
    path: str = Field(default="secret", pattern=r"^[\w/-]+$", description="Path of the key-value engine.")
    auth_path: str = Field(
        default="kubernetes", pattern=r"^[\w/-]+$", description="Path of the Kubernetes login."
    )
    role: str = Field(pattern=r"^[\w-]+$", description="Role of the Kubernetes login.")
    audience: str = Field(
        default="vault",
        pattern=r"^[\w.:/-]+$",
        description="Audience of the tokens for the login. The role in Vault must have the same.",
    )
    namespace: str | None = Field(
        default=None, pattern=r"^[\w/-]+$", description="Namespace in Vault Enterprise or HCP Vault."
    )
    ca_certificates: Annotated[str | None, AfterValidator(_validate_certificates)] = Field(
        default=None, description="Certificates of the server's CA in PEM format. None is a public CA."
    )

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
    """Return the store of a Vault server, where the pods log in with short-lived tokens.

    From version 1.21, Vault refuses a role without an audience.
    https://external-secrets.io/latest/provider/hashicorp-vault/#kubernetes-authentication
    """
    account: Json = {
        "name": service_account,
        "namespace": service_account,
        "audiences": [config.audience],
    }
    login: Json = {"mountPath": config.auth_path, "role": config.role, "serviceAccountRef": account}
    vault: dict[str, Json] = {
        "server": config.server,
        "path": config.path,
        "version": "v2",
        "auth": {"kubernetes": login},
    }
    if config.namespace is not None:
        vault["namespace"] = config.namespace
    if config.ca_certificates is not None:
        vault["caBundle"] = base64.b64encode(config.ca_certificates.encode()).decode()
    return _store(VAULT_STORE, {"vault": vault}, namespaces)


def _store(name: str, provider: Json, namespaces: Sequence[str]) -> CustomObject:
    return CustomObject(
        api_version=_API_VERSION,
        kind="ClusterSecretStore",
        name=name,
        spec={"provider": provider, "conditions": [{"namespaces": list(namespaces)}]},
    )
