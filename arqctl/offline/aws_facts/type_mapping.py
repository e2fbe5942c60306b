"""Which of AWS's own types and operations a Terraform resource type is."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from arqctl.offline.aws_facts.botocore_models import Api, services
from arqctl.offline.aws_facts.cloudformation import ResourceType, read_resource_types
from arqctl.offline.aws_facts.enums import Choices
from arqctl.offline.aws_facts.name_matching import squashed
from arqctl.offline.aws_facts.overrides import Exceptions, Service
from arqctl.offline.aws_facts.schema_mapping import OURS, arguments, pairs
from arqctl.offline.aws_facts.shapes import Shape
from arqctl.offline.schema.model import Block, NestedBlock

_ENOUGH = 0.34
"""The share of a type's arguments that a CloudFormation type of a merely similar name must know."""

_LOOSE_PARTS = (
    ("configuration", "config"),
    ("inlinepolicy", "policy"),
    ("userpool", ""),
    ("filesystem", ""),
    ("agent", ""),
    ("activedirectory", "ad"),
)
_MAKE = (
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
_PUT = ("put", "set")
_CHANGE = ("update", "modify", "put", "set", "change")
_END = ("delete", "remove", "deregister", "release", "disassociate", "detach", "disable", "terminate", "stop")


@dataclass(frozen=True)
class Operation:
    """The API call that makes a resource, and its members that no call changes later."""

    made: Shape
    fixed: frozenset[str]


class Catalogue:
    """AWS's types and operations, by Terraform's names."""

    def __init__(self, cfn_lint: Path, botocore: Path, exceptions: Exceptions) -> None:
        """Read cfn-lint's folder of schemas; models of botocore's folder are read when they are met."""
        self._exceptions = exceptions
        self._types = read_resource_types(cfn_lint)
        self.choices = Choices(each.document for each in self._types.values())
        self._models = services(botocore)
        self._apis: dict[str, Api] = {}
        self._by_service: dict[str, list[ResourceType]] = defaultdict(list)
        for each in self._types.values():
            self._by_service[each.name.split("::")[1]].append(each)
        self._services = {squashed(name): name for name in self._by_service}
        self._api_names = {squashed(name): name for name in self._models}
        self._nouns = {name: _variants(noun_of(name), (name.split("::")[1],)) for name in self._types}

    def resource_type(self, type_: str, block: Block) -> ResourceType | None:
        """The CloudFormation type that a Terraform type is, or None."""
        given = self._exceptions.of(type_).cloudformation
        return self._types.get(given) if given is not None else self.derived_type(type_, block)

    def derived_type(self, type_: str, block: Block) -> ResourceType | None:
        """The same by rule alone: the noun must agree, and where it only nearly does, the arguments too."""
        service, noun = self._service_and_noun(type_)
        endings = _endings(type_, noun)
        names = frozenset(each for ending in endings for each in _variants(ending, service.cloudformation))
        best: tuple[float, ResourceType] | None = None
        for name in service.cloudformation:
            for each in self._by_service.get(name, ()):
                if names & self._nouns[each.name]:
                    score = _overlap(block, each) + (squashed(noun_of(each.name)) in endings)
                    if score >= _ENOUGH and (best is None or score > best[0]):
                        best = score, each
        return best[1] if best else None

    def operation(self, type_: str, resource_type: ResourceType | None) -> Operation | None:
        """The API call that makes a resource of a type, or None."""
        given = self._exceptions.of(type_).operation
        if given is not None:
            service, _, name = given.partition(":")
            return self._operation(self._api(service), name) if given else None
        return self.derived_operation(type_, resource_type)

    def derived_operation(self, type_: str, resource_type: ResourceType | None) -> Operation | None:
        """The same by rule alone: a verb that makes, and the noun of either name."""
        service, noun = self._service_and_noun(type_)
        if not service.api:
            return None
        api = self._api(service.api)
        nouns = [noun, noun_of(resource_type.name)] if resource_type else [noun]
        for each in (
            variant for name in nouns for variant in sorted(_variants(name, ()), key=len, reverse=True)
        ):
            for verb in _MAKE:
                if name := api.operations.get(verb + each):
                    return self._operation(api, name)
        return None

    def _operation(self, api: Api, name: str) -> Operation:
        """What later calls know a resource by, it keeps; a call that puts changes all else."""
        verb = next(verb for verb in (*_MAKE, *_CHANGE) if name.lower().startswith(verb))
        noun = name.lower().removeprefix(verb)
        changing = {member for call in _calls(api, _CHANGE, noun) for member in api.given_to(call).members()}
        made = api.given_to(name)
        naming = {member for call in _calls(api, _END, noun) for member in api.required_by(call)}
        if verb in _PUT:
            changing = set(made.members())
            naming = naming or {
                each for each in api.required_by(name) if made.members()[each].kind == "string"
            }
        return Operation(made, frozenset(made.members()) - (changing - naming))

    def _api(self, name: str) -> Api:
        if name not in self._apis:
            self._apis[name] = Api.read(self._models[name])
        return self._apis[name]

    def _service_and_noun(self, type_: str) -> tuple[Service, str]:
        words = type_.removeprefix("aws_").split("_")
        for length in range(len(words), 0, -1):
            prefix, noun = "_".join(words[:length]), "_".join(words[length:])
            if given := self._exceptions.services.get(prefix):
                return Service(
                    given.cloudformation, given.api or self._api_names.get(squashed(prefix), "")
                ), noun
            key = squashed(prefix)
            if key in self._services or key in self._api_names:
                formation = self._services.get(key)
                return Service((formation,) if formation else (), self._api_names.get(key, "")), noun
        return Service(("EC2",), "ec2"), type_.removeprefix("aws_")


def _calls(api: Api, verbs: tuple[str, ...], noun: str) -> list[str]:
    return [call for verb in verbs if (call := api.operations.get(verb + noun))]


def noun_of(name: str) -> str:
    """`DBInstance` of `AWS::RDS::DBInstance`."""
    return "".join(name.split("::")[2:])


def _endings(type_: str, noun: str) -> tuple[str, ...]:
    """The noun of a type, alone and with the words before it: a service's name may belong to it."""
    words = type_.removeprefix("aws_").split("_")
    first = len(words) - (len(noun.split("_")) if noun else 1)
    return tuple(dict.fromkeys(squashed("_".join(words[at:])) for at in range(first, -1, -1)))


def _overlap(block: Block, resource_type: ResourceType) -> float:
    """The share of a block's arguments that a CloudFormation type knows by name."""
    wanted = arguments(block).keys() - OURS
    if not wanted:
        return 0.0
    top = Block(block.attributes, {name: _empty(each) for name, each in block.blocks.items()})
    found = pairs(top, resource_type.shape, renamed={}, noun=noun_of(resource_type.name))
    return len({pair.path[0] for pair in found}) / len(wanted)


def _empty(nested: NestedBlock) -> NestedBlock:
    return NestedBlock(nested.name, nested.nesting, Block())


def _variants(noun: str, owners: tuple[str, ...]) -> frozenset[str]:
    """How else a noun may be spelled: singular, without its service's name, with a part left out."""
    found = {squashed(noun)}
    found |= {each.removeprefix(squashed(owner)) for each in found for owner in owners}
    found |= {each.removesuffix("s") for each in found}
    found |= set(_without_beginnings(found))
    found |= {each.replace(part, other) for each in found for part, other in _LOOSE_PARTS if part in each}
    return frozenset(found - {""})


def _without_beginnings(names: set[str]) -> Iterator[str]:
    for name in names:
        for beginning in ("db", "vpc", "v2"):
            yield name.removeprefix(beginning)
