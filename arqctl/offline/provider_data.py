"""Loads the offline provider's data: provider schemas and published AWS facts."""

from dataclasses import dataclass

from arqctl.offline.aws_facts.published_facts import PublishedFacts
from arqctl.offline.progress import progress_bars
from arqctl.offline.schema.schemas import Schemas


@dataclass(frozen=True, slots=True)
class ProviderData:
    """The schemas of all installed bindings, with secrets marked, and the published AWS facts."""

    schemas: tuple[Schemas, ...]
    facts: PublishedFacts


def load_provider_data() -> ProviderData:
    """Load the data from the cache; build what is missing and show progress on a terminal.

    Raises:
        InputError: when bindings or AWS's data can't be read, or the cache can't be written.
    """
    with progress_bars() as on_progress:
        schemas = Schemas.all(
            lambda binding, done: on_progress(f"Schema of {binding.package} {binding.version}", done)
        )
        facts = PublishedFacts.load(lambda done: on_progress("Published AWS facts", done))
    secrets = facts.secrets()
    return ProviderData(tuple(each.with_secrets(secrets) for each in schemas), facts)
