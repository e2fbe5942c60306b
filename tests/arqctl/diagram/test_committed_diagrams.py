"""The committed diagrams are current: `arqctl diagram` updates them."""

from pathlib import Path

import pytest

from arqctl.core.assembly import Stack, read_assembly
from arqctl.diagram.command import Format, draw

DIAGRAMS = Path(__file__).parents[3] / "docs/diagrams"


@pytest.fixture(scope="module")
def stacks(assembly_dir: Path) -> tuple[Stack, ...]:
    return read_assembly(assembly_dir)


def test_the_committed_diagram_of_production_is_current(stacks: tuple[Stack, ...]) -> None:
    production = tuple(stack for stack in stacks if stack.environment == "production")
    committed = (DIAGRAMS / "production.svg").read_text()
    assert draw("production", production, Format.SVG) == committed, (
        "Update it: arqctl diagram production --output docs/diagrams/production.svg"
    )


def test_there_are_no_other_diagrams() -> None:
    assert [file.name for file in DIAGRAMS.iterdir()] == ["production.svg"]
