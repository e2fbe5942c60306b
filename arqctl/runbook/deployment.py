"""The steps that deploy an environment."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from arqctl.core.settings import Settings
from arqctl.runbook.databases import Database
from arqctl.runbook.page import Step


@dataclass(frozen=True)
class Deployment:
    """The deployment of an environment. A protected one needs an approved review."""

    environment: str
    is_protected: bool

    @classmethod
    def of(cls, database: Database, settings: Settings) -> Self:
        """Return the deployment of the database's environment."""
        return cls(database.deployed_as, is_protected=database.environment in settings.protected)

    def steps(self, expectation: str) -> Iterator[Step]:
        """Yield the steps. `expectation` describes the plan."""
        name = shlex.quote(self.environment)
        if not self.is_protected:
            yield Step(f"Plan. {expectation}", (f"arqctl plan {name}",))
            yield Step("Deploy.", (f"arqctl deploy {name}",))
            return
        yield Step(
            f"Plan and review. {expectation}",
            (
                "PLANS=$(mktemp -d)  # the plans contain secrets",
                f'arqctl plan {name} --out-dir "$PLANS"',
                f'arqctl review {name} --plans "$PLANS" --out-dir review',
                'rm -r "$PLANS"',
            ),
        )
        yield Step(
            "Set the fingerprint of the approved review, and deploy.",
            (
                "FINGERPRINT=00000000000000000000000000000000",
                f'arqctl deploy {name} --approve "$FINGERPRINT" --review-file review/review.json',
            ),
        )
