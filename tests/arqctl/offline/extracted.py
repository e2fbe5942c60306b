"""The schemas of the installed bindings, extracted once for all tests."""

from functools import cache

from arqctl.offline.bindings import Binding, installed
from arqctl.offline.schema.cache import CachedSchema
from arqctl.offline.schema.extract import extract
from arqctl.offline.schema.messages import response_bytes
from arqctl.offline.schema.model import ProviderSchema
from arqctl.offline.schema.schemas import Schemas

PROVIDERS = ("aws", "helm", "kubernetes", "pagerduty", "random", "tls")


def binding_of(name: str) -> Binding:
    (found,) = (each for each in installed() if each.package.endswith(f"_{name}"))
    return found


@cache
def schema_of(name: str) -> ProviderSchema:
    return extract(binding_of(name))


@cache
def schemas_of(name: str) -> Schemas:
    schema = schema_of(name)
    return Schemas(CachedSchema(schema.source, schema.version, response_bytes(schema)))
