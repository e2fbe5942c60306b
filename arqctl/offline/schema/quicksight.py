"""The schema of the definitions of QuickSight's analyses, dashboards and templates.

The AWS provider follows QuickSight's API, and so does CloudFormation, whose schemas are in cfn-lint. A
structure is a block of at most one, a list of structures a block without limit. The exceptions of the
provider are listed here.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from arqctl.core.errors import InputError, Problem
from arqctl.offline.schema.model import Attribute, Block, NestedBlock, Nesting
from arqctl.offline.types import BOOL, NUMBER, STRING, Collection, Primitive

Json = Mapping[str, Any]

_DEFINITIONS = {
    "aws_quicksight_analysis": ("AWS::QuickSight::Analysis", "AnalysisDefinition"),
    "aws_quicksight_dashboard": ("AWS::QuickSight::Dashboard", "DashboardVersionDefinition"),
    "aws_quicksight_template": ("AWS::QuickSight::Template", "TemplateVersionDefinition"),
}
_OWN_NAMES = {
    ("TemplateVersionDefinition", "DataSetConfigurations"): "data_set_configuration",
    ("TemplateVersionDefinition", "ParameterDeclarations"): "parameters_declarations",
    ("AnalysisDefinition", "DataSetIdentifierDeclarations"): "data_set_identifiers_declarations",
    ("DashboardVersionDefinition", "DataSetIdentifierDeclarations"): "data_set_identifiers_declarations",
    ("TooltipOptions", "FieldBasedTooltip"): "field_base_tooltip",
}
# Sets in the provider, lists in the API.
_SETS = {"CalculatedFields", "ParameterDeclarations"}
# In the API, but not in the provider.
_ABSENT = {
    "CustomActionDefaults",
    "Images",
    "Interactions",
    "LayerMapVisual",
    "Options",
    "PluginVisual",
    "QueryExecutionOptions",
    "StaticFiles",
    "TopicConfigurations",
    "TopicIdentifierDeclarations",
    "VisualContentAltText",
}
_PRIMITIVES = {"string": STRING, "number": NUMBER, "integer": NUMBER, "boolean": BOOL}
_REGION = "us-east-1.json"


def quicksight_definition(type_name: str) -> Block:
    """Return the schema of the block `definition` of a QuickSight resource or data source.

    Raises:
        InputError: when cfn-lint is not installed.
    """
    cloudformation, structure = _DEFINITIONS[type_name]
    return _Definitions(_schema(cloudformation)["definitions"]).block(structure)


@cache
def _schema(cloudformation: str) -> Json:
    spec = find_spec("cfnlint")
    if spec is None or spec.origin is None:
        problem, fix = (
            "is not installed, but contains QuickSight's schema",
            "pip install 'arqctl[offline]'",
        )
        raise InputError([Problem("cfn-lint", problem, fix)])
    folder = Path(spec.origin).parent / "data/schemas"
    name = json.loads((folder / "providers" / _REGION).read_bytes())[cloudformation]
    schema: Json = json.loads((folder / "resources" / f"{name}.json").read_bytes())
    return schema


class _Definitions:
    """Converts the structures of one CloudFormation schema, each once."""

    def __init__(self, structures: Json) -> None:
        self._structures = structures
        self._blocks: dict[str, Block] = {}

    def block(self, name: str) -> Block:
        """Return a structure as a block."""
        if name not in self._blocks:
            self._blocks[name] = self._block(name, self._structures[name])
        return self._blocks[name]

    def _block(self, structure: str, schema: Json) -> Block:
        attributes: dict[str, Attribute] = {}
        blocks: dict[str, NestedBlock] = {}
        required = schema.get("required", ())
        for api_name, part in schema["properties"].items():
            if api_name in _ABSENT:
                continue
            name = _OWN_NAMES.get((structure, api_name)) or _snake_case(api_name)
            is_many = part.get("type") == "array"
            element = part["items"] if is_many else part
            inner = self._structure(api_name, element)
            if inner:
                nesting = Nesting.SET if api_name in _SETS else Nesting.LIST
                least, most = int(api_name in required), 0 if is_many else 1
                blocks[name] = NestedBlock(name, nesting, inner, least, most)
            else:
                primitive = self._primitive(element)
                attributes[name] = Attribute(
                    name,
                    Collection("list", primitive) if is_many else primitive,
                    required=api_name in required,
                    optional=api_name not in required,
                )
        return Block(attributes, blocks)

    def _structure(self, name: str, schema: Json) -> Block | None:
        if "properties" in schema:
            return self._block(name, schema)
        target = schema.get("$ref", "").rpartition("/")[2]
        return self.block(target) if target and "properties" in self._structures[target] else None

    def _primitive(self, schema: Json) -> Primitive:
        """Return a property's type. Enums are structures; a timestamp (`object` or `string`) is a string."""
        target = schema.get("$ref", "").rpartition("/")[2]
        declared = (self._structures[target] if target else schema)["type"]
        return _PRIMITIVES.get(declared, STRING) if isinstance(declared, str) else STRING


def _snake_case(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return words.lower()
