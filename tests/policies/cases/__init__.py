"""Test cases of the policy rules, one module per topic.

Examples are small stacks: at least one that passes and one that fails for each rule. Regressions change a
synthesized stack and name the project's or Checkov's rules of which at least one must report the change.
"""

from tests.policies.cases import (
    accounts,
    alerts,
    audit,
    backups,
    charts,
    compute,
    costs,
    custom_objects,
    data,
    edge,
    identity,
    kubernetes,
    network,
    observability,
    paging,
    pods,
    repetitions,
    standby,
)
from tests.policies.cases.example import Example
from tests.policies.mutations import Regression

_TOPICS = (
    accounts,
    alerts,
    audit,
    backups,
    charts,
    compute,
    costs,
    custom_objects,
    data,
    edge,
    identity,
    kubernetes,
    network,
    observability,
    paging,
    pods,
    repetitions,
    standby,
)

EXAMPLES: tuple[Example, ...] = tuple(example for topic in _TOPICS for example in topic.EXAMPLES)
REGRESSIONS: tuple[Regression, ...] = tuple(each for topic in _TOPICS for each in topic.REGRESSIONS)
