"""Translates commands of kubectl."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from arqctl.runbook.pages.name_translation import NameTranslation
from arqctl.runbook.pages.shell_words import Edit, Word
from arqctl.runbook.pages.unresolved import UnresolvedError

# Options of kubectl without a value.
_KUBECTL_SWITCHES: Final = {
    *("--all", "--all-namespaces", "--delete-emptydir-data", "--ignore-daemonsets", "--overwrite"),
    *("--previous", "--watch"),
}


def kubectl_edits(command: Sequence[Word], names: NameTranslation) -> Iterator[Edit]:
    """Name the cluster, after the check that the namespace and the objects exist in it."""
    options = {first.value: second.value for first, second in pairwise(command)}
    namespace = options.get("--namespace", "")
    is_placeholder = namespace.isupper()
    if namespace and not is_placeholder and namespace not in names.target.namespaces:
        raise UnresolvedError(f"{names.target.environment} has no namespace {namespace}")
    for word in _kubectl_words(command):
        place = (namespace, word.value.rpartition("/")[2])
        if place in names.reference.objects and place not in names.target.objects:
            raise UnresolvedError(f"{names.target.environment} has no {word.value} in {namespace}")
    cluster = names.target.cluster
    if not cluster:
        raise UnresolvedError(f"the stack {names.target.environment} has no cluster, or several")
    if len(command) > 2:  # noqa: PLR2004 - a mention of a verb alone is no command
        yield Edit(command[0].end, command[0].end, f" --context {cluster}")


def _kubectl_words(command: Sequence[Word]) -> Iterator[Word]:
    """Yield the words that are no options, values of options, or words of another program."""
    before = ""
    for word in command[2:]:
        if word.value == "--":
            return
        is_value = before.startswith("--") and "=" not in before and before not in _KUBECTL_SWITCHES
        if not word.value.startswith("-") and not is_value:
            yield word
        before = word.value
