import json
import shlex
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name
from botocore.model import OperationModel

from arqctl.terraform.health_checks import _CHECKS, health_check

ROOT = Path(__file__).parents[3]


def test_the_command_names_the_resource_and_its_region() -> None:
    values = {"key_id": "1234", "id": "1234", "region": "eu-central-1"}
    assert health_check("aws_kms_key", values) == (
        "`aws kms describe-key --query KeyMetadata.KeyState --key-id 1234 --region eu-central-1`"
        ' must print "Enabled"'
    )


def test_other_types_are_checked_by_hand() -> None:
    assert health_check("terraform_data", {"id": "a"}) == "Look at a in the console of its provider"


@pytest.mark.parametrize("type_", _CHECKS)
def test_the_command_exists_in_the_api(type_: str) -> None:
    command = health_check(type_, {"id": "name"}).split("`")[1]
    _, service, operation, *options = shlex.split(command)
    client = botocore.session.get_session().create_client(
        "s3" if service == "s3api" else service, region_name="eu-west-1"
    )
    method = operation.replace("-", "_")
    model: OperationModel = client.meta.service_model.operation_model(
        client.meta.method_to_api_mapping[method]
    )
    assert model.input_shape is not None
    known = {_kebab(name) for name in model.input_shape.members}
    assert {option for option in options if option.startswith("--")} - {"--query"} <= known


def test_every_protected_type_of_aws_has_a_check() -> None:
    protected = {
        type_
        for file in (ROOT / "tests/snapshots").glob("*.json")
        for type_, named in json.loads(file.read_text())["resource"].items()
        for body in named.values()
        if type_.startswith("aws_") and body.get("lifecycle", {}).get("prevent_destroy")
    }
    assert protected <= _CHECKS.keys()


def _kebab(name: str) -> str:
    """Return the AWS CLI's option of a parameter."""
    return f"--{xform_name(name, '-')}"
