from datetime import date

import pytest

from constructs_arq.core.errors import ConfigError
from constructs_arq.core.stack import Stack
from constructs_arq.data import versions
from constructs_arq.data.postgres import Postgres
from tests.data.database_builders import build_isolated_subnets, database_config
from tests.support import synthesize


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> date:
    day: date = request.param
    monkeypatch.setattr(versions, "today", lambda: day)
    return day


@pytest.mark.parametrize("on", [date(2030, 3, 1)], indirect=True)
def test_a_version_out_of_support_is_refused_with_its_end_and_a_newer_one(on: date) -> None:
    with pytest.raises(
        ConfigError, match=r"standard support, which ended for this one on 2030-02-28.*version=\"18\""
    ):
        database_config(version="17")
    assert database_config(version="18").version == "18", on


@pytest.mark.parametrize("on", [date(2030, 2, 28)], indirect=True)
def test_the_last_day_of_support_is_still_in_support(on: date) -> None:
    assert database_config(version="17").version == "17", on


@pytest.mark.parametrize("version", ["17.4", "9", "19", "latest"])
def test_only_known_major_versions_are_taken(version: str) -> None:
    with pytest.raises(ConfigError, match="must be a major version that is known"):
        database_config(version=version)


@pytest.mark.parametrize(
    ("on", "warned"), [(date(2029, 9, 1), True), (date(2029, 8, 1), False)], indirect=["on"]
)
def test_half_a_year_before_the_end_synthesis_warns(on: date, warned: bool) -> None:
    warnings: list[str] = []

    def build(stack: Stack) -> None:
        database = Postgres(
            stack, "database", subnets=build_isolated_subnets(stack), config=database_config(version="17")
        )
        warnings.extend(str(entry.data) for entry in database.node.metadata)

    synthesize(build)
    assert any("leaves standard support" in warning for warning in warnings) is warned, on
