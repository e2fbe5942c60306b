"""Works out the facts of one resource type from all that is published of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from arqctl.offline.aws_facts.constraints import fitting, merged
from arqctl.offline.aws_facts.enums import Choices
from arqctl.offline.aws_facts.overrides import TypeExceptions
from arqctl.offline.aws_facts.schema_mapping import OURS, Argument, Pair, arguments, inside, pairs
from arqctl.offline.aws_facts.type_mapping import Catalogue, noun_of
from arqctl.offline.aws_facts.value_checks import is_foreign
from arqctl.offline.facts import Constraint, Facts, Names
from arqctl.offline.schema.model import BOOL, Attribute, Block, Nested

_SECRET = re.compile(
    r"(^|_)(password|passphrase|secret|secret_string|secret_binary|secret_key|private_key|auth_token|token"
    r"|access_key|secret_access_key|client_secret|api_key|shared_key|credentials?)(_wo)?$"
)
_MADE_ONCE = ("random_", "tls_")
"""Types of which a change to any argument makes another."""

_NAMING = frozenset({("metadata", "name"), ("metadata", "namespace"), ("metadata", "generate_name")})
"""What Kubernetes knows an object by."""

_TIES = ("_attachment", "_association")
"""Types that only tie two things together: another end makes another tie."""


def facts_of(type_: str, block: Block, catalogue: Catalogue, given: TypeExceptions) -> Facts:
    """All that is known of a type; `given` is what its exceptions say."""
    resource_type = catalogue.resource_type(type_, block)
    operation = catalogue.operation(type_, resource_type)
    noun = noun_of(resource_type.name) if resource_type else ""
    formed = list(pairs(block, resource_type.shape, renamed=given.names, noun=noun)) if resource_type else []
    called = list(pairs(block, operation.made, renamed=given.names, noun=noun)) if operation else []
    if resource_type:
        replacing = {pair.path for pair in formed if pair.fixed}
    else:
        replacing = {pair.path for pair in called if operation and pair.member in operation.fixed}
        replacing |= set(_ends(type_, block))
    every = dict(every_argument(block))
    return Facts(
        cloudformation=resource_type.name if resource_type else "",
        replacing=frozenset(
            ((replacing | set(_by_kinship(replacing, block))) - _below(given.keeps, every))
            | _below(given.replaces, every)
        ),
        sensitive=frozenset(_secrets([*formed, *called])) | given.secret,
        constraints={
            **_constraints(formed, called, given.any_case, catalogue.choices),
            **given.limits,
        },
    )


def facts_elsewhere(type_: str, block: Block, given: TypeExceptions) -> Facts:
    """What is known of a type of another provider: nothing is published, but some make a thing once."""
    every = dict(every_argument(block))
    once = frozenset(every) if type_.startswith(_MADE_ONCE) else _below(_NAMING & every.keys(), every)
    return Facts(replacing=once | _below(given.replaces, every), sensitive=given.secret)


def judged(block: Block) -> Iterator[Names]:
    """The arguments that could hold a value of the right form that AWS doesn't take."""
    for path, argument in every_argument(block):
        if path[0] not in OURS and inside(argument) is None and not _is_bool(argument):
            yield path


def _is_bool(argument: Argument) -> bool:
    return isinstance(argument, Attribute) and argument.type == BOOL


def every_argument(block: Block) -> Iterator[tuple[Names, Argument]]:
    """Every argument that a configuration may set, at every depth, with its path."""
    waiting: list[tuple[Names, Block | Nested]] = [((), block)]
    while waiting:
        path, within = waiting.pop()
        for name, argument in arguments(within).items():
            yield (*path, name), argument
            if (inner := inside(argument)) is not None:
                waiting.append(((*path, name), inner))


def _below(paths: frozenset[Names], every: Mapping[Names, Argument]) -> frozenset[Names]:
    """The paths, and all that stands inside them."""
    if not paths:
        return paths
    return frozenset(path for path in every if any(path[:end] in paths for end in range(1, len(path) + 1)))


def _ends(type_: str, block: Block) -> Iterator[Names]:
    if type_.endswith(_TIES):
        for name, argument in arguments(block).items():
            if isinstance(argument, Attribute) and argument.required:
                yield (name,)


def _by_kinship(replacing: set[Names], block: Block) -> Iterator[Names]:
    """A prefix makes the name that it begins; a resource lives in one region."""
    settable = arguments(block)
    for path in replacing:
        if len(path) == 1 and f"{path[0]}_prefix" in settable:
            yield (f"{path[0]}_prefix",)
    if "region" in settable:
        yield ("region",)


def _secrets(found: list[Pair]) -> Iterator[Names]:
    """What AWS keeps to itself and is named like a secret: it also hides names and descriptions."""
    for pair in found:
        if pair.shape.secret and pair.shape.kind != "boolean" and _SECRET.search(pair.path[-1]):
            yield pair.path


def _constraints(
    formed: list[Pair], called: list[Pair], any_case: frozenset[Names], choices: Choices
) -> Mapping[Names, Constraint]:
    said: dict[Names, Constraint] = {}
    for pair in (*formed, *called):
        constraint = fitting(pair)
        if constraint is not None:
            known = said.get(pair.path)
            said[pair.path] = merged(known, constraint) if known else constraint
    judging = {path: _judging(each, choices) for path, each in said.items()}
    return {
        path: _in_any_case(each) if path in any_case else each
        for path, each in judging.items()
        if each != Constraint(each.source)
    }


def _judging(constraint: Constraint, choices: Choices) -> Constraint:
    """What surely holds today.

    A pattern that Python reads otherwise than AWS doesn't, nor does a list of values that only an API's model
    has: AWS may have added to it since. To one that CloudFormation has too, its newer values are added.
    """
    if constraint.pattern and is_foreign(constraint.pattern):
        constraint = replace(constraint, pattern="")
    if not constraint.values:
        return constraint
    if constraint.source == "botocore" and not choices.confirm(constraint.values):
        return replace(constraint, values=())
    return replace(constraint, values=choices.with_newer(constraint.values))


def _in_any_case(constraint: Constraint) -> Constraint:
    listed = "|".join(map(re.escape, constraint.values))
    return replace(constraint, values=(), pattern=f"^(?i:{listed})$") if listed else constraint
