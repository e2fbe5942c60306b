"""Hunts planted defects with real Terraform, many at once."""

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.arqctl.offline.defects.defect_planting import Defect, Document
from tests.arqctl.offline.offline_stacks import Refusal, offline, production

VALIDATE = ("validate", "-json")
PLAN = ("plan", "-json", "-input=false", "-refresh=false")
_AT_ONCE = 2


def hunt(defects: Iterable[Defect], *words: str) -> dict[str, Refusal]:
    """By its name, how Terraform refused each defect that it found in production.

    Defects in different resources are planted together. Terraform looks at no resource behind one that it
    refuses, so what wasn't found is hunted again without what was, until nothing more is found.
    """
    found: dict[str, Refusal] = {}
    pending, sound = list(defects), production()
    while pending:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            rounds = list(pool.map(lambda group: _caught(group, words, sound), _rounds(pending)))
        more = {name: refusal for each in rounds for name, refusal in each.items()}
        if not more:
            break
        found |= more
        pending = [each for each in pending if each.name not in found]
    return found


def hunt_alone(defects: Iterable[Defect], *words: str) -> dict[str, Refusal]:
    """The same, for defects that keep Terraform from looking any further."""
    # Synthesized before there are threads: jsii has one for all.
    sound = production()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        runs = pool.map(lambda defect: _caught([defect], words, sound), defects)
        return {name: refusal for each in runs for name, refusal in each.items()}


def refusals(defects: Sequence[Defect], *words: str) -> tuple[Refusal, ...]:
    """What Terraform says of production with these defects."""

    def spoil(document: Document) -> None:
        for each in defects:
            each.spoil(document)

    with TemporaryDirectory() as folder:
        return offline(Path(folder), "production", spoil).refusals(*words)


def _rounds(defects: Iterable[Defect]) -> list[list[Defect]]:
    """As few groups as there are defects in one resource, none with two in the same."""
    by_resource: dict[tuple[str, str], list[Defect]] = {}
    for each in defects:
        by_resource.setdefault((each.type, each.at), []).append(each)
    longest = max(map(len, by_resource.values()))
    return [[each[at] for each in by_resource.values() if at < len(each)] for at in range(longest)]


def _caught(defects: Sequence[Defect], words: tuple[str, ...], sound: Document) -> dict[str, Refusal]:
    said = refusals(defects, *words)
    return {each.name: hits[0] for each in defects if (hits := list(_hits(each, sound, said)))}


def _hits(defect: Defect, sound: Document, said: Iterable[Refusal]) -> Iterator[Refusal]:
    addresses = "|".join(map(re.escape, defect.blamed(sound)))
    named = re.compile(rf"(?<![\w.-])({addresses})(?![\w-])")
    for each in said:
        if defect.says in each.text and named.search(f"{each.address} {each.text}"):
            yield each
