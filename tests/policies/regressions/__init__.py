"""The catalogue: mistakes that must never reach an account, and the rules of which one must name each.

The stack that they are planted in is an input (`Regression.planted`), so that the same catalogue proves the
law on a hand-written stack and on the real ones. Rules are our own (`CKV_ARQ_*`) and Checkov's.
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
