"""Tests that the page for incidents has the figures and the roles of the configuration."""

import re
from pathlib import Path

from constructs_arq.core.burn_rate import BURN_RATES, error_budget
from environments.paging import PAGING
from environments.slos import configure_slos

PAGES = Path(__file__).parents[1] / "docs/runbooks"
PAGE = (PAGES / "incident.md").read_text()
TEXT = " ".join(PAGE.split())


def test_the_page_has_all_parts() -> None:
    parts = [
        "Severities",
        "Roles",
        "First 15 minutes",
        "Timeline",
        "Communication",
        "Return to the commit before",
        "Break-glass",
        "End",
        "Post-mortem",
    ]
    text = re.sub(r"```text.*?```", "", PAGE, flags=re.DOTALL)
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == parts


def test_the_escalation_is_that_of_the_paging_stack() -> None:
    first, second = PAGING.minutes_to_secondary, PAGING.minutes_to_last
    called = f"PagerDuty calls the second level, and {second} minutes later all of the last level"
    assert f"If nobody answers the page within {first} minutes, {called}" in TEXT


def test_the_burn_rates_and_the_budget_are_those_of_the_objectives() -> None:
    objective = min(slo.objective for slo in configure_slos() if slo.indicator.aspect == "availability")
    page_rates = [rate for rate in BURN_RATES if rate.severity.name == "CRITICAL"]
    shares = [f"{rate.budget_used(28):.0%}".replace("%", " %") for rate in page_rates]
    fast, slow = (f"{rate.factor} uses {share}" for rate, share in zip(page_rates, shares, strict=True))
    assert (
        f"At {objective} %, a burn rate of {fast} of the error budget in an hour, and {slow} in six hours"
        in TEXT
    )
    minutes = error_budget(objective) * 28 * 24 * 60
    assert f"uses the whole budget of 28 days in {minutes:.0f} minutes" in TEXT
    tickets = [str(rate.factor) for rate in BURN_RATES if rate not in page_rates]
    assert f"burn rates of {' and '.join(tickets)} |" in TEXT


def test_a_finished_deployment_is_not_reverted_by_the_script_of_the_pipeline() -> None:
    # It deploys the recorded commit, and a finished deployment has recorded its own.
    for page in PAGES.glob("*.md"):
        assert "roll_back" not in page.read_text(), page.name


def test_each_action_item_has_an_owner_and_a_date() -> None:
    section = PAGE.partition("## Post-mortem")[2]
    assert "| Owner | Due date |" in section
    assert "blameless" in section
