"""Published facts, the AWS provider's schema and the type mapping, each read once for all tests."""

from collections.abc import Mapping
from functools import cache

from arqctl.offline.aws_facts.overrides import read_overrides
from arqctl.offline.aws_facts.published_facts import PublishedFacts
from arqctl.offline.aws_facts.sources import Sources
from arqctl.offline.aws_facts.type_mapping import TypeMapping
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.schema.model import Block
from arqctl.offline.schema.schemas import Schemas
from arqctl.offline.values import Value

AWS = "registry.terraform.io/hashicorp/aws"


@cache
def facts() -> PublishedFacts:
    return PublishedFacts.load()


@cache
def aws() -> Schemas:
    return Schemas.of(AWS)


@cache
def type_mapping() -> TypeMapping:
    sources = Sources.installed()
    return TypeMapping(sources.cfn_lint, sources.botocore, read_overrides())


@cache
def blocks() -> Mapping[str, Block]:
    """Return every resource type of every provider."""
    return {type_: each.resource(type_) for each in Schemas.all() for type_ in each.resource_types}


def check(type_: str, config: Mapping[str, Value], region: str = "eu-west-1") -> list[Diagnostic]:
    return facts().check(type_, aws().resource(type_), config, region)
