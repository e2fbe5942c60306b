import pytest

from constructs_arq.core.errors import ConfigError
from tests.data.database_builders import database_config


@pytest.mark.parametrize("version", ["14", "17", "19"])
def test_major_versions_from_the_lower_bound_are_accepted(version: str) -> None:
    assert database_config(version=version).version == version


@pytest.mark.parametrize("version", ["13", "17.4", "9", "9.6", "latest", ""])
def test_other_versions_are_rejected_with_value_and_fix(version: str) -> None:
    with pytest.raises(ConfigError) as error:
        database_config(version=version)
    [problem] = error.value.problems
    assert problem.path == "version"
    assert problem.got == repr(version)
    assert problem.message == "must be a PostgreSQL major version from 14 on"
    assert problem.fix == 'Use a supported version such as "18".'
