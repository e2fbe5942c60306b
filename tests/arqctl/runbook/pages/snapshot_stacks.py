"""The stacks of the environments, read from the snapshots, as an assembly."""

import json
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[4]
RUNBOOKS = ROOT / "docs/runbooks"
_SNAPSHOTS = sorted((ROOT / "tests/snapshots").glob("*.json"))


def write_assembly(folder: Path) -> Path:
    """Write the snapshots as an assembly, and return its folder."""
    for snapshot in _SNAPSHOTS:
        stack = folder / "stacks" / snapshot.stem
        stack.mkdir(parents=True)
        shutil.copy(snapshot, stack / "cdk.tf.json")
    names = {snapshot.stem: {"name": snapshot.stem} for snapshot in _SNAPSHOTS}
    (folder / "manifest.json").write_text(json.dumps({"stacks": names}))
    return folder
