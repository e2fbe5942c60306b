"""Tests that stacks equal the committed snapshots, which the gate also uses. Update: `make snapshots`."""

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
STACKS = sorted(
    [
        *(
            f"{environment}{suffix}"
            for environment in ("dev", "production", "staging")
            for suffix in ("", "-account", "-bootstrap", "-platform")
        ),
        "paging",
        "production-standby",
        "production-standby-platform",
    ]
)


class StackSnapshotExtension(SingleFileSnapshotExtension):
    """Snapshots in `NAME.json` in the gate's snapshot folder."""

    _write_mode = WriteMode.TEXT
    file_extension = "json"

    def serialize(self, data: SerializableData, **_: object) -> SerializedData:
        return snapshot_text(data)

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:  # noqa: ARG003  # required by syrupy
        return str(SETTINGS.snapshots)

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:  # noqa: ARG003  # required by syrupy
        return str(index)


@pytest.mark.parametrize("stack", STACKS)
def test_stack_equals_its_snapshot(stack: str, assembly_dir: Path, snapshot: SnapshotAssertion) -> None:
    text = (assembly_dir / "stacks" / stack / "cdk.tf.json").read_text()
    assert text == snapshot(name=stack, extension_class=StackSnapshotExtension)


def test_all_stacks_have_snapshots(assembly_dir: Path) -> None:
    assert sorted(folder.name for folder in (assembly_dir / "stacks").iterdir()) == STACKS
