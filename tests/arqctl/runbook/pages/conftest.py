"""The stacks of the environments, read once."""

from pathlib import Path

import pytest

from arqctl.core.assembly import Stack, read_assembly
from tests.arqctl.runbook.pages.snapshot_stacks import write_assembly


@pytest.fixture(scope="package")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an assembly with the snapshots of all stacks."""
    return write_assembly(tmp_path_factory.mktemp("assembly"))


@pytest.fixture(scope="package")
def stacks(assembly: Path) -> tuple[Stack, ...]:
    """The stacks of the snapshots."""
    return read_assembly(assembly)
