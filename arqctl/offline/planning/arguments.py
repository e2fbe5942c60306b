"""What Terraform's core lets through and real providers refuse.

Null where an argument is required, and a value for what only the provider answers.
"""

from collections.abc import Iterator

from arqctl.offline.diagnostic import Diagnostic
from arqctl.offline.planning.traversal import Place, walk
from arqctl.offline.schema.model import Block
from arqctl.offline.values import Value


def misused(block: Block, config: Value) -> list[Diagnostic]:
    """What is wrong with single arguments of a configuration, at any depth."""
    return [problem for place in walk(block, config) for problem in _problems(place)]


def _problems(place: Place) -> Iterator[Diagnostic]:
    attribute, name = place.attribute, ".".join(place.names)
    if attribute.required and place.value is None:
        yield Diagnostic("Missing argument", f"{name} is required, and is null. Give it a value.", place.path)
    if attribute.computed and not attribute.optional and place.value is not None:
        detail = f"{name} is only answered, and can't be given. Leave it out."
        yield Diagnostic("Not an argument", detail, place.path)
