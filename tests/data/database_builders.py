"""Builders of databases and networks for tests, and lookups in their Terraform JSON."""

import json
import re

from constructs_arq.core.stack import Stack
from constructs_arq.data.postgres_config import PostgresConfig
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.network import Network
from constructs_arq.network.subnets import IsolatedSubnets
from tests.support import Resource, Synthesized


def build_network(stack: Stack) -> Network:
    """Create a network with two zones."""
    config = NetworkConfig(cidr="10.40.0.0/16", zones=("euw1-az1", "euw1-az2"), interface_endpoints=())
    return Network(stack, "network", config=config)


def build_isolated_subnets(stack: Stack) -> IsolatedSubnets:
    """Create a network with two zones and return its isolated subnets."""
    return build_network(stack).isolated


def database_config(**values: object) -> PostgresConfig:
    """Return the configuration of a small database with `values` as overrides."""
    defaults: dict[str, object] = {
        "version": "18",
        "instance_class": "db.r7g.large",
        "storage_gib": 100,
        "max_storage_gib": 400,
    }
    return PostgresConfig(**{**defaults, **values})


def default_resource(synthesized: Synthesized, kind: str, path: str) -> Resource:
    """Return the `Default` resource of a type in the construct at `path`."""
    return synthesized.one(kind, f"{path}/Default")


def resolved_arguments(synthesized: Synthesized, kind: str, path: str) -> Resource:
    """Return a resource's arguments with construct paths in place of references."""

    def construct_path(reference: re.Match[str]) -> str:
        resource = synthesized.json["resource"][reference["kind"]][reference["name"]]
        found = resource["//"]["metadata"]["path"].split("/", 1)[1].removesuffix("/Default")
        return f"{found}.{reference['attribute']}" if reference["attribute"] else found

    resource = default_resource(synthesized, kind, path)
    arguments = json.dumps({name: value for name, value in resource.items() if name != "//"})
    referring = r"(\$\{)?\b(?P<kind>aws_[a-z_]+)\.(?P<name>[\w-]+)(\.(?P<attribute>\w+)\})?"
    resolved_arguments: Resource = json.loads(re.sub(referring, construct_path, arguments))
    return resolved_arguments
