"""Tests that Terraform's template syntax does not change user data scripts."""

import base64
import json
import os
import subprocess
from pathlib import Path

import pytest
from cdktf import App, TerraformOutput
from hypothesis import example, given, settings
from hypothesis import strategies as st

from constructs_arq.compute.launch_template import encode_user_data
from constructs_arq.core.stack import Stack
from tests.properties.terraform_json import TERRAFORM
from tests.properties.test_random_configurations import DETERMINISTIC
from tests.support import STACK

_SCRIPTS = st.lists(st.text('\\${}%"\n\r\t uxä', max_size=30), min_size=20, max_size=20)


def evaluate_user_data(scripts: list[str], folder: Path) -> list[str]:
    """Return the scripts after synthesis and evaluation by Terraform."""
    app = App(outdir=str(folder))
    stack = Stack(app, "test", config=STACK)
    for index, script in enumerate(scripts):
        TerraformOutput(stack, f"script-{index}", value=encode_user_data(script), static_id=True)
    app.synth()
    written = json.loads((folder / "stacks/test/cdk.tf.json").read_text())
    outputs_only = folder / "outputs_only"
    outputs_only.mkdir(exist_ok=True)
    (outputs_only / "main.tf.json").write_text(json.dumps({"output": written["output"]}))
    env = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    for command in (["apply", "-auto-approve", "-no-color"], ["output", "-json"]):
        ran = subprocess.run(
            [str(TERRAFORM), *command], cwd=outputs_only, env=env, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
    outputs = json.loads(ran.stdout)
    return [base64.b64decode(outputs[f"script-{index}"]["value"]).decode() for index in range(len(scripts))]


@pytest.mark.skipif(TERRAFORM is None, reason="Terraform is not on the PATH")
@settings(DETERMINISTIC, max_examples=3)
@example(["a \\\n  b", "printf 'a\\nb'", '"\\"', "${HOME} %{x} $${x} %%{y}", "\\${x}", "a\r\n", "\\"])
@given(_SCRIPTS)
def test_scripts_are_unchanged(tmp_path_factory: pytest.TempPathFactory, scripts: list[str]) -> None:
    assert evaluate_user_data(scripts, tmp_path_factory.mktemp("scripts")) == scripts
