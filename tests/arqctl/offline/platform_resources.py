"""The AWS resources of the snapshots, as Terraform passes them to a provider."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from arqctl.offline.planning.imports import empty_block
from arqctl.offline.planning.traversal import Fields
from arqctl.offline.schema.model import Block, NestedBlock, Nesting
from arqctl.offline.schema.schemas import Schemas
from arqctl.offline.values import UNKNOWN, Value

SNAPSHOTS = Path(__file__).parents[2] / "snapshots"


@cache
def aws() -> Schemas:
    return Schemas.of("registry.terraform.io/hashicorp/aws")


def resources() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for file in sorted(SNAPSHOTS.glob("*.json")):
        for type_name, named in json.loads(file.read_text("utf-8"))["resource"].items():
            for name, body in named.items():
                if type_name.startswith("aws_"):
                    yield type_name, f"{file.stem}: {type_name}.{name}", body


def configuration(block: Block, body: dict[str, Any]) -> Fields:
    """Return a block of synthesized JSON as Terraform passes it while all references are unknown."""
    given = {name: _unknown_if_expression(body[name]) for name in block.attributes if name in body}
    blocks = {name: _blocks(nested, body[name]) for name, nested in block.blocks.items() if name in body}
    return {**empty_block(block), **given, **blocks}


def _blocks(nested: NestedBlock, body: Any) -> Value:
    if nested.nesting is Nesting.SINGLE:
        return configuration(nested.block, body)
    return [configuration(nested.block, each) for each in (body if isinstance(body, list) else [body])]


def _unknown_if_expression(value: Any) -> Value:
    if isinstance(value, list):
        return [_unknown_if_expression(each) for each in value]
    return UNKNOWN if "${" in json.dumps(value) else value
