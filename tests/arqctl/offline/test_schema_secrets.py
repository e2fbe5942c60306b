"""Secrets are marked as sensitive in the schema, and nothing else is."""

from arqctl.offline.facts import Names
from arqctl.offline.schema.model import Block
from arqctl.offline.schema.schemas import Schemas
from arqctl.offline.wire.tfplugin6_pb2 import GetProviderSchema
from tests.arqctl.offline.installed_schemas import schemas_of


def _sensitive_paths(schemas: Schemas) -> set[tuple[str, ...]]:
    blocks = ((name, schemas.resource(name)) for name in schemas.resource_types)
    return {(name, *path) for name, block in blocks for path in _sensitive_names(block)}


def _sensitive_names(block: Block) -> set[Names]:
    found: set[Names] = {(name,) for name, each in block.attributes.items() if each.sensitive}
    for name, each in block.attributes.items():
        if each.nested:
            found |= {(name, inner) for inner, part in each.nested.attributes.items() if part.sensitive}
    for name, nested in block.blocks.items():
        found |= {(name, *path) for path in _sensitive_names(nested.block)}
    return found


def test_attributes_are_marked_at_any_depth() -> None:
    helm = {"helm_release": frozenset([("repository_password",), ("set_sensitive", "value")])}
    assert _sensitive_paths(schemas_of("helm").with_secrets(helm)) == {
        ("helm_release", "repository_password"),
        ("helm_release", "set_sensitive", "value"),
    }
    aws = {"aws_dms_endpoint": frozenset([("password",), ("postgres_settings", "service_access_role_arn")])}
    assert _sensitive_paths(schemas_of("aws").with_secrets(aws)) == {
        ("aws_dms_endpoint", "password"),
        ("aws_dms_endpoint", "postgres_settings", "service_access_role_arn"),
    }


def test_invalid_paths_and_unknown_types_are_ignored() -> None:
    paths = frozenset({("nothing",), ("nothing", "deep"), ("vpc_config",), ("vpc_config", "nothing")})
    secrets = {"aws_eks_cluster": paths | {("name", "deep")}, "aws_nothing": frozenset({("name",)})}
    schemas = schemas_of("aws").with_secrets(secrets)
    assert not _sensitive_paths(schemas)
    assert "aws_nothing" not in schemas.resource_types


def test_the_response_to_terraform_has_sensitivity() -> None:
    schemas = schemas_of("random").with_secrets({"random_password": frozenset({("result",)})})
    message = GetProviderSchema.Response.FromString(schemas.response)
    block = message.resource_schemas["random_password"].block
    assert [each.name for each in block.attributes if each.sensitive] == ["result"]


def test_without_secrets_the_response_is_the_cached_one() -> None:
    assert schemas_of("tls").with_secrets({}).response == schemas_of("tls").response
    assert not _sensitive_paths(schemas_of("tls"))
