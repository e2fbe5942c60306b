"""Security regressions, and the project's or Checkov's rules of which at least one must report each.

`Regression.mutated` takes the stack, so that tests use the same regressions on any stack.
"""

from tests.policies.mutations import Regression
from tests.policies.regressions import accounts, compute, data, edge, identity, network, observability

REGRESSIONS: tuple[Regression, ...] = (
    *accounts.REGRESSIONS,
    *compute.REGRESSIONS,
    *data.REGRESSIONS,
    *edge.REGRESSIONS,
    *identity.REGRESSIONS,
    *network.REGRESSIONS,
    *observability.REGRESSIONS,
)
