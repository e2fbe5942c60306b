import re
import tomllib
from pathlib import Path

import pytest

from constructs_arq.cluster.managed_addons import Addon
from constructs_arq.core.errors import ConfigError
from environments import cluster_versions
from environments.cluster_versions import pin_versions
from environments.discovery import discover_environments
from environments.environment import Environment
from environments.production import PRODUCTION

TABLE = Path(cluster_versions.__file__).with_suffix(".toml")


def test_the_table_has_every_addon_for_the_version_of_each_environment() -> None:
    table = tomllib.loads(TABLE.read_text())
    for environment in discover_environments():
        assert table[environment.cluster.version].keys() >= set(Addon)


def test_every_version_in_use_is_pinned_or_has_a_reason_why_not() -> None:
    used = {environment.cluster.version for environment in discover_environments()}
    sections = TABLE.read_text().split('["')[1:]
    unexplained = [
        line
        for section in sections
        if section.partition('"')[0] in used
        for line in section.splitlines()
        if '= "default"' in line and not re.search("# unpinned: .+", line)
    ]
    assert unexplained == []


@pytest.mark.parametrize("environment", discover_environments(), ids=lambda each: each.name)
def test_no_version_is_read_during_a_plan(environment: Environment) -> None:
    cluster = pin_versions(environment.cluster)
    assert cluster.addon_versions.keys() == set(Addon)
    assert all(group.release for group in cluster.node_groups.values())


def test_exact_versions_of_the_table_are_pinned() -> None:
    pinned = pin_versions(PRODUCTION.cluster).addon_versions
    assert pinned[Addon.KUBE_PROXY].startswith(f"v{PRODUCTION.cluster.version}.")
    assert "default" not in pinned.values()


def test_versions_of_an_environment_take_precedence() -> None:
    own = {Addon.COREDNS: "v1.13.2-eksbuild.11"}
    cluster = PRODUCTION.cluster.model_copy(update={"addon_versions": own})
    assert pin_versions(cluster).addon_versions[Addon.COREDNS] == "v1.13.2-eksbuild.11"


def test_a_kubernetes_version_that_is_not_in_the_table_is_one_problem_with_the_command() -> None:
    with pytest.raises(ConfigError) as error:
        pin_versions(PRODUCTION.cluster.model_copy(update={"version": "1.99"}))
    [problem] = error.value.problems
    assert problem.fix == "Run `arqctl versions update --region REGION --add 1.99`."


def test_nodes_are_pinned_to_the_release_of_their_image(monkeypatch: pytest.MonkeyPatch) -> None:
    version = PRODUCTION.cluster.version
    table = tomllib.loads(TABLE.read_text())[version]
    release = f"{version}.3-20260318"
    monkeypatch.setattr(cluster_versions, "_versions", lambda: {version: {**table, "al2023-arm64": release}})
    pinned = pin_versions(PRODUCTION.cluster).node_groups["system"]
    assert pinned.release == release
    own = pinned.model_copy(update={"release": f"{version}.1-20260101"})
    cluster = PRODUCTION.cluster.model_copy(update={"node_groups": {"system": own}})
    assert pin_versions(cluster).node_groups["system"].release == f"{version}.1-20260101"


def test_a_missing_image_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    version = PRODUCTION.cluster.version
    table = dict.fromkeys(Addon, "default")
    monkeypatch.setattr(cluster_versions, "_versions", lambda: {version: table})
    with pytest.raises(ConfigError, match="has no version of al2023-arm64"):
        pin_versions(PRODUCTION.cluster)
