"""A resource as the checks see it, and helpers to read its values.

The helpers skip unknown values: a check decides only what is known.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.numbers import Number, as_number
from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.values import Unknown, Value


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource: its configuration at validation, its planned values with predicted ones at plan.

    `account` is None at validation, because no provider is configured then.
    """

    type: str
    values: Mapping[str, Value]
    account: Account | None = None

    def get_text(self, name: str) -> str | None:
        """Return a known string that isn't empty, else None."""
        return as_text(self.values.get(name))

    def get_number(self, name: str) -> Number | None:
        """Return a known number, else None."""
        return as_number(self.values.get(name))

    def get_blocks(self, name: str) -> list[Mapping[str, Value]]:
        """Return the known blocks of this name."""
        return get_blocks(self.values, name)

    def possibly_set(self, name: str) -> bool:
        """Return whether the argument is set or may become set."""
        return possibly_set(self.values, name)

    def definitely_set(self, name: str) -> bool:
        """Return whether the argument is definitely set, to a known or unknown value."""
        return definitely_set(self.values, name)


def as_text(value: Value) -> str | None:
    """Return a known string that isn't empty, else None."""
    return value if isinstance(value, str) and value else None


def get_blocks(values: Mapping[str, Value], name: str) -> list[Mapping[str, Value]]:
    """Return the known blocks of this name in a block."""
    given = values.get(name)
    listed = given if isinstance(given, list) else [given]
    return [each for each in listed if isinstance(each, dict)]


def as_list(value: Value) -> list[Value]:
    """Return the elements of a list or set, known or not. Return an empty list for any other value."""
    return value if isinstance(value, list) else []


def possibly_set(values: Mapping[str, Value], name: str) -> bool:
    """Return whether an argument is set or may become set. Empty strings and collections count as unset."""
    return values.get(name) not in (None, "", [], {})


def definitely_set(values: Mapping[str, Value], name: str) -> bool:
    """Return whether an argument is definitely set. An unknown value may still become null."""
    value = values.get(name)
    return (
        (value.not_null or bool(value.prefix)) if isinstance(value, Unknown) else possibly_set(values, name)
    )


def check_exactly_one(values: Mapping[str, Value], names: Sequence[str]) -> str:
    """Return an error message unless exactly one argument is set; "" if one is set or may be."""
    if not any(possibly_set(values, name) for name in names):
        return f"None of {', '.join(names)} is set. Set one."
    given = [name for name in names if definitely_set(values, name)]
    return f"{' and '.join(given)} are set. Set only one." if len(given) > 1 else ""


def known_prefix(value: Value) -> str:
    """Return the known beginning of a string: all of a known one, the predicted prefix of an unknown one."""
    if isinstance(value, Unknown):
        return value.prefix
    return value if isinstance(value, str) else ""


def walk_arguments(values: Mapping[str, Value], top: str = "") -> Iterator[tuple[str, str, Value]]:
    """Yield every argument at any depth: its top-level argument, its own name, and its value."""
    for name, value in values.items():
        yield top or name, name, value
        for block in get_blocks(values, name):
            # A map's keys are chosen by the user.
            if name not in ("tags", "tags_all", "dimensions", "variables", "labels", "parameters"):
                yield from walk_arguments(block, top or name)


def make_error(summary: str, detail: str, argument: str = "") -> Diagnostic:
    """Make an error that points at a top-level argument, or at the whole resource."""
    return Diagnostic(summary, detail, (argument,) if argument else ())
