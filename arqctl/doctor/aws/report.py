"""The result of all checks of AWS, as a table and as JSON."""

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from arqctl.doctor.check import Check, Status

_QUOTA = "quota: "
_STATE_WIDTH = len("MISSING")
_MIN_VALUE_WIDTH = 20


@dataclass(frozen=True)
class AwsReport:
    """The checks of an environment's account. Unknown results count as not ready."""

    environment: str
    checks: Sequence[Check]

    @property
    def is_ready(self) -> bool:
        """Whether all checks are ok."""
        return all(check.status is Status.OK for check in self.checks)

    def as_json(self) -> str:
        """Return the report as JSON, with all quotas."""
        rows = [
            {"check": each.name, "state": each.status.value, "value": each.found, "fix": each.fix}
            for each in self.checks
        ]
        document = {"environment": self.environment, "ready": self.is_ready, "checks": rows}
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"

    def as_text(self, width: int) -> str:
        """Return a table. Commands stay on one line, to be copied. Sufficient quotas share one row."""
        rows = list(_without_sufficient_quotas(self.checks))
        names = max(len(row.name) for row in rows)
        lines = [f"{'check':{names}}  {'state':{_STATE_WIDTH}}  value"]
        for row in rows:
            lines += _lines(row, names, width)
        return "\n".join([*lines, "", self._summary(), ""])

    def _summary(self) -> str:
        count = {
            status: sum(check.status is status for check in self.checks)
            for status in (Status.MISSING, Status.UNKNOWN)
        }
        if self.is_ready:
            return f"{self.environment} is ready: all {len(self.checks)} checks are ok."
        numbers = ", ".join(f"{number} {status.value}" for status, number in count.items() if number)
        note = " Unknown counts as not ready." if count[Status.UNKNOWN] else ""
        return f"{self.environment} is not ready: {numbers}.{note}"


def _without_sufficient_quotas(checks: Sequence[Check]) -> Iterator[Check]:
    """Yield the checks, and one in place of all quotas that are sufficient."""
    sufficient = [check for check in checks if check.name.startswith(_QUOTA) and check.status is Status.OK]
    for check in checks:
        if check not in sufficient:
            yield check
        elif check is sufficient[0]:
            names = ", ".join(each.name.removeprefix(_QUOTA) for each in sufficient)
            yield Check("sufficient quotas", Status.OK, f"{len(sufficient)}: {names}")


def _lines(row: Check, names: int, width: int) -> Iterator[str]:
    indent = " " * (names + _STATE_WIDTH + 4)
    space = max(width - len(indent), _MIN_VALUE_WIDTH)
    value = textwrap.wrap(row.found, space, break_on_hyphens=False, break_long_words=False) or [""]
    yield f"{row.name:{names}}  {row.status.value.upper():{_STATE_WIDTH}}  {value[0]}"
    yield from (f"{indent}{line}" for line in value[1:])
    if row.fix:
        yield f"  fix: {row.fix}"
