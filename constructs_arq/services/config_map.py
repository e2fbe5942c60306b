"""The configuration of pods: ConfigMaps with environment variables or files."""

import re
from collections.abc import Mapping
from typing import Annotated

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_kubernetes.config_map_v1 import ConfigMapV1, ConfigMapV1Metadata
from constructs import Construct
from pydantic import AfterValidator

from constructs_arq.core.config import validation_error
from constructs_arq.kubernetes.content_hash import content_hash

_NAME = re.compile(r"[A-Z][A-Z0-9_]*")


def _variable_name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise validation_error(
            "must be the name of an environment variable", fix='Write it like "LOG_LEVEL".'
        )
    return value


VariableName = Annotated[str, AfterValidator(_variable_name)]


class HashedConfigMap(Construct):
    """A ConfigMap whose name contains a hash of its values.

    So a change of a value is a change of the pods, which a rolling update replaces. Old pods keep the old
    ConfigMap, also when they restart; Terraform deletes it after the update.
    """

    def __init__(
        self, scope: Construct, id: str, *, name: str, namespace: str, values: Mapping[str, str]
    ) -> None:
        super().__init__(scope, id)
        data = dict(sorted(values.items()))
        config_map = ConfigMapV1(
            self,
            "Default",
            metadata=ConfigMapV1Metadata(
                name=f"{name}-{content_hash(self, 'values', data)}", namespace=namespace
            ),
            data=data,
            immutable=True,
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self.name: str = config_map.metadata.name
