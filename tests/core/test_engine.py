"""The engine changes how fast the bindings start, never what they write."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_arq.core import engine

ROOT = Path(__file__).parents[2]

ONE_STACK = """
import constructs_arq, sys
from cdktf import App
from constructs_arq.security.key import Key
from constructs_arq.storage.bucket import Bucket, LogBucket
from constructs_arq.core.stack import Stack
from tests.support import STACK
app = App(outdir=sys.argv[1])
stack = Stack(app, "test", config=STACK)
logs = LogBucket(stack, "logs", retention_days=30)
Bucket(stack, "b", key=Key(stack, "key", purpose="p"), access_logs=logs)
app.synth()
loaded = sum(name.startswith("cdktf_cdktf_provider_aws.") for name in sys.modules)
print(loaded)
"""


def synthesize(folder: Path, **environment: str) -> tuple[bytes, int]:
    """What one stack's file holds, and how many of the provider's modules were loaded for it."""
    done = subprocess.run(
        [sys.executable, "-c", ONE_STACK, str(folder)],
        cwd=ROOT,
        env={**os.environ, "NODE_OPTIONS": "", **environment},
        check=True,
        capture_output=True,
    )
    return (folder / "stacks/test/cdk.tf.json").read_bytes(), int(done.stdout)


@pytest.mark.slow
def test_fast_and_stock_write_the_same_bytes(tmp_path: Path) -> None:
    fast, few = synthesize(tmp_path / "fast", ARQ_ENGINE="fast")
    stock, all_of_them = synthesize(tmp_path / "stock", ARQ_ENGINE="stock")
    assert fast == stock
    assert few < 50
    assert all_of_them > 1000


def test_node_options_of_the_user_are_kept_and_the_hook_is_added_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NODE_OPTIONS", "--max-http-header-size=16384")
    engine.start()
    engine.start()
    options = os.environ["NODE_OPTIONS"]
    assert options.startswith("--max-http-header-size=16384 --require ")
    assert options.count("lazy_provider.cjs") == 1


def test_stock_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_OPTIONS", "")
    monkeypatch.setenv("ARQ_ENGINE", "stock")
    engine.start()
    assert os.environ["NODE_OPTIONS"] == ""


def test_a_node_that_the_user_names_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSII_NODE", "/opt/node/bin/node")
    engine.start()
    assert os.environ["JSII_NODE"] == "/opt/node/bin/node"
