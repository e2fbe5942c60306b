"""The order of a failover on offline AWS with real Terraform, for the standby of production."""

from dataclasses import replace
from pathlib import Path

import pytest

from arqctl.core.assembly import Assembly, read_assembly
from arqctl.core.errors import InputError
from arqctl.drill.failover_order import OrderStep, promote, run_failover
from arqctl.offline.paths import OfflinePaths
from environments.production import PRODUCTION
from environments.standby_config import promote_standby
from environments.synthesis import synthesize_environments

STANDBY = "production-standby"


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    folder = synthesize_environments([PRODUCTION], tmp_path_factory.mktemp("waiting"))
    return Assembly(folder, read_assembly(folder))


def run(waiting: Assembly, promoted: Assembly, folder: Path) -> tuple[OrderStep, ...]:
    return run_failover("production", waiting, promoted, folder, lambda _: None)


@pytest.mark.slow
def test_production_moves_to_its_standby_and_nothing_is_lost(waiting: Assembly, tmp_path: Path) -> None:
    folder = synthesize_environments([promote_standby(PRODUCTION)], tmp_path / "promoted")
    order = run(waiting, Assembly(folder, read_assembly(folder)), tmp_path / "account")
    assert [step.problem for step in order] == [""] * 6
    assert order[2].text.startswith("promoted production-standby-database")
    assert not order[3].text.endswith(": 0 changes")


def test_a_missing_replica_is_a_problem(waiting: Assembly, tmp_path: Path) -> None:
    (standby,) = (stack for stack in waiting.stacks if stack.name == STANDBY)
    step = promote(standby, OfflinePaths(tmp_path))
    assert step.text.startswith("promoted production-standby-database, as the state machine")
    assert step.problem == "production-standby has no replica of this name"


def test_an_environment_without_standby_is_refused(waiting: Assembly, tmp_path: Path) -> None:
    alone = replace(
        waiting, stacks=tuple(stack for stack in waiting.stacks if not stack.name.startswith(STANDBY))
    )
    with pytest.raises(InputError, match="has no standby"):
        run(alone, alone, tmp_path)
