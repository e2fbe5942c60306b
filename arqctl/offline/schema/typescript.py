"""Parses the TypeScript of a bindings' submodule into the structs of a resource and their parts.

The generator writes each part of a resource four times, each time with different information:

- a comment above the getter in the class: computed, optional or required;
- the getter: the type, which for computed attributes is written nowhere else;
- the converter to HCL: whether an argument is a list, a set, a map or a single struct;
- the interface's documentation: `NAME block` for a block.

A provider's own structs have no class. There the interface's question mark marks optional arguments.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["resource", "data", "provider"]
Shape = Literal["simple", "list", "set", "map", "struct"]

_KINDS: Mapping[str, Kind] = {
    "TerraformResource": "resource",
    "TerraformDataSource": "data",
    "TerraformProvider": "provider",
}
_TOP = re.compile(r"class (\w+) extends cdkt[fn]\.(TerraformResource|TerraformDataSource|TerraformProvider) ")
_CLASS = re.compile(r"class (\w+)OutputReference extends cdkt[fn]\.ComplexObject ")
_INTERFACE = re.compile(r"interface (\w+)")
_CONVERTER = re.compile(r"function (\w+)ToHclTerraform\(")
_TYPE_NAME = re.compile(r'tfResourceType = "(\w+)"')
_CONFIGURATION = re.compile(r"public constructor\(scope: Construct, id: string, config: (\w+)")
_GETTER = re.compile(
    r"// (?P<name>\w+) - "
    r"computed: (?P<computed>\w+), optional: (?P<optional>\w+), required: (?P<required>\w+)\n"
    r"(?:  private \w+ = new (?P<holder>[\w.]+)\(this, \"\w+\"(?:, (?P<is_set>true|false))?\);\n"
    r"|  private [^\n]*\n)?"
    r"  public get \w+\(\)[^{]*\{\n    return (?P<returned>[^\n]*);\n"
)
_CONVERTED = re.compile(
    r"^ +(?P<name>\w+): \{\n +value: (?P<value>[^\n]*),\n"
    r' +isBlock: \w+,\n +type: "(?P<shape>\w+)",\n +storageClassType: "(?P<storage>\w+)"',
    re.MULTILINE,
)
_DOCUMENTED = re.compile(
    r"(?:  \* (?P<block>\w+) block\n  \*\n)?"
    r"  \* Docs at Terraform Registry: \{@link [^ #]*#(?P<name>\w+) .*?\*/\n  readonly \w+(?P<optional>\??):",
    re.DOTALL,
)
_STRUCT_CONVERTER = re.compile(r"(?<![\w.])(\w+)ToHclTerraform")
_MANY = re.compile(r"cdkt[fn]\.(?:list|hash)MapperHcl\(")
_HOLDER = re.compile(r"(?P<struct>\w+?)(?P<holder>OutputReference|List|Map)")
_MAP_HOLDER = re.compile(r"cdkt[fn]\.(?P<element>String|Number|Boolean)Map")
_ACCESSOR = re.compile(r"get(?P<element>String|Number|Boolean|Any)?(?P<many>List|Map)?Attribute\(")


@dataclass(frozen=True, slots=True)
class Part:
    """One attribute or block in the bindings.

    `struct` is the name of its parts' struct, or ""; `many` means that several are allowed. Without a struct,
    `storage` is the generator's name of its type: `string`, `stringList`, `numberMap`, `any`.
    """

    name: str
    computed: bool
    optional: bool
    required: bool
    shape: Shape
    storage: str = ""
    struct: str = ""
    many: bool = False
    is_block: bool = False


@dataclass(frozen=True, slots=True)
class Declaration:
    """One resource type, data source or provider: its Terraform name, its parts, and their structs."""

    kind: Kind
    name: str
    parts: tuple[Part, ...]
    structs: Mapping[str, tuple[Part, ...]]


@dataclass(frozen=True, slots=True)
class _Documented:
    optional: bool
    is_block: bool


def parse_declaration(text: str) -> Declaration | None:
    """Parse one submodule; return None if it declares no resource, data source or provider."""
    interfaces: dict[str, dict[str, _Documented]] = {}
    converters: dict[str, str] = {}
    classes: dict[str, str] = {}
    top: tuple[Kind, str] | None = None
    for statement in text.split("\nexport "):
        if match := _CONVERTER.match(statement):
            converters[match[1]] = statement
        elif match := _INTERFACE.match(statement):
            interfaces[_struct(match[1])] = _documented(statement)
        elif match := _CLASS.match(statement):
            classes[_struct(match[1])] = statement
        elif match := _TOP.match(statement):
            top = _KINDS[match[2]], statement
    if top is None:
        return None
    kind, statement = top
    structs = {
        name: _parts(classes.get(name, ""), converter, interfaces.get(name, {}))
        for name, converter in converters.items()
    }
    return Declaration(kind, _first(_TYPE_NAME, statement), _top_parts(statement, interfaces), structs)


def _top_parts(statement: str, interfaces: Mapping[str, dict[str, _Documented]]) -> tuple[Part, ...]:
    return _parts(statement, statement, interfaces[_struct(_first(_CONFIGURATION, statement))])


def _parts(getters: str, converter: str, documented: Mapping[str, _Documented]) -> tuple[Part, ...]:
    converted = {match["name"]: match for match in _CONVERTED.finditer(converter)}
    if not getters:
        return tuple(
            _argument(converted[name], False, each.optional, not each.optional, each.is_block)
            for name, each in documented.items()
        )
    return tuple(
        _part(getter, converted.get(getter["name"]), documented.get(getter["name"]))
        for getter in _GETTER.finditer(getters)
    )


def _part(getter: re.Match[str], converted: re.Match[str] | None, documented: _Documented | None) -> Part:
    computed, optional, required = (getter[flag] == "true" for flag in ("computed", "optional", "required"))
    if converted:
        is_block = documented is not None and documented.is_block
        return _argument(converted, computed, optional, required, is_block)
    # A part without any flag is a block whose parts are all computed.
    is_block = not (computed or optional or required)
    shape, storage, struct, many = _computed_type(getter)
    return Part(getter["name"], computed, optional, required, shape, storage, struct, many, is_block)


def _argument(
    converted: re.Match[str], computed: bool, optional: bool, required: bool, is_block: bool
) -> Part:
    name, value, shape, storage = converted.groups()
    struct = match[1] if (match := _STRUCT_CONVERTER.search(value)) else ""
    many = bool(_MANY.match(value))
    return Part(name, computed, optional, required, _shape(shape), storage, struct, many, is_block)


def _computed_type(getter: re.Match[str]) -> tuple[Shape, str, str, bool]:
    """Return shape, storage, struct and `many` of a part that is not an argument."""
    holder, returned = getter["holder"] or "", getter["returned"]
    if match := _MAP_HOLDER.fullmatch(holder):
        return "map", f"{match['element'].lower()}Map", "", True
    if match := _HOLDER.fullmatch(holder):
        shape = {"OutputReference": "struct", "List": "list", "Map": "map"}[match["holder"]]
        shape = "set" if getter["is_set"] == "true" else shape
        return _shape(shape), "", _struct(match["struct"]), match["holder"] != "OutputReference"
    if match := _ACCESSOR.search(returned):
        many = match["many"] or ""
        shape = "set" if "Fn.tolist(" in returned else many.lower() or "simple"
        return _shape(shape), f"{(match['element'] or 'string').lower()}{many}", "", bool(many)
    return "simple", "any", "", False


def _documented(interface: str) -> dict[str, _Documented]:
    return {
        match["name"]: _Documented(match["optional"] == "?", match["block"] == match["name"])
        for match in _DOCUMENTED.finditer(interface)
    }


def _shape(text: str) -> Shape:
    match text:
        case "simple" | "list" | "set" | "map" | "struct":
            return text
        case _:
            raise ValueError(f"unknown shape {text!r}")


def _struct(class_name: str) -> str:
    return class_name[:1].lower() + class_name[1:]


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if match is None:
        raise ValueError(f"no match for {pattern.pattern}")
    return match[1]
