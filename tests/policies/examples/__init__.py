"""Examples of all rules, at least one that passes and one that fails for each."""

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
