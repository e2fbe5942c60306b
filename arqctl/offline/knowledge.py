"""All that the stand-in knows of providers: built if need be, while a person watches."""

from dataclasses import dataclass

from arqctl.offline.aws_facts.published_facts import PublishedFacts
from arqctl.offline.progress import progress_bars
from arqctl.offline.schema.schemas import Schemas


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The schemas of all installed bindings, with what is secret marked, and what AWS publishes."""

    schemas: tuple[Schemas, ...]
    facts: PublishedFacts


def knowledge() -> Knowledge:
    """What is in the cache; what isn't is built, with a bar for each part where somebody watches.

    Raises:
        InputError: when bindings or AWS's data can't be read, or the cache can't be written.
    """
    with progress_bars() as tell:
        schemas = Schemas.all(
            lambda binding, done: tell(f"Schema of {binding.package} {binding.version}", done)
        )
        facts = PublishedFacts.load(lambda done: tell("What AWS publishes", done))
    secrets = facts.secrets()
    return Knowledge(tuple(each.with_secrets(secrets) for each in schemas), facts)
