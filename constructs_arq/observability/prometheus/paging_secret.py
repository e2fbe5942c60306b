"""The secret with which Alertmanager reaches PagerDuty and the receiver of its heartbeat."""

from collections.abc import Sequence
from typing import Final

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.stack import Stack
from constructs_arq.kubernetes.custom_objects import CustomObject, CustomObjects, Json
from constructs_arq.observability.prometheus.alertmanager import PagingFiles
from constructs_arq.platform.secret_stores import SECRETS_MANAGER_STORE

_SECRET: Final = "paging"  # noqa: S105  # name of a Kubernetes secret
_FIELDS: Final = ("routing_key", "watchdog_url")
_REFRESH: Final = "5m"


class PagingSecret(Construct):
    """The fields `routing_key` and `watchdog_url` of a JSON secret in Secrets Manager, for Alertmanager.

    An administrator writes the values. They are in no configuration and no state. A changed value reaches
    Alertmanager within minutes, without a restart.

    Raises:
        ConstructError: if the role of External Secrets can't read the secret.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        namespace: str,
        key: str,
        events_url: str,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, id)
        prefix = f"{Stack.of(self).environment}/"
        if not key.startswith(prefix):
            raise ConstructError(
                self.node.path,
                f"the secret {key} does not begin with {prefix}, and External Secrets may read no others",
                fix=f"Give the secret a name that begins with {prefix}.",
            )
        self.files = PagingFiles(secret=_SECRET, events_url=events_url)
        self.resource: ITerraformDependable = CustomObjects(
            self,
            "secret",
            namespace=namespace,
            objects=[
                CustomObject(
                    api_version="external-secrets.io/v1",
                    kind="ExternalSecret",
                    name=_SECRET,
                    namespace=namespace,
                    spec={
                        "refreshInterval": _REFRESH,
                        "target": {"name": _SECRET, "creationPolicy": "Owner"},
                        "data": [_data(key, field) for field in _FIELDS],
                    },
                )
            ],
            depends_on=depends_on,
        ).resource


def _data(key: str, field: str) -> Json:
    store: Json = {"kind": "ClusterSecretStore", "name": SECRETS_MANAGER_STORE}
    return {
        "secretKey": field,
        "remoteRef": {"key": key, "property": field},
        "sourceRef": {"storeRef": store},
    }
