"""From a plan's text to the page: no planted secret or markup, and every change listed or counted."""

import re

import pytest

from arqctl.plan.parser import read_plan
from arqctl.review.builder import StackInput, build_review
from arqctl.review.markdown import comment, report
from arqctl.review.model import Review
from tests.arqctl.plan.generated_plans import (
    plan_after_provider_upgrade,
    plan_with_many_changes,
    plan_with_secrets,
)
from tests.arqctl.review.markdown.rendered import foreign

LIMIT, FIRST_SCREEN = 65_536, 2_000


def review_plan(text: str) -> Review:
    return build_review([StackInput(read_plan(text, stack="production", environment="production", paths={}))])


def test_no_planted_secret_survives() -> None:
    text, secrets = plan_with_secrets()
    review = review_plan(text)
    assert len(secrets) == 200
    for page in (comment(review), report(review)):
        assert [secret for secret in secrets if secret in page] == []


def test_no_planted_markup_survives() -> None:
    review = review_plan(plan_with_secrets()[0])
    assert foreign(comment(review)) == []
    assert foreign(report(review)) == []


@pytest.mark.parametrize("count", [500, 5_000])
def test_large_plans_are_within_the_limits_with_danger_on_the_first_screen(count: int) -> None:
    page = comment(review_plan(plan_with_many_changes(count)))
    assert max(len(page), len(page.encode())) <= LIMIT
    assert foreign(page) == []
    assert re.search(r"### Danger: \d+\n\n- \*\*replace\*\* `aws_db_instance\.", page[:FIRST_SCREEN])


def test_every_change_of_a_large_plan_is_listed_or_counted() -> None:
    page = report(review_plan(plan_with_many_changes(500)))
    counted = sum(
        int(number)
        for number in re.findall(r"^- (\d+) (?:tag|hash)-only updates omitted$", page, re.MULTILINE)
    )
    listed = re.findall(r"^- \*\*(?:create|update|replace|delete)\*\* `[^`]+`(?! in )", page, re.MULTILINE)
    gone = re.findall(r"^- \*\*delete\*\* `[^`]+` in ", page, re.MULTILINE)
    totals = re.search(r"^\| `production` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", page, re.MULTILINE)
    assert totals
    assert counted + len(listed) + len(gone) == sum(map(int, totals.groups()))


def test_drift_of_a_provider_upgrade_is_listed_only_where_the_plan_depends_on_it() -> None:
    page = comment(review_plan(plan_after_provider_upgrade()))
    assert "- **create** `aws_instance.web`" in page
    assert "<summary>2 resources changed outside Terraform</summary>" in page
    assert "- 158 other resources, unrelated to the planned changes" in page
    assert len(page) < FIRST_SCREEN
