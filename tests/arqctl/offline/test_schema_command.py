"""`arqctl schema` prints a schema, and suggests a fix for a mistyped name."""

import subprocess
import sys
from pathlib import Path

import pytest

from arqctl.core.errors import InputError
from arqctl.offline.bindings import installed_bindings
from arqctl.offline.schema.cache import CACHE_VARIABLE
from arqctl.offline.schema.model import Attribute, Block, NestedBlock, Nesting
from arqctl.offline.schema.schemas import Schemas
from arqctl.offline.schema.text import schema_text
from arqctl.offline.schema_command import schema
from arqctl.offline.types import STRING, Collection
from tests.arqctl.offline.installed_schemas import PROVIDERS, schemas_of


@pytest.fixture(autouse=True)
def extracted_schemas(monkeypatch: pytest.MonkeyPatch) -> None:
    schemas = tuple(map(schemas_of, PROVIDERS))
    monkeypatch.setattr(Schemas, "all", lambda *_on_progress: schemas)


def _lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_a_resource(capsys: pytest.CaptureFixture[str]) -> None:
    schema("aws_eks_cluster")
    lines = _lines(capsys)
    assert lines[0] == "aws_eks_cluster: resource of registry.terraform.io/hashicorp/aws 6.25.0"
    assert "role_arn string required" in lines
    assert "vpc_config block, list required, exactly 1" in lines
    assert "subnet_ids set of string required" in lines
    assert "certificate_authority list of object computed" in lines
    assert lines.index("name string required") < lines.index("version string optional, computed")
    assert lines.index("version string optional, computed") < lines.index("arn string computed")


def test_a_data_source(capsys: pytest.CaptureFixture[str]) -> None:
    schema("aws_iam_policy_document", data=True)
    lines = _lines(capsys)
    assert lines[0].startswith("aws_iam_policy_document: data source of ")
    assert "statement block, list optional, any number" in lines


def test_a_provider_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    schema("helm")
    lines = _lines(capsys)
    assert lines[0].startswith("helm: configuration of ")
    assert "kubernetes object optional" in lines
    assert "command string required" in lines


def test_a_nested_block(capsys: pytest.CaptureFixture[str]) -> None:
    schema("aws_wafv2_web_acl.rule.statement.rate_based_statement")
    assert "limit number required" in _lines(capsys)


def test_write_only(capsys: pytest.CaptureFixture[str]) -> None:
    schema("kubernetes_secret_v1")
    assert "data_wo map of string optional, write-only" in _lines(capsys)


def test_a_long_schema_is_truncated_with_a_hint(capsys: pytest.CaptureFixture[str]) -> None:
    schema("aws_wafv2_web_acl")
    lines = _lines(capsys)
    assert len(lines) < 170
    assert any(line.endswith(" …") for line in lines)
    address = lines[-1].rpartition(" ")[2]
    schema(address)
    assert _lines(capsys)[0].startswith(address)


def test_every_schema_fits_the_length_limit() -> None:
    """The first level is always shown completely."""
    schemas = schemas_of("aws")
    for name in schemas.resource_types:
        block = schemas.resource(name)
        min_items = schema_text(name, Block(block.attributes)).count("\n") + len(block.blocks)
        assert schema_text(name, block).count("\n") <= max(155, min_items + 3), name


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("aws_eks_clutser", False, "Did you mean aws_eks_cluster"),
        ("aws_iam_policy_document", False, "is a data source; .*Add --data"),
        ("aws_launch_configuration_x_y_z", True, "no data source has that name"),
        ("random_password", True, "is a resource; .*Remove --data"),
        ("nothing_like_it_at_all", False, "Providers whose bindings are installed: .*hashicorp/aws 6.25.0"),
        ("aws_eks_cluster.vpc_confg", False, "has no block 'vpc_confg'. Did you mean vpc_config"),
        ("aws_eks_cluster.name", False, "'name' is an attribute, not a block"),
        ("random_password.zzz", False, "has no block 'zzz'. Its blocks are none"),
        ("", False, "no resource has that name"),
    ],
)
def test_an_invalid_name_is_reported_with_a_fix(name: str, data: bool, message: str) -> None:
    with pytest.raises(InputError, match=message):
        schema(name, data=data)


