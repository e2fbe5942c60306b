"""One passing and one failing example, at least, for every rule."""

from tests.policies.examples import accounts, compute, data, edge, identity, network, observability
from tests.policies.examples.example import Example

EXAMPLES: tuple[Example, ...] = (
    *accounts.EXAMPLES,
    *compute.EXAMPLES,
    *data.EXAMPLES,
    *edge.EXAMPLES,
    *identity.EXAMPLES,
    *network.EXAMPLES,
    *observability.EXAMPLES,
)
