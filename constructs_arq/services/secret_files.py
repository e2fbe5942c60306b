"""Secrets of pods: files that External Secrets copies from a store."""

from collections.abc import Sequence
from enum import StrEnum

from cdktf import ITerraformDependable
from constructs import Construct
from pydantic import Field

from constructs_arq.core.config import Config
from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.custom_objects import CustomObject, CustomObjects, Json
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.platform.external_secrets import ExternalSecrets
from constructs_arq.platform.secret_stores import SECRETS_MANAGER_STORE, VAULT_STORE

# Not /run/secrets: Kubernetes mounts the token of Pod Identity below it, and this folder is read-only.
SECRETS_FOLDER = "/etc/secrets"
"""The folder of a pod's secrets."""

# A rotated secret reaches the pods in this time, and one more minute for the kubelet.
_REFRESH = "5m"


class SecretStore(StrEnum):
    """A store of secrets that External Secrets reads."""

    SECRETS_MANAGER = SECRETS_MANAGER_STORE
    VAULT = VAULT_STORE


class SecretFile(Config):
    """A file in /etc/secrets with a value of a secret. The value is in no configuration and no state."""

    file: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$", description="Name of the file.")
    key: str = Field(
        max_length=512,
        pattern=r"^[A-Za-z0-9/_+=.@-]+$",
        description="Name of the secret. In Secrets Manager it begins with the environment: dev/sentry.",
    )
    field: str | None = Field(
        default=None, min_length=1, description="Field of a JSON secret. None is the whole secret."
    )
    store: SecretStore = Field(default=SecretStore.SECRETS_MANAGER, description="Store of the secret.")


def add_secret_files(
    scope: Construct,
    *,
    name: str,
    namespace: Namespace,
    files: Sequence[SecretFile],
    source: ExternalSecrets | None,
    depends_on: Sequence[ITerraformDependable],
) -> str | None:
    """Add the object that copies the files, and return the name of the Kubernetes secret. None without files.

    https://external-secrets.io/latest/api/externalsecret/

    Raises:
        ConstructError: if there is no `source`, or if it can't read one of the secrets for `namespace`.
    """
    if not files:
        return None
    stores = _require_stores(scope, source, namespace, files)
    _require_readable(scope, files)
    secret = f"{name}-secrets"
    CustomObjects(
        scope,
        "secrets",
        namespace=namespace.name,
        depends_on=[stores, *depends_on],
        objects=[
            CustomObject(
                api_version="external-secrets.io/v1",
                kind="ExternalSecret",
                name=secret,
                namespace=namespace.name,
                spec={
                    "refreshInterval": _REFRESH,
                    "target": {"name": secret, "creationPolicy": "Owner"},
                    "data": [_data(file) for file in files],
                },
            )
        ],
    )
    return secret


def _require_stores(
    scope: Construct, source: ExternalSecrets | None, namespace: Namespace, files: Sequence[SecretFile]
) -> ITerraformDependable:
    """Return the stores, which exist before the secrets. Refuse a namespace that may not use them."""
    names = ", ".join(file.file for file in files)
    if source is None:
        raise ConstructError(
            scope.node.path,
            f"nothing copies the secrets {names}, because secrets_from is missing",
            fix="Pass the ExternalSecrets of the stack as secrets_from.",
        )
    if namespace.literal_name not in source.namespaces:
        raise ConstructError(
            scope.node.path,
            f"the secrets {names} are in the namespace {namespace.literal_name}, but the stores accept only "
            f"{', '.join(source.namespaces) or 'none'}",
            fix=f"Add the namespace to namespaces of {source.node.path}.",
        )
    return source.resource


def _require_readable(scope: Construct, files: Sequence[SecretFile]) -> None:
    """Raise an error for a secret of another environment: pods would wait for it forever."""
    prefix = f"{Stack.of(scope).environment}/"
    for file in files:
        if file.store is SecretStore.SECRETS_MANAGER and not file.key.startswith(prefix):
            raise ConstructError(
                scope.node.path,
                f"the secret {file.key} of the file {file.file} does not begin with {prefix}, and External "
                "Secrets may read no others",
                fix=f"Give the secret a name that begins with {prefix}, or use another store.",
            )


def _data(file: SecretFile) -> Json:
    remote = {"key": file.key} if file.field is None else {"key": file.key, "property": file.field}
    store: Json = {"kind": "ClusterSecretStore", "name": str(file.store)}
    return {"secretKey": file.file, "remoteRef": remote, "sourceRef": {"storeRef": store}}
