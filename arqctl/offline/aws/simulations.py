"""Simulated resources of an account, which can look up each other."""

from collections.abc import Mapping
from functools import partial
from typing import TypeAlias

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.ids import make_id
from arqctl.offline.aws.resource_store import ResourceStore
from arqctl.offline.aws.simulated_resource import SimulatedResource
from arqctl.offline.values import Value

_Fields: TypeAlias = Mapping[str, Value]


class Simulations:
    """Makes simulated resources with the resources in a store."""

    def __init__(self, store: ResourceStore) -> None:
        self._store = store

    def make(
        self, type_name: str, config: _Fields, values: _Fields, account: Account, ordinal: int | None
    ) -> SimulatedResource:
        """Return a resource with this ordinal among those with equal configuration; None before it exists."""
        return SimulatedResource(
            type_name, config, values, account, ordinal, find=partial(self._look_up, account)
        )

    def reserve(self, type_name: str, config: _Fields, values: _Fields, account: Account) -> int:
        """Reserve the ordinal of a new resource, which its id contains."""
        return self._store.reserve(
            account,
            type_name,
            lambda number: make_id(self.make(type_name, config, values, account, number)),
        )

    def _look_up(self, account: Account, type_name: str, id: str) -> _Fields | None:
        entry = self._store.find(account, type_name, id)
        return entry.state if entry else None
