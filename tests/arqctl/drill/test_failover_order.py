"""The order of a failover on offline AWS with real Terraform, for the standby of production."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from arqctl.core.assembly import Assembly, read_assembly
from arqctl.core.errors import InputError
from arqctl.drill import command
from arqctl.drill.failover_order import promote, run_failover
from arqctl.offline.paths import OfflinePaths
from environments.production import PRODUCTION
from environments.standby_config import promote_standby
from environments.synthesis import synthesize_environments
from tests.arqctl.command_line import run

STANDBY = "production-standby"


@pytest.fixture
def waiting(assembly_dir: Path) -> Assembly:
    return Assembly(assembly_dir, read_assembly(assembly_dir))


@pytest.mark.slow
def test_production_moves_to_its_standby_and_back(
    waiting: Assembly, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only the synthesis is not run by the command."""
    folder = synthesize_environments([promote_standby(PRODUCTION)], tmp_path / "promoted")
    promoted = Assembly(folder, read_assembly(folder))
    monkeypatch.setattr(command, "open_assembly", lambda *_: nullcontext(waiting.folder))
    monkeypatch.setattr(command, "synthesize", lambda *_, **__: promoted)
    status, output, _ = run(capsys, "drill", "region", "production", "--offline")
    order = [line.split() for line in output.splitlines() if line.startswith(("  ok", "  FAIL"))]
    assert [(line[0], line[1]) for line in order] == [
        ("ok", each)
        for each in (
            *("deployed", "deployed", "promoted", "deployed", "deployed", "planned"),
            *("deleted", "deployed", "deployed", "planned"),
        )
    ]
    assert "0 changes" not in output
    # The clock is late, and the order has no problem.
    assert status == 4


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
        run_failover("production", alone, alone, tmp_path, lambda _: None)
