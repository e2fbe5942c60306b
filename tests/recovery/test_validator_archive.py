"""The archive runs without the library, with the packages that it contains."""

import subprocess
import sys
from pathlib import Path

import boto3

from constructs_arq.core import code_archive
from constructs_arq.recovery.validator_archive import HANDLER, make_validator_archive

# As Lambda does: the module before the last point, and the function after it.
PROGRAM = """
import importlib, sys
sys.path[:0] = [sys.argv[1]]
module, _, function = sys.argv[2].rpartition(".")
assert callable(getattr(importlib.import_module(module), function))
for name in ("pg8000", "scramp", "asn1crypto", "dateutil", "six", "constructs_arq"):
    assert sys.modules[name].__file__.startswith(sys.argv[1]), name
assert not {"cdktf", "jsii", "pydantic", "constructs_arq.core"} & sys.modules.keys()
"""


def test_lambda_finds_the_handler_and_all_packages() -> None:
    packages = Path(boto3.__file__).parents[1]
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, make_validator_archive().path, HANDLER],
        env={"PYTHONPATH": str(packages)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_equal_code_has_an_equal_archive() -> None:
    first = make_validator_archive()
    code_archive._make_archive.cache_clear()
    second = make_validator_archive()
    assert first.path != second.path
    assert first.sha256 == second.sha256
