"""The five blocks that the bindings type `any`, because they nest too deep for the generator."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from arqctl.offline.schema.model import Attribute, Block, NestedBlock, Nesting
from arqctl.offline.schema.quicksight import quicksight_definition
from arqctl.offline.types import BOOL, NUMBER, STRING, Collection

_STATEMENTS = Path(__file__).with_name("wafv2_statement.toml")
_STATEMENT_OF = {
    "aws_wafv2_rule_group": "rule_group_statement",
    "aws_wafv2_web_acl": "web_acl_statement",
}
_PRIMITIVES = {"string": STRING, "number": NUMBER, "bool": BOOL}
_ATTRIBUTE = re.compile(r"(required|optional|computed)(?: (list|set))? (string|number|bool)")
_BLOCK = re.compile(r"(\d+)\.\.(\d*) (list|set) (\w+)")


def untyped_block(type_name: str, name: str) -> Block | None:
    """Return the schema of a block that the bindings type `any`, or None for any other block.

    Raises:
        InputError: when cfn-lint, the source of QuickSight's schema, is not installed.
    """
    if name == "statement" and type_name in _STATEMENT_OF:
        return _struct(_STATEMENT_OF[type_name])
    if name == "definition" and type_name.startswith("aws_quicksight_"):
        return quicksight_definition(type_name)
    return None


@cache
def _statements() -> Mapping[str, Mapping[str, str | list[str]]]:
    return tomllib.loads(_STATEMENTS.read_text(encoding="utf-8"))


@cache
def _struct(struct: str) -> Block:
    attributes: dict[str, Attribute] = {}
    blocks: dict[str, NestedBlock] = {}
    for name, meaning in _statements()[struct].items():
        if isinstance(meaning, list):
            for included in map(_struct, meaning):
                attributes |= included.attributes
                blocks |= included.blocks
        elif match := _BLOCK.fullmatch(meaning):
            least, most, nesting, inner = match.groups()
            blocks[name] = NestedBlock(name, Nesting(nesting), _struct(inner), int(least), int(most or 0))
        else:
            attributes[name] = _attribute(name, meaning)
    return Block(attributes, blocks)


def _attribute(name: str, meaning: str) -> Attribute:
    match = _ATTRIBUTE.fullmatch(meaning)
    if match is None:
        raise ValueError(f"{_STATEMENTS.name}: {name} = {meaning!r} is neither attribute nor block")
    duty, kind, primitive = match.groups()
    element = _PRIMITIVES[primitive]
    whole = Collection("set" if kind == "set" else "list", element) if kind else element
    return Attribute(
        name, whole, required=duty == "required", optional=duty != "required", computed=duty == "computed"
    )
