"""Schemas of the installed bindings, for tests."""

from functools import cache

from arqctl.offline.bindings import Binding, installed_bindings
from arqctl.offline.schema.extract import extract
from arqctl.offline.schema.model import ProviderSchema
from arqctl.offline.schema.schemas import Schemas

PROVIDERS = ("aws", "helm", "kubernetes", "pagerduty", "random", "tls")


def binding_of(name: str) -> Binding:
    (found,) = (each for each in installed_bindings() if each.package.endswith(f"_{name}"))
    return found


@cache
def schema_of(name: str) -> ProviderSchema:
    return extract(binding_of(name))


@cache
def schemas_of(name: str) -> Schemas:
    # From the user's cache if possible: extracting the AWS schema takes several seconds in each process.
    namespace = "pagerduty" if name == "pagerduty" else "hashicorp"
    return Schemas.of(f"registry.terraform.io/{namespace}/{name}")
