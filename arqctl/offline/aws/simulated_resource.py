"""A resource while AWS is simulated: its configuration, planned values and account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from arqctl.offline.aws.account import Account
from arqctl.offline.aws.pseudorandom import digest
from arqctl.offline.values import UNKNOWN, Unknown, Value, is_known

# Arguments that distinguish resources of one type before their ids are known. All of them must be known at
# plan time, or nothing is predicted: Terraform plans again during apply and rejects other values.
_SEED_ARGUMENTS = (
    "name", "name_prefix", "description", "comment", "tags", "region", "identifier", "identifier_prefix",
    "cidr_block", "ipv6_cidr_block", "destination_cidr_block", "availability_zone", "availability_zone_id",
    "bucket", "bucket_prefix", "key", "domain", "domain_name", "zone", "type", "protocol",
    "ip_protocol", "port",
    "from_port", "to_port", "priority", "engine", "service_name", "engine_family", "cidr_ipv4",
)  # fmt: skip


# Looks up the values of an existing resource by type and id. Returns None if there is none.
FindResource = Callable[[str, str], Mapping[str, Value] | None]


def _find_nothing(_type: str, _id: str) -> None:
    """Return None: nothing exists."""


@dataclass(frozen=True, slots=True)
class SimulatedResource:
    """A resource that is being created or updated.

    `config` is the user's configuration, `values` the planned values with unknowns for computed attributes.
    `ordinal` distinguishes resources with equal configuration; it is None at plan time. `now` is the time in
    RFC 3339. `find` looks up existing resources. `prior` is the state before an update, empty for a creation.
    """

    type: str
    config: Mapping[str, Value]
    values: Mapping[str, Value]
    account: Account
    ordinal: int | None = None
    now: str = "2026-01-01T00:00:00Z"
    find: FindResource = _find_nothing
    prior: Mapping[str, Value] = field(default_factory=dict)
    seed: str | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seed", self._seed())

    def get(self, name: str) -> Value:
        """Return the value at a dotted path: Unknown if it is computed at apply, None if unset."""
        value: Value = dict(self.values)
        for step in name.split("."):
            if isinstance(value, list):
                value = value[0] if value else None
            if isinstance(value, Unknown):
                return UNKNOWN
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def _seed(self) -> str | None:
        arguments: dict[str, Value] = {name: self.config.get(name) for name in _SEED_ARGUMENTS}
        if not is_known(arguments):
            return None if self.ordinal is None else digest(self.type, self.account.id, self.account.region)
        given: dict[str, Value] = {name: value for name, value in arguments.items() if value is not None}
        return digest(self.type, self.account.id, self.account.region, {**given})
