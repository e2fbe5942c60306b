"""A script reaches the instance as it was written, whatever Terraform's templates make of its characters."""

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
from tests.properties.shape import TERRAFORM
from tests.properties.test_random_configurations import REPEATED
from tests.support import STACK

_SCRIPTS = st.lists(st.text('\\${}%"\n\r\t uxä', max_size=30), min_size=20, max_size=20)


def evaluated(scripts: list[str], folder: Path) -> list[str]:
    """What Terraform makes of what is written for the scripts."""
    app = App(outdir=str(folder))
    stack = Stack(app, "test", config=STACK)
    for index, script in enumerate(scripts):
        TerraformOutput(stack, f"script-{index}", value=encode_user_data(script), static_id=True)
    app.synth()
    written = json.loads((folder / "stacks/test/cdk.tf.json").read_text())
    alone = folder / "alone"
    alone.mkdir(exist_ok=True)
    (alone / "main.tf.json").write_text(json.dumps({"output": written["output"]}))
    env = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    for command in (["apply", "-auto-approve", "-no-color"], ["output", "-json"]):
        ran = subprocess.run(
            [str(TERRAFORM), *command], cwd=alone, env=env, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
    outputs = json.loads(ran.stdout)
    return [base64.b64decode(outputs[f"script-{index}"]["value"]).decode() for index in range(len(scripts))]


@pytest.mark.skipif(TERRAFORM is None, reason="only Terraform can tell, and it is not on the PATH")
@settings(REPEATED, max_examples=3)
@example(["a \\\n  b", "printf 'a\\nb'", '"\\"', "${HOME} %{x} $${x} %%{y}", "\\${x}", "a\r\n", "\\"])
@given(_SCRIPTS)
def test_a_script_arrives_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, scripts: list[str]
) -> None:
    assert evaluated(scripts, tmp_path_factory.mktemp("scripts")) == scripts
