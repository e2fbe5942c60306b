import pytest

from constructs_arq.cluster.config import ClusterConfig
from constructs_arq.core.errors import ConfigError
from tests.cluster.cluster_builders import CONFIG


def config(version: str) -> ClusterConfig:
    return ClusterConfig(version=version, access=CONFIG.access, node_groups=CONFIG.node_groups)


@pytest.mark.parametrize("version", ["1.34", "1.35", "1.40"])
def test_minor_versions_from_the_lower_bound_are_accepted(version: str) -> None:
    assert config(version).version == version


@pytest.mark.parametrize("version", ["1.33", "1.9", "1.35.2", "v1.35", "2.35", "latest", ""])
def test_other_versions_are_rejected_with_value_and_fix(version: str) -> None:
    with pytest.raises(ConfigError) as error:
        config(version)
    [problem] = error.value.problems
    assert problem.path == "version"
    assert problem.got == repr(version)
    assert problem.message == "must be a Kubernetes minor version from 1.34 on"
    assert problem.fix == 'Use a supported version such as "1.35".'
