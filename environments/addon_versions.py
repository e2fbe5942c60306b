"""The committed versions of EKS add-ons, from addon_versions.toml."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.cluster.managed_addons import Addon
from constructs_arq.core.errors import ConfigError, Problem

# EKS selects the version, and Terraform reads it during the plan.
_DEFAULT = "default"
_FILE = Path(__file__).with_suffix(".toml")


def pin_addons(config: ClusterConfig) -> ClusterConfig:
    """Return a configuration with the add-on versions of the table. Versions in `config` take precedence.

    Raises:
        ConfigError: if the table has no version of an add-on for the Kubernetes version.
    """
    table = _versions().get(config.version, {})
    missing = [addon for addon in Addon if addon not in table and addon not in config.addon_versions]
    if missing:
        raise ConfigError(
            f"environments/{_FILE.name}",
            [
                Problem(
                    f'"{config.version}"',
                    f"has no version of {', '.join(missing)}",
                    config.version,
                    f"Run `arqctl versions update --region REGION --add {config.version}`.",
                )
            ],
        )
    pinned = {addon: table[addon] for addon in Addon if table.get(addon, _DEFAULT) != _DEFAULT}
    return config.model_copy(update={"addon_versions": {**pinned, **config.addon_versions}})


@cache
def _versions() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
