"""Maps Terraform resource types to CloudFormation types and API operations."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from arqctl.offline.aws_facts.botocore_models import ApiModel, service_models
from arqctl.offline.aws_facts.cloudformation import ResourceType, read_resource_types
from arqctl.offline.aws_facts.enums import EnumIndex
from arqctl.offline.aws_facts.name_matching import normalize_name
from arqctl.offline.aws_facts.overrides import Overrides, Service
from arqctl.offline.aws_facts.schema_mapping import PROVIDER_ARGUMENTS, map_arguments, settable_arguments
from arqctl.offline.aws_facts.shapes import Shape
from arqctl.offline.schema.model import Block, NestedBlock

_MIN_OVERLAP = 0.34
"""Minimum share of arguments that a CloudFormation type with a similar name must have."""

_INTERCHANGEABLE_WORDS = (
    ("configuration", "config"),
    ("inlinepolicy", "policy"),
    ("userpool", ""),
    ("filesystem", ""),
    ("agent", ""),
    ("activedirectory", "ad"),
)
_CREATE_VERBS = (
    "create",
    "put",
    "add",
    "register",
    "allocate",
    "request",
    "run",
    "import",
    "enable",
    "associate",
    "attach",
    "set",
    "start",
)
_PUT_VERBS = ("put", "set")
_UPDATE_VERBS = ("update", "modify", "put", "set", "change")
_DELETE_VERBS = (
    "delete",
    "remove",
    "deregister",
    "release",
    "disassociate",
    "detach",
    "disable",
    "terminate",
    "stop",
)


@dataclass(frozen=True)
class CreateOperation:
    """Input of the API operation that creates a resource, and the members that no operation updates."""

    input_shape: Shape
    create_only: frozenset[str]


class TypeMapping:
    """Finds the CloudFormation type and the create operation of a Terraform resource type."""

    def __init__(self, cfn_lint: Path, botocore: Path, overrides: Overrides) -> None:
        """Read cfn-lint's schema folder. Models in botocore's folder are read on demand."""
        self._overrides = overrides
        self._types = read_resource_types(cfn_lint)
        self.enums = EnumIndex(each.document for each in self._types.values())
        self._models = service_models(botocore)
        self._apis: dict[str, ApiModel] = {}
        self._by_service: dict[str, list[ResourceType]] = defaultdict(list)
        for each in self._types.values():
            self._by_service[each.name.split("::")[1]].append(each)
        self._services = {normalize_name(name): name for name in self._by_service}
        self._api_names = {normalize_name(name): name for name in self._models}
        self._nouns = {
            name: _noun_variants(resource_noun(name), (name.split("::")[1],)) for name in self._types
        }

    def resource_type(self, type_: str, block: Block) -> ResourceType | None:
        """Return the CloudFormation type of a Terraform type, or None."""
        given = self._overrides.of(type_).cloudformation
        return self._types.get(given) if given is not None else self.infer_resource_type(type_, block)

    def infer_resource_type(self, type_: str, block: Block) -> ResourceType | None:
        """Infer the CloudFormation type without overrides: the noun must match, and enough arguments."""
        service, noun = self._split_service_and_noun(type_)
        nouns = _candidate_nouns(type_, noun)
        names = frozenset(each for noun in nouns for each in _noun_variants(noun, service.cloudformation))
        best: tuple[float, ResourceType] | None = None
        for name in service.cloudformation:
            for each in self._by_service.get(name, ()):
                if names & self._nouns[each.name]:
                    score = _overlap(block, each) + (normalize_name(resource_noun(each.name)) in nouns)
                    if score >= _MIN_OVERLAP and (best is None or score > best[0]):
                        best = score, each
        return best[1] if best else None

    def operation(self, type_: str, resource_type: ResourceType | None) -> CreateOperation | None:
        """Return the API operation that creates a resource of a type, or None."""
        given = self._overrides.of(type_).operation
        if given is not None:
            service, _, name = given.partition(":")
            return self._operation(self._api(service), name) if given else None
        return self.infer_operation(type_, resource_type)

    def infer_operation(self, type_: str, resource_type: ResourceType | None) -> CreateOperation | None:
        """Infer the operation without overrides: a create verb, and the noun of either type name."""
        service, noun = self._split_service_and_noun(type_)
        if not service.api:
            return None
        api = self._api(service.api)
        nouns = [noun, resource_noun(resource_type.name)] if resource_type else [noun]
        for each in (
            variant for name in nouns for variant in sorted(_noun_variants(name, ()), key=len, reverse=True)
        ):
            for verb in _CREATE_VERBS:
                if name := api.operations.get(verb + each):
                    return self._operation(api, name)
        return None

    def _operation(self, api: ApiModel, name: str) -> CreateOperation:
        """Treat members that identify the resource as create-only; a put operation updates all others."""
        verb = next(verb for verb in (*_CREATE_VERBS, *_UPDATE_VERBS) if name.lower().startswith(verb))
        noun = name.lower().removeprefix(verb)
        updatable = {
            member
            for call in _find_operations(api, _UPDATE_VERBS, noun)
            for member in api.input_shape(call).members()
        }
        input_shape = api.input_shape(name)
        identifying = {
            member
            for call in _find_operations(api, _DELETE_VERBS, noun)
            for member in api.required_members(call)
        }
        if verb in _PUT_VERBS:
            updatable = set(input_shape.members())
            identifying = identifying or {
                each for each in api.required_members(name) if input_shape.members()[each].kind == "string"
            }
        return CreateOperation(input_shape, frozenset(input_shape.members()) - (updatable - identifying))

    def _api(self, name: str) -> ApiModel:
        if name not in self._apis:
            self._apis[name] = ApiModel.read(self._models[name])
        return self._apis[name]

    def _split_service_and_noun(self, type_: str) -> tuple[Service, str]:
        words = type_.removeprefix("aws_").split("_")
        for length in range(len(words), 0, -1):
            prefix, noun = "_".join(words[:length]), "_".join(words[length:])
            if given := self._overrides.services.get(prefix):
                return Service(
                    given.cloudformation, given.api or self._api_names.get(normalize_name(prefix), "")
                ), noun
            key = normalize_name(prefix)
            if key in self._services or key in self._api_names:
                cloudformation_service = self._services.get(key)
                return Service(
                    (cloudformation_service,) if cloudformation_service else (), self._api_names.get(key, "")
                ), noun
        return Service(("EC2",), "ec2"), type_.removeprefix("aws_")


def _find_operations(api: ApiModel, verbs: tuple[str, ...], noun: str) -> list[str]:
    return [call for verb in verbs if (call := api.operations.get(verb + noun))]


def resource_noun(name: str) -> str:
    """Return the noun of a CloudFormation type: `DBInstance` of `AWS::RDS::DBInstance`."""
    return "".join(name.split("::")[2:])


def _candidate_nouns(type_: str, noun: str) -> tuple[str, ...]:
    """Return a type's noun, alone and with the words before it, as a service's name may be part of it."""
    words = type_.removeprefix("aws_").split("_")
    first = len(words) - (len(noun.split("_")) if noun else 1)
    return tuple(dict.fromkeys(normalize_name("_".join(words[at:])) for at in range(first, -1, -1)))


def _overlap(block: Block, resource_type: ResourceType) -> float:
    """Return the share of a block's arguments that a CloudFormation type has."""
    names = settable_arguments(block).keys() - PROVIDER_ARGUMENTS
    if not names:
        return 0.0
    top = Block(block.attributes, {name: _without_contents(each) for name, each in block.blocks.items()})
    found = map_arguments(top, resource_type.shape, aws_names={}, noun=resource_noun(resource_type.name))
    return len({mapping.path[0] for mapping in found}) / len(names)


def _without_contents(nested: NestedBlock) -> NestedBlock:
    return NestedBlock(nested.name, nested.nesting, Block())


def _noun_variants(noun: str, owners: tuple[str, ...]) -> frozenset[str]:
    """Return other spellings of a noun: singular, without its service's name, with a word replaced."""
    found = {normalize_name(noun)}
    found |= {each.removeprefix(normalize_name(owner)) for each in found for owner in owners}
    found |= {each.removesuffix("s") for each in found}
    found |= set(_without_prefixes(found))
    found |= {
        each.replace(part, other) for each in found for part, other in _INTERCHANGEABLE_WORDS if part in each
    }
    return frozenset(found - {""})


def _without_prefixes(names: set[str]) -> Iterator[str]:
    for name in names:
        for prefix in ("db", "vpc", "v2"):
            yield name.removeprefix(prefix)
