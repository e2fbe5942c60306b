"""Builds a configuration of any resource type, with the required arguments or all compatible ones."""

from collections.abc import Mapping

from arqctl.offline.aws_facts.schema_mapping import Argument, nested_schema, settable_arguments
from arqctl.offline.facts import NO_FACTS, Constraint, Facts, Names
from arqctl.offline.planning.groups import Group, Kind, groups_of
from arqctl.offline.schema.model import Block, Nested, NestedBlock, Nesting
from arqctl.offline.types import Collection, Object, Primitive, Type
from tests.arqctl.offline.plausible_values import plausible_value
from tests.arqctl.offline.type_overrides import Overrides, overrides_for

Body = dict[str, object]
_UNKNOWN_RANGE = Constraint("")
# Each round resolves groups that depend on groups of the round before.
_ROUNDS = 8
# Chosen by the provider; the bindings list these arguments too.
_PROVIDER_CHOSEN = (("id",), ("tags_all",))


def resource(type_name: str, block: Block, facts: Facts, *, everything: bool) -> Body:
    """Return the arguments of a resource as Terraform JSON, without escaping expressions."""
    return _body(block, facts, groups_of(type_name), overrides_for(type_name), everything=everything)


def data_source(type_name: str, block: Block, *, everything: bool) -> Body:
    """Return the arguments of a data source, of which only the types are known."""
    return _body(block, NO_FACTS, (), overrides_for(f"data.{type_name}"), everything=everything)


def _body(
    block: Block, facts: Facts, groups: tuple[Group, ...], overrides: Overrides, *, everything: bool
) -> Body:
    choice = _ArgumentChoice(block, groups, overrides, everything=everything)
    return _BodyWriter(facts, choice, overrides.values).body(block, (), 0)


class _ArgumentChoice:
    """Chooses the arguments to set, respecting groups of arguments that exclude or need each other."""

    def __init__(
        self, block: Block, groups: tuple[Group, ...], overrides: Overrides, *, everything: bool
    ) -> None:
        self._block = block
        self._everything = everything
        self._included = {names[:end] for names in overrides.included for end in range(1, len(names) + 1)}
        self._pinned = {*overrides.included}
        self._omitted = {*overrides.omitted, *_PROVIDER_CHOSEN}
        for _ in range(_ROUNDS):
            for group in groups:
                self._settle(group)

    def is_set(self, names: Names, argument: Argument) -> bool:
        """Return whether an argument is set if its block is."""
        if _is_required(argument):
            return True
        return names not in self._omitted and (self._everything or names in self._included)

    def _settle(self, group: Group) -> None:
        if not self._is_present(group.within):
            return
        present = [each for each in group.members if self._is_present(each)]
        missing = [each for each in group.members if each not in present]
        match group.kind:
            case Kind.EXACTLY_ONE | Kind.AT_MOST_ONE if len(present) > 1:
                kept = max(present, key=lambda each: (each in self._pinned, self._is_fixed(each, group)))
                self._omit([each for each in present if each != kept], group)
            case Kind.EXACTLY_ONE | Kind.AT_LEAST_ONE if not present:
                self._include(group.members[:1])
            case Kind.ALL_OR_NONE if present and missing:
                self._complete(present, missing, group)
            case Kind.NEEDS if group.members[0] in present and missing:
                self._complete(present[:1], missing, group)

    def _complete(self, present: list[Names], missing: list[Names], group: Group) -> None:
        if any(self._is_fixed(each, group) for each in present) or not self._everything:
            self._include(missing)
        else:
            self._omit(present, group)

    def _include(self, members: tuple[Names, ...] | list[Names]) -> None:
        for names in members:
            prefixes = {names[:end] for end in range(1, len(names) + 1)}
            self._included |= prefixes
            self._omitted -= prefixes
            self._pinned |= {names}

    def _omit(self, members: list[Names], group: Group) -> None:
        """Omit members, or the block that requires them."""
        for names in members:
            shortest = len(group.within) + 1
            ends = range(len(names), shortest - 1, -1)
            optional = [names[:end] for end in ends if not _is_required(self._argument(names[:end]))]
            self._omitted.update(optional[:1])

    def _is_fixed(self, names: Names, group: Group) -> bool:
        prefixes = [names[:end] for end in range(len(group.within) + 1, len(names) + 1)]
        return all(_is_required(self._argument(each)) for each in prefixes)

    def _is_present(self, names: Names) -> bool:
        prefixes = [names[:end] for end in range(1, len(names) + 1)]
        return all(self.is_set(each, self._argument(each)) for each in prefixes)

    def _argument(self, names: Names) -> Argument:
        block: Block | Nested = self._block
        for name in names[:-1]:
            within = nested_schema(settable_arguments(block)[name])
            assert within is not None, names
            block = within
        return settable_arguments(block)[names[-1]]


class _BodyWriter:
    """Gives each argument a value."""

    def __init__(self, facts: Facts, choice: _ArgumentChoice, values: Mapping[Names, object]) -> None:
        self._facts = facts
        self._choice = choice
        self._values = values

    def body(self, block: Block | Nested, names: Names, number: int) -> Body:
        """Return the contents of a block, different for each number."""
        chosen = {
            name: each
            for name, each in settable_arguments(block).items()
            if self._choice.is_set((*names, name), each)
        }
        return {name: self._argument(each, (*names, name), number) for name, each in chosen.items()}

    def _argument(self, argument: Argument, names: Names, number: int) -> object:
        if names in self._values:
            return self._values[names]
        if isinstance(argument, NestedBlock):
            return self._repeated(argument.nesting, argument.block, argument.min_items, names, number)
        if argument.nested is not None:
            return self._repeated(argument.nested.nesting, argument.nested, 1, names, number)
        return self._value(argument.type, names, number)

    def _repeated(
        self, nesting: Nesting, within: Block | Nested, min_count: int, names: Names, number: int
    ) -> object:
        if nesting is Nesting.SINGLE:
            return self.body(within, names, number)
        count = max(min_count, self._min_count(names))
        elements = [self.body(within, names, number + each) for each in range(count)]
        if nesting is Nesting.MAP:
            return {f"key{each}": element for each, element in enumerate(elements)}
        return elements

    def _value(self, type_: Type, names: Names, number: int) -> object:
        if names in self._values:
            return self._values[names]
        match type_:
            case Primitive():
                return self._primitive(type_, names, number)
            case Object(attributes):
                return {name: self._value(each, (*names, name), number) for name, each in attributes.items()}
            case Collection("map", element):
                return {"Example": self._value(element, names, number)}
            case Collection(_, element):
                return [self._value(element, names, number + each) for each in range(self._min_count(names))]

    def _primitive(self, type_: Primitive, names: Names, number: int) -> object:
        constraint = self._facts.constraints.get(names, _UNKNOWN_RANGE)
        match type_.name:
            case "bool":
                return True
            case "number":
                return _number(constraint, number)
            case _:
                return plausible_value(names[-1], constraint, number)

    def _min_count(self, names: Names) -> int:
        return max(1, self._facts.constraints.get(names, _UNKNOWN_RANGE).min_items or 1)


def _is_required(argument: Argument) -> bool:
    return argument.min_items > 0 if isinstance(argument, NestedBlock) else argument.required


def _number(constraint: Constraint, number: int) -> float:
    if constraint.values:
        return float(constraint.values[number % len(constraint.values)])
    least = 1 if constraint.minimum is None else max(constraint.minimum, 1)
    wanted = least + number
    return wanted if constraint.maximum is None else min(wanted, constraint.maximum)
