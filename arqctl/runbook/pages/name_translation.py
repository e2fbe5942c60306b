"""Finds for a name in one environment the name of the same resource in another."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from arqctl.runbook.pages.inventory import Inventory, Name
from arqctl.runbook.pages.unresolved import UnresolvedError


@dataclass(frozen=True)
class NameTranslation:
    """The names of `reference`, which the runbooks contain, and those of `target`.

    Both environments synthesize the same stacks, so a resource has the same Terraform address in each.
    """

    reference: Inventory
    target: Inventory

    def find(self, sources: Sequence[str], value: str, region: str) -> Name:
        """Return the name in the target for a name in a region of the reference.

        Raises:
            UnresolvedError: if the reference has no such name there, or the target lacks the resource.
        """
        places = {
            (source, name.place)
            for source in sources
            for name in self.reference.names(source)
            if name.value == value and name.region == region
        }
        if not places:
            what = f"{self.reference.environment} has no {_kinds(sources)} {value} in {region}"
            raise UnresolvedError(what)
        if self._has_stack_of(place for _, place in places):
            return Name(value, region, next(iter(places))[1])
        found = {
            name for source, place in places for name in self.target.names(source) if name.place == place
        } or {
            name
            for source, place in places
            for name in self.target.shared_names(source)
            if name.place == place
        }
        # A vault of backups has the same name in each region.
        found = found or {
            name for source, _ in places for name in self.target.shared_names(source) if name.value == value
        }
        if len({(name.value, name.region) for name in found}) != 1:
            missing = sorted(
                f"{address}.{source.partition('.')[2]} in {self.target.environment}{suffix}"
                for source, (suffix, address) in places
            )
            what = f"has no counterpart of {value}: no {', '.join(missing)}"
            raise UnresolvedError(f"{self.target.environment} {what}")
        return found.pop()

    def _has_stack_of(self, places: Iterable[tuple[str, str]]) -> bool:
        """Return whether the target is a standby of the reference, and has one of these places itself."""
        own = {stack.name for stack in self.target.stacks}
        return any(f"{self.reference.environment}{suffix}" in own for suffix, _ in places)

    def find_prefix(self, sources: Sequence[str], value: str, region: str) -> str:
        """Return the beginning of names in the target for a beginning in the reference."""
        prefix = self.rename(value)
        names = (name for source in sources for name in self.target.names(source))
        if not any(name.value.startswith(prefix) and name.region == region for name in names):
            what = f"has no {_kinds(sources)} in {region} whose name begins with {prefix}"
            raise UnresolvedError(f"{self.target.environment} {what}")
        return prefix

    def find_region(self, region: str) -> str:
        """Return the target's own region for the reference's own, and every other region unchanged."""
        if region == self.reference.region:
            return self.target.region
        if region not in self.target.regions:
            raise UnresolvedError(f"{self.target.environment} uses no resources in {region}")
        return region

    def rename(self, text: str) -> str:
        """Return a name that contains the reference's name, with that of the target instead."""
        if re.search(rf"(?<![a-z0-9]){re.escape(self.target.environment)}(?![a-z0-9])", text):
            return text
        name = re.escape(self.reference.environment)
        return re.sub(rf"(?<![a-z0-9]){name}(?![a-z0-9])", self.target.environment, text, count=1)


def _kinds(sources: Sequence[str]) -> str:
    return " or ".join(dict.fromkeys(source.partition(".")[0] for source in sources))
