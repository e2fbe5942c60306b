"""Tests of the README's example and commands."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_library_example_synthesizes(tmp_path: Path) -> None:
    section = README.split("## The library in other projects")[1]
    example = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert example is not None
    subprocess.run([sys.executable, "-c", example[1]], cwd=tmp_path, check=True)
    stack = json.loads((tmp_path / "cdktf.out/stacks/shop/cdk.tf.json").read_text())
    assert {"network"} == set(stack["resource"]["aws_vpc"])
    assert {"database"} == set(stack["resource"]["aws_db_instance"])


def test_make_targets_exist() -> None:
    words = set(re.findall(r"make ([a-z][a-z-]+)", README))
    rules = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"up", "test", "snapshots"} <= words <= rules
