"""Secrets are marked as sensitive in the schema, and nothing else is."""

from arqctl.offline.facts import Names
from arqctl.offline.schema.model import Block
from arqctl.offline.schema.schemas import Schemas
from arqctl.offline.wire.tfplugin6_pb2 import GetProviderSchema
from tests.arqctl.offline.extracted import schemas_of


def _marked(schemas: Schemas) -> set[tuple[str, ...]]:
    blocks = ((name, schemas.resource(name)) for name in schemas.resource_types)
    return {(name, *path) for name, block in blocks for path in _in(block)}


def _in(block: Block) -> set[Names]:
    found: set[Names] = {(name,) for name, each in block.attributes.items() if each.sensitive}
    for name, each in block.attributes.items():
        if each.nested:
            found |= {(name, inner) for inner, part in each.nested.attributes.items() if part.sensitive}
    for name, nested in block.blocks.items():
        found |= {(name, *path) for path in _in(nested.block)}
    return found


def test_attributes_of_resources_of_blocks_and_of_attributes() -> None:
    helm = {"helm_release": frozenset([("repository_password",), ("set_sensitive", "value")])}
    assert _marked(schemas_of("helm").with_secrets(helm)) == {
        ("helm_release", "repository_password"),
        ("helm_release", "set_sensitive", "value"),
    }
    aws = {"aws_dms_endpoint": frozenset([("password",), ("postgres_settings", "service_access_role_arn")])}
    assert _marked(schemas_of("aws").with_secrets(aws)) == {
        ("aws_dms_endpoint", "password"),
        ("aws_dms_endpoint", "postgres_settings", "service_access_role_arn"),
    }


def test_a_path_to_nothing_or_to_a_block_and_an_unknown_type_are_left_out() -> None:
    paths = frozenset({("nothing",), ("nothing", "deep"), ("vpc_config",), ("vpc_config", "nothing")})
    secrets = {"aws_eks_cluster": paths | {("name", "deep")}, "aws_nothing": frozenset({("name",)})}
    schemas = schemas_of("aws").with_secrets(secrets)
    assert not _marked(schemas)
    assert "aws_nothing" not in schemas.resource_types


def test_terraform_reads_sensitivity() -> None:
    schemas = schemas_of("random").with_secrets({"random_password": frozenset({("result",)})})
    message = GetProviderSchema.Response.FromString(schemas.response)
    block = message.resource_schemas["random_password"].block
    assert [each.name for each in block.attributes if each.sensitive] == ["result"]


def test_without_secrets_the_answer_is_the_one_that_was_kept() -> None:
    assert schemas_of("tls").with_secrets({}).response == schemas_of("tls").response
    assert not _marked(schemas_of("tls"))
