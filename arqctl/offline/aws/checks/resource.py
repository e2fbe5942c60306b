"""One resource as the rules see it, and the small questions that they ask of its values.

Every question leaves out what is unknown: a rule speaks only of what it knows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.numbers import Number, as_number
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Unknown, Value


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as written, while validating; as planned, with what was foretold, while planning.

    `account` is None while validating: no provider is configured then.
    """

    type: str
    values: Mapping[str, Value]
    account: Account | None = None

    def get_text(self, name: str) -> str | None:
        """A known text that isn't empty; None otherwise."""
        return as_text(self.values.get(name))

    def get_number(self, name: str) -> Number | None:
        """A known number; None otherwise."""
        return as_number(self.values.get(name))

    def get_blocks(self, name: str) -> list[Mapping[str, Value]]:
        """The blocks of a name, known ones only."""
        return get_blocks(self.values, name)

    def possibly_set(self, name: str) -> bool:
        """Whether the argument has a value, or may turn out to have one."""
        return possibly_set(self.values, name)

    def definitely_set(self, name: str) -> bool:
        """Whether the argument has a value, be it known or not."""
        return definitely_set(self.values, name)


def as_text(value: Value) -> str | None:
    """A known text that isn't empty; None otherwise."""
    return value if isinstance(value, str) and value else None


def get_blocks(values: Mapping[str, Value], name: str) -> list[Mapping[str, Value]]:
    """The blocks of a name in a block, known ones only."""
    given = values.get(name)
    listed = given if isinstance(given, list) else [given]
    return [each for each in listed if isinstance(each, dict)]


def as_list(value: Value) -> list[Value]:
    """The elements of a collection, whether known or not; empty for anything else."""
    return value if isinstance(value, list) else []


def possibly_set(values: Mapping[str, Value], name: str) -> bool:
    """Whether an argument has a value, or may turn out to have one. Empty texts and collections are none."""
    return values.get(name) not in (None, "", [], {})


def definitely_set(values: Mapping[str, Value], name: str) -> bool:
    """Whether an argument has a value, be it known or not. What is unknown may still turn out to be null."""
    value = values.get(name)
    return (
        (value.not_null or bool(value.prefix)) if isinstance(value, Unknown) else possibly_set(values, name)
    )


def check_exactly_one(values: Mapping[str, Value], names: Sequence[str]) -> str:
    """What is wrong if just one of some arguments is to be given; "" if one is, or may be."""
    if not any(possibly_set(values, name) for name in names):
        return f"None of {', '.join(names)} is given. Give one."
    given = [name for name in names if definitely_set(values, name)]
    return f"{' and '.join(given)} are given. Give one." if len(given) > 1 else ""


def known_prefix(value: Value) -> str:
    """How a text surely begins: all of a known one, what was foretold of an unknown one."""
    if isinstance(value, Unknown):
        return value.prefix
    return value if isinstance(value, str) else ""


def walk_arguments(values: Mapping[str, Value], top: str = "") -> Iterator[tuple[str, str, Value]]:
    """Every argument at any depth: the top-level one it stands in, its own name, and its value."""
    for name, value in values.items():
        yield top or name, name, value
        for block in get_blocks(values, name):
            # A map's keys are the user's own words.
            if name not in ("tags", "tags_all", "dimensions", "variables", "labels", "parameters"):
                yield from walk_arguments(block, top or name)


def make_error(summary: str, detail: str, argument: str = "") -> Diagnostic:
    """A refusal that points at a top-level argument, or at the resource as a whole."""
    return Diagnostic(summary, detail, (argument,) if argument else ())
