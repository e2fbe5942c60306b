"""Databases and networks to test with."""

import json
import re

from constructs_arq.core.stack import Stack
from constructs_arq.data.postgres_config import PostgresConfig
from constructs_arq.network.config import NetworkConfig
from constructs_arq.network.network import Network
from constructs_arq.network.subnets import IsolatedSubnets
from tests.support import Resource, Synthesized


def network(stack: Stack) -> Network:
    """A network over two zones."""
    config = NetworkConfig(cidr="10.40.0.0/16", zones=("euw1-az1", "euw1-az2"), interface_endpoints=())
    return Network(stack, "network", config=config)


def isolated(stack: Stack) -> IsolatedSubnets:
    """The isolated subnets of a network of two zones."""
    return network(stack).isolated


def database_config(**values: object) -> PostgresConfig:
    """A small database's configuration, with `values` instead of its own."""
    own: dict[str, object] = {
        "version": "18",
        "instance_class": "db.r7g.large",
        "storage_gib": 100,
        "max_storage_gib": 400,
    }
    return PostgresConfig(**{**own, **values})


def primary(synthesized: Synthesized, kind: str, path: str) -> Resource:
    """The resource of a type that is the construct at `path`."""
    return synthesized.one(kind, f"{path}/Default")


def described(synthesized: Synthesized, kind: str, path: str) -> Resource:
    """A resource's arguments; what it refers to is named by its construct's path."""

    def construct_path(reference: re.Match[str]) -> str:
        resource = synthesized.json["resource"][reference["kind"]][reference["name"]]
        found = resource["//"]["metadata"]["path"].split("/", 1)[1].removesuffix("/Default")
        return f"{found}.{reference['attribute']}" if reference["attribute"] else found

    resource = primary(synthesized, kind, path)
    arguments = json.dumps({name: value for name, value in resource.items() if name != "//"})
    referring = r"(\$\{)?\b(?P<kind>aws_[a-z_]+)\.(?P<name>[\w-]+)(\.(?P<attribute>\w+)\})?"
    described: Resource = json.loads(re.sub(referring, construct_path, arguments))
    return described
