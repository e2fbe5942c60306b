"""Tests that the patches change the speed of the bindings only, not their output and nothing else."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cdktf_cdktf_provider_aws
import jsii
import pytest
from cdktf import App, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct
from jsii import _reference_map
from jsii._kernel.providers.process import _NodeProcess

from constructs_arq.core import engine, node_runtime
from tests.support import synthesize

ROOT = Path(__file__).parents[2]

SYNTHESIZE_ENVIRONMENTS = """
import pathlib, sys
from environments.synthesis import synthesize
synthesize(pathlib.Path(sys.argv[1]))
print(sum(name.startswith("cdktf_cdktf_provider_aws.") for name in sys.modules))
"""

# Prints the attributes that the import of a package changes in modules outside the bindings.
IMPORT_AND_COMPARE = """
import builtins, gc, importlib, inspect, json, os, subprocess, sys, typing
import importlib.machinery, importlib.util, typeguard, typing_extensions
MODULES = [
    builtins, gc, importlib, importlib.machinery, importlib.util, inspect, json, os, subprocess, typing,
    typeguard, typing_extensions,
]
before = [(module, dict(vars(module))) for module in MODULES]
environment, hooks = dict(os.environ), list(sys.path_hooks)
import constructs_arq
changed = [
    f"{module.__name__}.{name}"
    for module, attributes in before
    for name in attributes
    if attributes[name] is not vars(module).get(name)
]
assert dict(os.environ) == environment
assert sys.path_hooks == hooks
print(json.dumps(changed))
"""

PRINT_PATCHED_OBJECTS = """
import json, sys
import constructs_arq, cdktf, cdktf_cdktf_provider_aws.kms_key, constructs, jsii
from jsii import _reference_map
from jsii._kernel.providers.process import _NodeProcess
functions = {
    "create": jsii.create, "synth": cdktf.App.synth, "init": constructs.Construct.__init__,
    "send": _NodeProcess.send, "handshake": _NodeProcess.handshake, "register": _reference_map.register_type,
}
print(json.dumps(sorted(
    [name for name, function in functions.items() if "constructs_arq" in function.__code__.co_filename]
    + [finder.__name__ for finder in sys.meta_path if finder.__module__.startswith("constructs_arq")]
)))
"""


def run(program: str, *arguments: str, **variables: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def synthesize_environments(engine_name: str, folder: Path) -> tuple[dict[str, bytes], int]:
    """Return all files of all environments, and the number of imported submodules of the AWS provider."""
    output = run(SYNTHESIZE_ENVIRONMENTS, str(folder), ARQ_ENGINE=engine_name)
    files = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return files, int(output)


@pytest.mark.slow
def test_fast_and_stock_write_the_same_bytes(tmp_path: Path) -> None:
    fast, imported_by_fast = synthesize_environments("fast", tmp_path / "fast")
    stock, imported_by_stock = synthesize_environments("stock", tmp_path / "stock")
    assert "stacks/production/cdk.tf.json" in fast
    source_locations = {name for name in fast if name.endswith("/sources.json")}
    assert {name.rpartition("/")[0] for name in source_locations} == {
        name.rpartition("/")[0] for name in stock if name.endswith("/cdk.tf.json")
    }
    assert {name: text for name, text in fast.items() if name not in source_locations} == stock
    assert imported_by_fast < imported_by_stock / 3


@pytest.mark.slow
def test_importing_the_library_changes_nothing_outside_the_bindings() -> None:
    assert json.loads(run(IMPORT_AND_COMPARE, ARQ_ENGINE="fast")) == []


@pytest.mark.slow
def test_stock_applies_no_patch() -> None:
    assert json.loads(run(PRINT_PATCHED_OBJECTS, ARQ_ENGINE="stock")) == []
    assert json.loads(run(IMPORT_AND_COMPARE, ARQ_ENGINE="stock")) == []


@pytest.mark.slow
def test_fast_applies_every_patch() -> None:
    assert json.loads(run(PRINT_PATCHED_OBJECTS, ARQ_ENGINE="fast")) == [
        "BindingsFinder",
        "create",
        "handshake",
        "init",
        "register",
        "send",
        "synth",
    ]


def test_stock_selects_no_patch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARQ_ENGINE", "stock")
    assert engine.selected_patches() == ()


def test_another_release_of_jsii_keeps_its_private_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "1.999.0")
    assert {patch.name for patch in engine.selected_patches()} == {
        "bindings_importer",
        "source_locations",
        "tree_cache",
    }


def test_the_locked_release_of_jsii_is_the_known_one() -> None:
    assert f"jsii=={engine._KNOWN_JSII}" in (ROOT / "requirements.lock").read_text()


def test_each_patch_is_applied_once() -> None:
    def patched() -> list[object]:
        return [
            *sys.meta_path,
            _NodeProcess.send,
            _NodeProcess.handshake,
            _reference_map.register_type,
            Construct.__init__,
            jsii.create,
            App.synth,
        ]

    before = patched()
    engine.start()
    assert patched() == before


def test_a_provider_package_imports_its_submodules_on_access() -> None:
    assert cdktf_cdktf_provider_aws.kms_key.KmsKey is KmsKey
    with pytest.raises(AttributeError, match="no attribute 'missing_resource'"):
        _ = cdktf_cdktf_provider_aws.missing_resource


def test_the_users_node_options_are_kept() -> None:
    variables = node_runtime.runtime_variables({"NODE_OPTIONS": "--max-http-header-size=16384"})
    assert variables["NODE_OPTIONS"] == "--max-http-header-size=16384 --preserve-symlinks"


def test_the_users_runtime_is_used() -> None:
    assert node_runtime.runtime_variables({"JSII_RUNTIME": "/opt/jsii/runtime.js"}) == {}


def test_an_unknown_kernel_is_not_patched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jsii._embedded.jsii.EMBEDDED_FILES", {})
    assert node_runtime.runtime_variables({}) == {}


def test_the_kernels_channel_is_standard_input_and_output() -> None:
    kernel = Path(node_runtime.runtime_variables({})["ARQ_JSII_KERNEL"]).read_text()
    assert "readFD:0,writeFD:1" in kernel
    assert "readFD:3" not in kernel


def test_child_processes_inherit_no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_OPTIONS", "--no-warnings")
    before = dict(os.environ)
    engine.start()
    assert dict(os.environ) == before


def test_the_users_node_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine._bundled_node()
    monkeypatch.setenv("JSII_NODE", "/opt/node/bin/node")
    assert engine._bundled_node() == {}


def test_output_of_javascript_is_kept_off_the_channel(tmp_path: Path) -> None:
    program = tmp_path / "prints.cjs"
    program.write_text("console.log('to the user'); console.error('a warning');")
    done = subprocess.run(
        [engine._bundled_node().get("JSII_NODE", "node"), str(node_runtime.RUNTIME)],
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
def test_node_refuses_a_wrong_type(arguments: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match="Unable to deserialize"):
        synthesize(lambda stack: KmsKey(stack, "key", **arguments))


def test_a_missing_value_is_refused() -> None:
    missing: Any = None
    with pytest.raises(AssertionError, match="Required property 'target_key_id' is missing"):
        synthesize(lambda stack: KmsAlias(stack, "alias", target_key_id=missing))
