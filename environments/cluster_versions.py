"""The committed versions of EKS add-ons and node images, from cluster_versions.toml."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.cluster.managed_addons import Addon
from constructs_arq.cluster.node_group import NodeGroupConfig
from constructs_arq.core.errors import ConfigError, Problem
from constructs_arq.core.instance_types import architecture

# AWS selects the version, and Terraform reads it during the plan.
_DEFAULT = "default"
# AWS releases both architectures with one version: https://github.com/awslabs/amazon-eks-ami/releases
_KARPENTER_IMAGE = "al2023-arm64"
_FILE = Path(__file__).with_suffix(".toml")


def pin_versions(config: ClusterConfig) -> ClusterConfig:
    """Return a configuration with the versions of the table. Versions in `config` take precedence.

    Raises:
        ConfigError: if the table has no version of an add-on or image for the Kubernetes version.
    """
    table = _versions().get(config.version, {})
    _require_complete(config, table)
    addons = {addon: table[addon] for addon in Addon if table.get(addon, _DEFAULT) != _DEFAULT}
    nodes = {name: _pin_release(group, table) for name, group in config.node_groups.items()}
    return config.model_copy(
        update={"addon_versions": {**addons, **config.addon_versions}, "node_groups": nodes}
    )


def find_node_image(config: ClusterConfig) -> str:
    """Return the release of AL2023 that the table has for the Kubernetes version, for Karpenter's nodes.

    Raises:
        ConfigError: if the table has none.
    """
    release = _versions().get(config.version, {}).get(_KARPENTER_IMAGE, _DEFAULT)
    if release == _DEFAULT:
        raise ConfigError(
            f"environments/{_FILE.name}",
            [
                Problem(
                    f'"{config.version}".{_KARPENTER_IMAGE}',
                    "must be an exact release: otherwise Karpenter replaces nodes on the day of each release",
                    release,
                    "Run `arqctl versions update --region REGION`.",
                )
            ],
        )
    return release


def _pin_release(group: NodeGroupConfig, table: Mapping[str, str]) -> NodeGroupConfig:
    release = table.get(_image(group), _DEFAULT)
    if group.release or release == _DEFAULT:
        return group
    return group.model_copy(update={"release": release})


def _image(group: NodeGroupConfig) -> str:
    return f"{group.operating_system}-{architecture(group.instance_types[0])}"


def _require_complete(config: ClusterConfig, table: Mapping[str, str]) -> None:
    needed: list[str] = [addon for addon in Addon if addon not in config.addon_versions]
    needed += [_image(group) for group in config.node_groups.values() if group.release is None]
    missing = sorted(set(needed) - table.keys())
    if missing:
        raise ConfigError(
            f"environments/{_FILE.name}",
            [
                Problem(
                    f'"{config.version}"',
                    f"has no version of {', '.join(missing)}",
                    "",
                    f"Run `arqctl versions update --region REGION --add {config.version}`.",
                )
            ],
        )


@cache
def _versions() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
