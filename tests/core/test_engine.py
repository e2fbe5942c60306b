"""The engine changes how fast the bindings are, never what they write."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey

from constructs_arq.core import engine
from tests.support import synthesize

ROOT = Path(__file__).parents[2]

EVERYTHING = """
import pathlib, sys
from environments.synthesis import synthesize
synthesize(pathlib.Path(sys.argv[1]))
print(sum(name.startswith("cdktf_cdktf_provider_aws.") for name in sys.modules))
"""


def synthesized_by(engine_name: str, folder: Path) -> tuple[dict[str, bytes], int]:
    """What every environment's files hold, and how many of the provider's modules were loaded for it."""
    done = subprocess.run(
        [sys.executable, "-c", EVERYTHING, str(folder)],
        cwd=ROOT,
        env={**os.environ, "ARQ_ENGINE": engine_name},
        check=True,
        capture_output=True,
    )
    files = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return files, int(done.stdout)


@pytest.mark.slow
def test_fast_and_stock_write_the_same_bytes(tmp_path: Path) -> None:
    fast, few = synthesized_by("fast", tmp_path / "fast")
    stock, all_of_them = synthesized_by("stock", tmp_path / "stock")
    assert "stacks/production/cdk.tf.json" in fast
    assert fast == stock
    assert few < 300
    assert all_of_them > 1000


def test_the_users_node_options_are_kept() -> None:
    variables = engine._runtime_variables({"NODE_OPTIONS": "--max-http-header-size=16384"})
    assert variables["NODE_OPTIONS"] == "--max-http-header-size=16384 --preserve-symlinks"


def test_a_runtime_that_the_user_names_is_used() -> None:
    assert engine._runtime_variables({"JSII_RUNTIME": "/opt/jsii/runtime.js"}) == {}


def test_another_release_of_jsii_runs_as_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "1.999.0")
    monkeypatch.setattr(
        "constructs_arq.core.jsii_pipelining.work_ahead", lambda: pytest.fail("jsii was touched")
    )
    engine.start()


def test_the_locked_release_of_jsii_is_the_known_one() -> None:
    assert f"jsii=={engine._JSII}" in (ROOT / "requirements.lock").read_text()


def test_a_kernel_that_is_not_known_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jsii._embedded.jsii.EMBEDDED_FILES", {})
    assert engine._runtime_variables({}) == {}


def test_the_kernel_reads_no_file_as_its_channel() -> None:
    kernel = Path(engine._runtime_variables({})["ARQ_JSII_KERNEL"]).read_text()
    assert "readFD:0,writeFD:1" in kernel
    assert "readFD:3" not in kernel


def test_other_programs_inherit_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_OPTIONS", "--no-warnings")
    before = dict(os.environ)
    engine.start()
    assert dict(os.environ) == before


def test_a_node_that_the_user_names_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSII_NODE", "/opt/node/bin/node")
    engine.start()
    assert os.environ["JSII_NODE"] == "/opt/node/bin/node"


def test_what_javascript_prints_stays_off_the_channel_and_is_not_lost(tmp_path: Path) -> None:
    program = tmp_path / "prints.cjs"
    program.write_text("console.log('to the user'); console.error('a warning');")
    done = subprocess.run(
        [os.environ.get("JSII_NODE", "node"), str(engine._RUNTIME)],
        env={**os.environ, "ARQ_JSII_KERNEL": str(program)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == ""
    framed = [json.loads(line) for line in done.stderr.splitlines()]
    assert [{name: base64.b64decode(text).decode() for name, text in line.items()} for line in framed] == [
        {"stdout": "to the user\n"},
        {"stderr": "a warning\n"},
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        {"description": ["not", "text"]},
        {"deletion_window_in_days": "long"},
        {"lifecycle": TerraformResourceLifecycle(prevent_destroy="maybe")},  # type: ignore[arg-type]  # wrong on purpose
        {"tags": {"owner": 7}},
    ],
)
def test_a_wrong_type_is_still_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match="Unable to deserialize"):
        synthesize(lambda stack: KmsKey(stack, "key", **arguments))


def test_a_value_that_is_missing_is_still_refused() -> None:
    missing: Any = None
    with pytest.raises(AssertionError, match="Required property 'target_key_id' is missing"):
        synthesize(lambda stack: KmsAlias(stack, "alias", target_key_id=missing))
