"""From a plan's text to the page: nothing that was planted in it survives, and nothing of it is lost."""

import re

import pytest

from arqctl.plan.parser import read_plan
from arqctl.review.builder import StackInput, build_review
from arqctl.review.markdown import comment, report
from arqctl.review.model import Review
from tests.arqctl.review.golden import many, planted, upgrade
from tests.arqctl.review.markdown.rendered import foreign

LIMIT, FIRST_SCREEN = 65_536, 2_000


def reviewed(text: str) -> Review:
    return build_review([StackInput(read_plan(text, stack="production", environment="production", paths={}))])


def test_no_planted_secret_survives() -> None:
    text, secrets = planted()
    review = reviewed(text)
    assert len(secrets) == 200
    for page in (comment(review), report(review)):
        assert [secret for secret in secrets if secret in page] == []


def test_no_planted_markup_survives() -> None:
    review = reviewed(planted()[0])
    assert foreign(comment(review)) == []
    assert foreign(report(review)) == []


@pytest.mark.parametrize("count", [500, 5_000])
def test_large_plans_are_within_the_limits_with_danger_on_the_first_screen(count: int) -> None:
    page = comment(reviewed(many(count)))
    assert max(len(page), len(page.encode())) <= LIMIT
    assert foreign(page) == []
    assert re.search(r"### Danger: \d+\n\n- \*\*replace\*\* `aws_db_instance\.", page[:FIRST_SCREEN])


def test_every_change_of_a_large_plan_is_told_or_counted() -> None:
    page = report(reviewed(many(500)))
    shown_counts = sum(
        int(number)
        for number in re.findall(r"^- (\d+) (?:tag|hash)-only updates omitted$", page, re.MULTILINE)
    )
    listed = re.findall(r"^- \*\*(?:add|change|replace|destroy)\*\* `[^`]+`(?! in )", page, re.MULTILINE)
    gone = re.findall(r"^- \*\*destroy\*\* `[^`]+` in ", page, re.MULTILINE)
    totals = re.search(r"^\| `production` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", page, re.MULTILINE)
    assert totals
    assert shown_counts + len(listed) + len(gone) == sum(map(int, totals.groups()))


def test_an_upgrade_of_the_provider_tells_what_matters_of_its_drift() -> None:
    page = comment(reviewed(upgrade()))
    assert "- **add** `aws_instance.web`" in page
    assert "<summary>2 resources changed outside Terraform</summary>" in page
    assert "- 158 resources more, on which nothing here depends" in page
    assert len(page) < FIRST_SCREEN
