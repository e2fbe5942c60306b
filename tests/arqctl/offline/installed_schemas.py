"""Schemas of the installed bindings, for tests."""

from functools import cache

from arqctl.offline.bindings import Binding, installed_bindings
from arqctl.offline.schema.model import ProviderSchema
from arqctl.offline.schema.schemas import Schemas

PROVIDERS = ("aws", "helm", "kubernetes", "pagerduty", "random", "tls")


def binding_of(name: str) -> Binding:
    (found,) = (each for each in installed_bindings() if each.package.endswith(f"_{name}"))
    return found


@cache
def schema_of(name: str) -> ProviderSchema:
    schemas = schemas_of(name)
    return ProviderSchema(
        schemas.source,
        schemas.version,
        schemas.configuration,
        {each: schemas.resource(each) for each in schemas.resource_types},
        {each: schemas.data_source(each) for each in schemas.data_source_types},
    )


@cache
def schemas_of(name: str) -> Schemas:
    # From the user's cache, because extracting the AWS schema takes several seconds in each process. A
    # changed extractor invalidates the cache.
    namespace = "pagerduty" if name == "pagerduty" else "hashicorp"
    return Schemas.of(f"registry.terraform.io/{namespace}/{name}")
