"""One resource as the simulated AWS sees it: what was asked for, where, and the how-manieth alike it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.pseudorandom import digest
from arqctl.offline.values import UNKNOWN, Unknown, Value, is_known

# What tells resources of one type apart before any id is known. All of it has to be known while planning, or
# nothing is foretold: Terraform plans anew during apply, when more is known, and holds us to it.
_TELLING = (
    "name", "name_prefix", "description", "comment", "tags", "region", "identifier", "identifier_prefix",
    "cidr_block", "ipv6_cidr_block", "destination_cidr_block", "availability_zone", "availability_zone_id",
    "bucket", "bucket_prefix", "key", "domain", "domain_name", "zone", "type", "protocol",
    "ip_protocol", "port",
    "from_port", "to_port", "priority", "engine", "service_name", "engine_family", "cidr_ipv4",
)  # fmt: skip


# What exists: the values of the resource of a type with an id, or None.
Find = Callable[[str, str], Mapping[str, Value] | None]


def _nothing(_type: str, _id: str) -> None:
    """Nothing exists."""


@dataclass(frozen=True, slots=True)
class SimulatedResource:
    """A resource being created.

    `config` is what the user wrote; `values` what is planned, with unknowns where AWS answers. `ordinal`
    tells resources of equal configuration apart; None while planning, when it isn't known yet. `at` is the
    moment, as RFC 3339; `find` looks up what exists; `prior` is the state before a change, empty for a
    creation.
    """

    type: str
    config: Mapping[str, Value]
    values: Mapping[str, Value]
    account: Account
    ordinal: int | None = None
    at: str = "2026-01-01T00:00:00Z"
    find: Find = _nothing
    prior: Mapping[str, Value] = field(default_factory=dict)
    seed: str | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seed", self._seed())

    def given(self, name: str) -> Value:
        """An argument or attribute, by its path with dots: Unknown if only AWS will tell, None if unset."""
        value: Value = dict(self.values)
        for step in name.split("."):
            if isinstance(value, list):
                value = value[0] if value else None
            if isinstance(value, Unknown):
                return UNKNOWN
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def _seed(self) -> str | None:
        telling: dict[str, Value] = {name: self.config.get(name) for name in _TELLING}
        if not is_known(telling):
            return None if self.ordinal is None else digest(self.type, self.account.id, self.account.region)
        given: dict[str, Value] = {name: value for name, value in telling.items() if value is not None}
        return digest(self.type, self.account.id, self.account.region, {**given})
