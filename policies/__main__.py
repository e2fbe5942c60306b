"""Writes the table of rules in policies/README.md: `python -m policies`."""

import importlib
import pkgutil
from pathlib import Path

from policies import rules
from policies.rule import Rule, registered_rules

README = Path(__file__).with_name("README.md")
_HEADING = "| Rule | Severity | Scope | Requirement | Reason |\n|---|---|---|---|---|\n"


def table() -> str:
    """Return the Markdown table of all rules, sorted by id."""
    for module in pkgutil.iter_modules(rules.__path__, f"{rules.__name__}."):
        importlib.import_module(module.name)
    return _HEADING + "".join(map(_row, sorted(registered_rules(), key=_sort_key)))


def _row(rule: Rule) -> str:
    name, metadata = rule.evaluate.__name__, rule.metadata
    scope = "production" if metadata.production_only else "all"
    cells = (f"[{rule.id}](rules/{name}.py)", metadata.severity, scope, metadata.name, metadata.why)
    return f"| {' | '.join(cells)} |\n"


def _sort_key(rule: Rule) -> tuple[bool, int]:
    prefix, _, number = rule.id.rpartition("_")
    return prefix != "CKV_ARQ", int(number)


def main() -> None:
    """Replace the table in the README."""
    before, _, rest = README.read_text(encoding="utf-8").partition(_HEADING)
    _, _, after = rest.partition("\n\n")
    README.write_text(f"{before}{table()}\n{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
