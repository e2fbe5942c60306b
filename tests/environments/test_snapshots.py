"""Every stack is what was committed. The gate compares with the same files; `make snapshots` renews them."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from syrupy.types import SerializableData, SerializedData, SnapshotIndex

from arqctl.core.settings import Settings
from arqctl.gate import snapshot_text

ROOT = Path(__file__).parents[2]
SETTINGS = Settings.load(ROOT)
STACKS = [
    "dev",
    "dev-bootstrap",
    "production",
    "production-bootstrap",
    "staging",
    "staging-bootstrap",
]


class OneFileAStack(SingleFileSnapshotExtension):
    """`NAME.json` in the folder that the gate's settings name."""

    _write_mode = WriteMode.TEXT
    file_extension = "json"

    def serialize(self, data: SerializableData, **_: object) -> SerializedData:
        return snapshot_text(data)

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:  # noqa: ARG003  # syrupy gives it
        return str(SETTINGS.snapshots)

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:  # noqa: ARG003  # syrupy gives it
        return str(index)


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_is_what_was_committed(stack: str, synthesized: Path, snapshot: SnapshotAssertion) -> None:
    text = (synthesized / "stacks" / stack / "cdk.tf.json").read_text()
    assert text == snapshot(name=stack, extension_class=OneFileAStack)


def test_there_are_no_other_stacks(synthesized: Path) -> None:
    assert sorted(folder.name for folder in (synthesized / "stacks").iterdir()) == STACKS
