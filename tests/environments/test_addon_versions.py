import tomllib
from pathlib import Path

import pytest

from constructs_arq.cluster.managed_addons import Addon
from constructs_arq.core.errors import ConfigError
from environments import addon_versions
from environments.addon_versions import pin_addons
from environments.discovery import discover_environments
from environments.production import PRODUCTION

TABLE = Path(addon_versions.__file__).with_suffix(".toml")


def test_the_table_has_every_addon_for_the_version_of_each_environment() -> None:
    table = tomllib.loads(TABLE.read_text())
    for environment in discover_environments():
        assert table[environment.cluster.version].keys() == set(Addon)


def test_exact_versions_of_the_table_are_pinned() -> None:
    pinned = pin_addons(PRODUCTION.cluster).addon_versions
    assert pinned[Addon.KUBE_PROXY].startswith(f"v{PRODUCTION.cluster.version}.")
    assert "default" not in pinned.values()


def test_versions_of_an_environment_take_precedence() -> None:
    own = {Addon.COREDNS: "v1.13.2-eksbuild.11"}
    cluster = PRODUCTION.cluster.model_copy(update={"addon_versions": own})
    assert pin_addons(cluster).addon_versions[Addon.COREDNS] == "v1.13.2-eksbuild.11"


def test_a_kubernetes_version_that_is_not_in_the_table_is_one_problem_with_the_command() -> None:
    with pytest.raises(ConfigError) as error:
        pin_addons(PRODUCTION.cluster.model_copy(update={"version": "1.99"}))
    [problem] = error.value.problems
    assert problem.fix == "Run `arqctl versions update --region REGION --add 1.99`."
