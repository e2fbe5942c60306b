"""The program of a service or job, with its configuration and secrets."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from cdktf import ITerraformDependable
from constructs import Construct

from constructs_arq.core.errors import ConstructError
from constructs_arq.kubernetes.namespace import Namespace
from constructs_arq.platform.external_secrets import ExternalSecrets
from constructs_arq.services.config_map import HashedConfigMap
from constructs_arq.services.image import Images, image_reference
from constructs_arq.services.pod_resources import PodResources
from constructs_arq.services.pod_template import Program
from constructs_arq.services.scratch_volume import ScratchVolume
from constructs_arq.services.secret_files import SecretFile, add_secret_files


class ProgramConfig(Protocol):
    """The settings that services and jobs have in common."""

    @property
    def image(self) -> str:
        """The digest of the image."""
        ...

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments of the image's program."""
        ...

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment variables that an environment sets."""
        ...

    @property
    def secrets(self) -> tuple[SecretFile, ...]:
        """The files with secrets."""
        ...

    @property
    def resources(self) -> PodResources:
        """The requests and limits."""
        ...


def make_program(
    scope: Construct,
    *,
    namespace: Namespace,
    images: Images,
    config: ProgramConfig,
    environment: Mapping[str, str],
    service_account: str,
    secrets_from: ExternalSecrets | None,
    depends_on: Sequence[ITerraformDependable],
    files: str | None = None,
    priority_class: str | None = None,
    scratch: ScratchVolume | None = None,
) -> Program:
    """Create the ConfigMap and the secrets of a program, which has the id of `scope`, and return it.

    Variables of `config` are in addition to `environment`.

    Raises:
        ConstructError: if `config` sets a variable of `environment`, or has secrets that `secrets_from` can't
            copy.
    """
    name = scope.node.id
    _require_different_variables(scope.node.path, environment, config.environment)
    return Program(
        name=name,
        image=image_reference(images, config.image),
        architecture=images.architecture,
        arguments=config.arguments,
        variables=HashedConfigMap(
            scope,
            "environment",
            name=name,
            namespace=namespace.name,
            values={**environment, **config.environment},
        ).name,
        files=files,
        secrets=add_secret_files(
            scope,
            name=name,
            namespace=namespace,
            files=config.secrets,
            source=secrets_from,
            depends_on=depends_on,
        ),
        resources=config.resources,
        service_account=service_account,
        priority_class=priority_class,
        scratch=scratch,
    )


def _require_different_variables(path: str, own: Mapping[str, str], more: Mapping[str, str]) -> None:
    """Refuse a variable with two values: checks such as those of connections know only the construct's."""
    repeated = sorted(own.keys() & more.keys())
    if repeated:
        raise ConstructError(
            path,
            f"environment of the configuration must not set {', '.join(repeated)}, which the stack sets",
            fix="Remove it, and change the setting from which the stack has the value.",
        )
