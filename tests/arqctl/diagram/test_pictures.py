"""The committed pictures are those of the environments as they are: `arqctl diagram` renews them."""

from pathlib import Path

import pytest

from arqctl.core.assembly import Stack, read_assembly
from arqctl.diagram.command import Format, draw
from environments.synthesis import synthesize

PICTURES = Path(__file__).parents[3] / "docs/diagrams"


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Stack, ...]:
    return read_assembly(synthesize(tmp_path_factory.mktemp("cdktf.out")))


def test_the_picture_of_production_is_what_was_committed(stacks: tuple[Stack, ...]) -> None:
    production = tuple(stack for stack in stacks if stack.environment == "production")
    committed = (PICTURES / "production.svg").read_text()
    assert draw("production", production, Format.SVG) == committed, (
        "Renew it: arqctl diagram production --output docs/diagrams/production.svg"
    )


def test_there_are_no_other_pictures() -> None:
    assert [file.name for file in PICTURES.iterdir()] == ["production.svg"]
