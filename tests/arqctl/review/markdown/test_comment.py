"""The comment is within its limits, is valid Markdown, and has danger on the first screen."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.plan.diff.difference import Difference, Kind
from arqctl.plan.model import Action
from arqctl.review.markdown import MARKER, comment, report
from arqctl.review.model import Counts, PolicyDelta, StackReview
from tests.arqctl.review.markdown.generated import hostile_review
from tests.arqctl.review.markdown.rendered import foreign, parse
from tests.arqctl.review.markdown.reviews import (
    RUN,
    access,
    changed,
    danger,
    difference,
    everything,
    finding,
    review,
    stack,
    waived,
)

LIMIT, FIRST_SCREEN = 65_536, 2_000
HELP = "https://docs.example.com/CKV_ARQ_1"
MANY = 3_000


def sizes(page: str) -> tuple[int, int]:
    return len(page), len(page.encode())


@pytest.mark.parametrize("seed", range(60))
def test_hostile_texts_stay_text(seed: int) -> None:
    made = hostile_review(seed)
    page = comment(made)
    policies = [stack.policy for stack in made.stacks if stack.policy]
    links = [found.link for each in policies for found in (*each.new, *each.unknown) if found.link]
    assert foreign(page, links=links) == []
    assert max(sizes(page)) <= LIMIT
    assert page.startswith(f"{MARKER}\n")
    markers = [token for token in parse(page) if token.type == "html_block" and MARKER in token.content]
    assert [token.content for token in markers] == [f"{MARKER}\n"]


def test_a_review_with_every_kind_of_entry_has_no_foreign_markup() -> None:
    page = comment(review(everything(), everything("dev")))
    assert foreign(page, links=[RUN, HELP]) == []


LONG = "漢" * 5_000
HUGE: dict[str, Callable[[], StackReview]] = {
    "dangers": lambda: stack(dangers=tuple(danger(f"aws_db_instance.n{n}") for n in range(MANY))),
    "long dangers": lambda: stack(
        dangers=tuple(
            danger(f"aws_x.{n}{LONG}", type=f"t{n}{LONG}", path=LONG, what=LONG, why=LONG) for n in range(99)
        )
    ),
    "changes": lambda: stack(changes=tuple(changed(f"aws_route.n{n}", difference()) for n in range(MANY))),
    "constructs": lambda: stack(
        changes=tuple(changed(f"aws_route.n{n}", path=f"construct-{n}/route") for n in range(MANY))
    ),
    "one change": lambda: stack(changes=(changed("aws_route.n", *[difference()] * MANY),)),
    "a long text": lambda: stack(
        changes=(changed("aws_route.n", Difference("a", Kind.CHANGED, lines=("+" + "`" * 99,) * MANY)),)
    ),
    "access": lambda: stack(access_changes=tuple(access(f"arn:{n}") for n in range(MANY))),
    "findings": lambda: stack(policy=PolicyDelta(1, new=tuple(finding(f"R{n}") for n in range(MANY)))),
    "lost addresses": lambda: stack(
        policy=PolicyDelta(1, lost_addresses=tuple(f"{n} {LONG}" for n in range(MANY)))
    ),
    "snapshots": lambda: stack(
        policy=PolicyDelta(1, snapshot_updates=tuple(f"{n} {LONG}" for n in range(MANY)))
    ),
    "waivers": lambda: stack(
        policy=PolicyDelta(1, waived=tuple(waived(path=f"production/{n}") for n in range(MANY)))
    ),
    "losses": lambda: stack(harmless_losses=tuple((f"type_{n}{LONG}", n) for n in range(MANY))),
    "diagram": lambda: stack(diagram="flowchart LR\n" + "  a --> b\n" * 20_000),
}


@pytest.mark.parametrize("what", HUGE)
def test_a_huge_review_is_within_both_limits_and_complete(what: str) -> None:
    page = comment(review(HUGE[what](), stack("dev")))
    assert max(sizes(page)) <= LIMIT
    assert foreign(page, links=[RUN, HELP]) == []
    assert "left out for length" in page or what == "losses"
    assert ("**Shortened**" in page) == ("left out for length" in page)
    assert ("This page was shortened to fit" in page) == ("left out for length" in page)
    assert f"[this run]({RUN})" in page


def test_a_page_uses_the_available_space() -> None:
    page = comment(review(HUGE["dangers"]()))
    assert sizes(page)[1] > LIMIT * 0.95


def test_thousands_of_stacks_are_within_the_limits() -> None:
    stacks = [
        stack(f"{'漢' * 50}{n}", counts=Counts(create=n), changes=(changed(f"a.n{n}"),)) for n in range(MANY)
    ]
    page = comment(review(*stacks, everything()))
    assert max(sizes(page)) <= LIMIT
    assert "### Danger" in page[:FIRST_SCREEN]
    assert foreign(page, links=[RUN, HELP]) == []


CROWD = stack(
    "dev",
    changes=HUGE["changes"]().changes,
    access_changes=HUGE["access"]().access_changes,
    policy=HUGE["findings"]().policy,
    drift=HUGE["constructs"]().changes,
    diagram=HUGE["diagram"]().diagram,
)


def test_danger_is_on_the_first_screen_of_a_large_review() -> None:
    many = [stack(f"environment-with-a-long-name-{n}", counts=Counts(create=n, move=n)) for n in range(50)]
    worst = danger("aws_kms_key.orders", "keys", action=Action.DELETE)
    page = comment(review(CROWD, *many, stack(dangers=(worst, danger()), is_errored=True)))
    screen = page[:FIRST_SCREEN]
    assert "**2 dangers**" in screen
    assert "### Danger: 2\n" in screen
    assert "**delete** `aws_kms_key.orders` in `production`" in screen
    assert "**replace** `aws_db_instance.main` in `production`" in screen


def test_the_first_danger_is_complete_on_the_first_screen_with_long_texts() -> None:
    many = [stack(f"environment-with-a-long-name-{n}", counts=Counts(create=n, move=n)) for n in range(50)]
    words = "word " * 1_000
    long = stack(dangers=(danger(f"aws_x.{words}", path=words, what=words, why=words),))
    screen = comment(review(CROWD, *many, long))[:FIRST_SCREEN]
    assert re.search(r"^- \*\*replace\*\* `aws_x\.[^`]+…` in `production`: [^\n]+…\n", screen, re.MULTILINE)


@pytest.mark.parametrize("seed", range(8))
def test_danger_is_on_the_first_screen_with_hostile_texts(seed: int) -> None:
    made = hostile_review(seed)
    made = replace(made, stacks=(*made.stacks, stack(dangers=(danger(),)), CROWD))
    screen = comment(made)[:FIRST_SCREEN]
    count = sum(len(stack.dangers) for stack in made.stacks)
    assert f"### Danger: {count}\n\n- **" in screen
    assert re.search(
        r"^- \*\*(?:no-op|create|read|update|delete|forget|replace)\*\* (?:`|\((?:empty|blank)\))",
        screen,
        re.M,
    )


def test_danger_is_complete_before_other_sections_get_space() -> None:
    dangers = tuple(danger(f"aws_db_instance.n{n}") for n in range(150))
    page = comment(review(replace(CROWD, stack="production", environment="production", dangers=dangers)))
    assert all(f"`aws_db_instance.n{n}`" in page for n in range(150))
    assert page.count("**forces replacement**") == 150
    assert re.search(r"[\d,]+ more findings left out for length", page)


def test_the_most_severe_danger_is_complete_before_the_next() -> None:
    page = comment(review(stack(dangers=tuple(danger(f"aws_db_instance.n{n:03}") for n in range(400)))))
    rows = re.split(r"^- \*\*replace\*\* ", page, flags=re.MULTILINE)[1:]
    is_complete = ["protection: " in row for row in rows]
    assert len(rows) == 400
    assert 0 < sum(is_complete) < 400
    assert is_complete == sorted(is_complete, reverse=True)


def test_dangers_left_out_are_counted_by_type_and_the_most_severe_are_shown() -> None:
    keys = tuple(danger(f"aws_kms_key.k{n}", "keys") for n in range(20))
    others = tuple(danger(f"aws_db_instance.n{n}") for n in range(MANY))
    page = comment(review(stack("dev", dangers=others), stack(dangers=keys)))
    assert all(f"`aws_kms_key.k{n}`" in page for n in range(20))
    left_out = re.search(r"([\d,]+) more dangers left out for length: ([\d,]+) `aws_db_instance`", page)
    assert left_out
    assert left_out[1] == left_out[2]
    shown = len(re.findall(r"\*\*replace\*\* `aws_db_instance.n", page))
    assert shown + int(left_out[1].replace(",", "")) == MANY


def test_a_report_contains_parts_that_the_comment_leaves_out() -> None:
    large = review(CROWD)
    page = report(large)
    assert LIMIT < sizes(page)[1] <= 1_048_576
    assert len(re.findall(r"aws_route\.n\d+`", page)) > len(re.findall(r"aws_route\.n\d+`", comment(large)))
    assert foreign(page, links=[RUN, HELP]) == []


def test_a_small_report_and_a_small_comment_are_equal() -> None:
    assert report(review(everything())) == comment(review(everything()))
    assert "left out" not in comment(review(everything()))
    assert "hortened" not in comment(review(everything()))


def test_an_errored_plan_is_partial_and_never_has_no_changes() -> None:
    page = comment(review(stack(is_errored=True), stack("dev")))
    assert page.splitlines()[1].startswith("## Partial: a plan is incomplete")
    assert "no known data loss" not in page
    assert "No danger in the part that was planned." in page
    dangerous = comment(review(stack(is_errored=True, dangers=(danger(),)))).splitlines()
    assert dangerous[1].startswith("## Partial: ")
    assert "the planned part has dangers" in dangerous[1]
    assert "**1 danger** in the part that was planned, listed first." in dangerous[4]
    assert "`production` (**partial**)" in page
    assert "`dev` (no changes)" in page
    assert "**Partial**" in page
    assert "No changes" not in page


def test_without_a_run_the_page_names_the_command_for_the_full_report() -> None:
    page = comment(review(everything(), run_url="javascript:alert(1)"))
    assert "javascript" not in page
    assert "`arqctl review --out-dir DIR` writes the full report" in page


@given(st.permutations(["production", "dev", "staging"]))
def test_equal_changes_are_shown_once(names: list[str]) -> None:
    page = comment(review(*map(everything, names)))
    assert page.count("`aws_kms_key.main`") == 1
    assert page.count("`aws_lb.main`") == 1
    assert "### Danger: 6\n" in page
    assert f"### {', '.join(f'`{name}`' for name in names)}\n" in page


@pytest.mark.parametrize("crowd", ["", pytest.param("CROWD", marks=pytest.mark.slow)])
def test_every_hash_seed_gives_the_same_bytes(crowd: str) -> None:
    script = (
        "from arqctl.review.markdown import comment, report\n"
        "from tests.arqctl.review.markdown.reviews import everything, review\n"
        "from tests.arqctl.review.markdown.test_comment import CROWD\n"
        f"made = review(everything(), everything('staging'), {crowd})\n"
        "import sys; sys.stdout.buffer.write((comment(made) + report(made)).encode())"
    )
    pages = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(pages) == 1
    assert (len(pages.pop()) > LIMIT) == bool(crowd)


def test_the_page_parses_into_the_expected_blocks() -> None:
    tokens = parse(comment(review(everything())))
    titles = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
    assert titles == [
        "Policy: findings block this deployment; a check doesn't pass",
        "Danger: 2",
        "Policy",
        "Access: broadened (1)",
        "Access: reduced (1)",
        "`production`",
        "Cost",
    ]
    assert [token.info for token in tokens if token.type == "fence"] == ["diff", "mermaid"]
    assert sum(token.type == "table_open" for token in tokens) == 3


def test_gaps_are_announced_at_the_top_and_listed_below() -> None:
    gaps = ("Findings are not compared: <img src=x>", *(f"reason {number}" for number in range(20)))
    text = comment(replace(review(stack()), gaps=gaps))
    assert "This review has gaps" in text[:1000]
    assert "Findings are not compared" in text
    assert "<img" not in text
    assert "and 13 more" in text
    assert "Gaps in this review" not in comment(review(stack()))