@pytest.mark.parametrize(
    ("nesting", "min_items", "max_items", "message"),
    [
        (Nesting.LIST, 0, 0, "block, list  optional, any number"),
        (Nesting.SET, 1, 0, "block, set  required, at least 1"),
        (Nesting.LIST, 0, 5, "block, list  optional, at most 5"),
        (Nesting.LIST, 2, 4, "block, list  required, at least 2 and at most 4"),
        (Nesting.LIST, 1, 1, "block, list  required, exactly 1"),
        (Nesting.SINGLE, 0, 0, "block  optional"),
        (Nesting.SINGLE, 1, 1, "block  required"),
        (Nesting.MAP, 0, 0, "block, map  optional, any number"),
    ],
)
def test_the_number_of_blocks(nesting: Nesting, min_items: int, max_items: int, message: str) -> None:
    nested = NestedBlock("login", nesting, Block(), min_items, max_items)
    assert schema_text("x", Block({}, {"login": nested})) == f"login  {message}"


def test_flags_and_types() -> None:
    attribute = Attribute(
        "key", Collection("map", Collection("set", STRING)), optional=True, sensitive=True, write_only=True
    )
    assert (
        schema_text("x", Block({"key": attribute}))
        == "key  map of set of string  optional, sensitive, write-only"
    )


def test_an_empty_block_has_no_text() -> None:
    assert schema_text("x", Block()) == ""


def test_the_command_builds_missing_schemas(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    few = tuple(each for each in installed_bindings() if each.package.endswith(("_random", "_tls")))
    monkeypatch.setattr("arqctl.offline.schema.schemas.installed_bindings", lambda: few)
    schema("random_password")
    assert "length number required" in _lines(capsys)
    assert len(list((tmp_path / "schemas").iterdir())) == 2


def test_a_missing_extra_is_reported_with_a_fix() -> None:
    script = (
        "import sys; sys.modules['platformdirs'] = None\n"
        "from arqctl.offline.schema_command import schema\n"
        "from arqctl.core.cli_errors import run_cli\n"
        "run_cli(lambda: schema('aws_vpc'))"
    )
    process = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert process.returncode == 2
    assert "platformdirs is not installed" in process.stderr
    assert "pip install 'arqctl[offline]'" in process.stderr


def test_the_command_module_imports_no_optional_package() -> None:
    script = (
        "import sys; import arqctl.offline.schema_command\n"
        "print([name for name in ('google.protobuf', 'platformdirs', 'msgpack') if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "[]"


def test_a_type_is_required() -> None:
    with pytest.raises(InputError, match="TYPE: is missing"):
        schema()


def test_coverage_of_one_type(capsys: pytest.CaptureFixture[str]) -> None:
    schema("aws_launch_template", coverage=True)
    message = capsys.readouterr().out
    assert "aws_launch_template  (AWS::EC2::LaunchTemplate)" in message
    assert message.endswith("% of the checkable arguments are checked.\n")


def test_coverage_of_every_type(capsys: pytest.CaptureFixture[str]) -> None:
    schema(coverage=True)
    message = capsys.readouterr().out.splitlines()
    assert {"aws_vpc", "aws_eks_cluster"} <= {line.split()[4] for line in message[:-1]}
    assert message[-1].startswith("1,581 types; ")


def test_coverage_of_an_unknown_type_is_reported_with_a_fix() -> None:
    with pytest.raises(InputError, match="Did you mean aws_vpc"):
        schema("aws_vpcc", coverage=True)


def test_secrets_are_marked_as_sensitive(capsys: pytest.CaptureFixture[str]) -> None:
    schema("aws_db_instance")
    line = next(each for each in capsys.readouterr().out.splitlines() if each.startswith("password "))
    assert "sensitive" in line
