"""What each section says, and in which order."""

import re
from datetime import date
from decimal import Decimal

import pytest

from arqctl.plan.access.access_diff import Direction, Row
from arqctl.plan.diff.difference import Difference, Kind
from arqctl.plan.model import Action
from arqctl.review.markdown import comment
from arqctl.review.model import Cost, Counts, PolicyDelta, CollapsedChange, StackReview
from tests.arqctl.review.markdown.reviews import (
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


def page(*stacks: StackReview) -> str:
    return comment(review(*stacks))


def test_a_danger_says_what_why_by_what_and_what_guarded_it() -> None:
    assert (
        "- **replace** `aws_db_instance.main` in `production`: the database and what is in it\n"
        "  - loss of data, `aws_db_instance`, path `database/default`\n"
        "  - why: an argument can't be changed in place\n"
        "  - `engine_version`: `15` → `17`, **forces a replacement**\n"
        "  - protection: deletion protection: true → false\n"
    ) in page(stack(dangers=(danger(deposed=""),)))
    assert "`aws_db_instance.main` (deposed `a1b2`)" in page(stack(dangers=(danger(deposed="a1b2"),)))


def test_dangers_of_all_stacks_stand_by_what_is_lost() -> None:
    losses = ("made_again", "protection", "identity", "keys", "ground", "data", "address", "evidence")
    stacks = (stack(f"s{n}", dangers=(danger(f"aws_x.{loss}", loss),)) for n, loss in enumerate(losses))
    told = re.findall(r"^- \*\*replace\*\* `aws_x\.(\w+)`", page(*stacks), re.MULTILINE)
    assert told == ["keys", "data", "evidence", "identity", "protection", "address", "ground", "made_again"]


def test_the_matrix_has_a_row_for_stacks_that_change_alike() -> None:
    cost = Cost(Decimal("1234.5"), Decimal("-2"), 100, 0, date(2026, 11, 1))
    counts = Counts(add=1_000, move=2)
    judged = PolicyDelta(1, new=(finding(path="a/b"),), undecided=(finding(path="a/c"),), standing=3)
    told = page(
        stack("dev", counts=counts, cost=cost),
        stack("staging", counts=counts),
        stack("production", counts=counts, is_errored=True, is_simulated=True, judged=judged),
        stack("bootstrap", judged=PolicyDelta(1)),
    )
    assert (
        "| environment | add | change | replace | destroy | move | import | findings | USD a month |\n"
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: |\n"
        "| `dev`, `staging` | 1,000 | · | · | · | 2 | · | ? | 1,234.50 (-2.00), ? |\n"
        "| `production` (**partial**, simulated) | 1,000 | · | · | · | 2 | · | 5 | ? |\n"
        "| `bootstrap` (no changes) | · | · | · | · | · | · | · | ? |\n"
    ) in told


def test_a_matrix_that_is_too_long_is_summed_up_and_told_whole_below() -> None:
    told = page(*(stack(f"environment-number-{n}", counts=Counts(add=n)) for n in range(40)))
    (more,) = re.findall(r"^\| (\d+) more \| (\d+) \|", told, re.MULTILINE)
    assert int(more[1]) == sum(range(40 - int(more[0]), 40))
    assert "<summary>Each stack and its fingerprint (40)</summary>" in told
    assert "| `environment-number-39` | `0123456789abcdef` | 39 |" in told


def test_each_stack_has_its_fingerprint_where_there_are_several() -> None:
    told = page(stack("dev", fingerprint="aaaa"), stack("production", fingerprint="bbbb"))
    assert "fingerprint `fedcba9876543210`" in told
    assert "| `dev` (no changes) | `aaaa` |" in told
    assert "| `production` (no changes) | `bbbb` |" in told
    assert "Each stack" not in page(stack())


def test_findings_stand_by_severity_and_say_what_they_are_compared_with() -> None:
    found = [
        finding(f"R{n}").model_copy(update={"severity": each}) for n, each in enumerate(("LOW", "CRITICAL"))
    ]
    compared = page(stack(judged=PolicyDelta(1, new=tuple(found), is_compared=True, standing=2, fixed=3)))
    assert compared.index("CRITICAL [`R1`]") < compared.index("LOW [`R0`]")
    assert "**Findings (2, new since the base)**" in compared
    assert "Findings: 2 stand as in the base, and stop it too, 3 of the base are fixed." in compared
    assert "**The gate stops it**: 2 findings, 2 standing since the base." in compared
    assert "not compared with a base" in page(stack(judged=PolicyDelta(1, new=tuple(found))))


def test_what_the_gate_says_is_never_left_open() -> None:
    assert "The gate lets it pass." in page(stack(judged=PolicyDelta(1)))
    assert "The gate didn't judge `dev`." in page(stack(judged=PolicyDelta(1)), stack("dev"))


@pytest.mark.parametrize("link", [None, "javascript:alert(1)"])
def test_a_rule_without_an_address_of_the_web_is_no_link(link: str | None) -> None:
    found = finding().model_copy(update={"link": link})
    assert "- HIGH `CKV_ARQ_1` `production/" in page(stack(judged=PolicyDelta(1, new=(found,))))


def test_waivers_stand_at_a_click_and_what_ends_first_stands_first() -> None:
    later, sooner = waived(40, "production/later"), waived(1, "production/sooner")
    told = page(stack(judged=PolicyDelta(1, waived=(later, sooner))))
    assert "<summary>2 waivers, the first ends in 1 day</summary>" in told
    assert told.index("**1 day left, until 2027-01-08**") < told.index("**40 days left")


def test_access_says_whether_a_denial_is_behind_it_and_whether_it_is_known() -> None:
    unsure = Row(
        Direction.ALLOWED,
        "iam",
        ("a",),
        ("b",),
        ("c",),
        "x = y",
        "d.e",
        "f/g",
        is_denial=True,
        is_unknown=True,
    )
    told = page(stack(broadened=(unsure, access("*", Direction.TAKEN_AWAY))))
    assert (
        "| `iam` (a denial ends) **undecided** | `a` | `b` | `c` | `x = y` | `f/g` in `production` |" in told
    )
    assert told.index("what becomes allowed (1)") < told.index("what is taken away (1)")


def test_many_names_in_a_cell_are_counted() -> None:
    many = Row(Direction.ALLOWED, "iam", tuple(f"a{n}" for n in range(13)), ("b",), ("c",), "", "d.e", "f")
    assert "`a9` and 3 more |" in page(stack(broadened=(many,)))


def test_constructs_that_lose_something_stand_first() -> None:
    added, gone = (
        changed("aws_a.b", path="a/b", action=Action.CREATE),
        changed("aws_z.b", path="z/b", action=Action.DELETE),
    )
    told = page(stack(changes=(added, gone)))
    assert told.index("<code>z</code>: 1 destroy") < told.index("<code>a</code>: 1 add")


def test_what_is_rolled_up_is_counted_and_not_listed() -> None:
    collapsed = tuple(changed(f"aws_x.n{n}", difference("tags.a"), collapsed=CollapsedChange.TAGS) for n in range(31))
    told = page(stack(changes=(*collapsed, changed("aws_y.z", difference(), collapsed=CollapsedChange.HASHES))))
    assert "- 31 tag-only updates omitted\n" in told
    assert "- 1 hash-only update omitted\n" in told
    assert "aws_x.n" not in told


def test_what_is_rolled_up_is_still_counted_where_there_is_no_room() -> None:
    collapsed = tuple(changed(f"aws_x.n{n}", collapsed=CollapsedChange.TAGS) for n in range(31))
    many = tuple(danger(f"aws_db_instance.n{n}") for n in range(3_000))
    told = page(stack(changes=collapsed, dangers=many))
    assert re.search(r"31 tag-only updates omitted|left out for length: .*31 `tag-only`", told)


@pytest.mark.parametrize(
    ("told_of", "line"),
    [
        (Difference("a", Kind.ADDED, "", "x"), "  - `a` added: `x`\n"),
        (Difference("a", Kind.REMOVED, "x"), "  - `a` removed: `x`\n"),
        (Difference("a", Kind.CHANGED, "x", "y"), "  - `a`: `x` → `y`\n"),
        (Difference("a", Kind.CHANGED, "", "y"), "  - `a`: (none) → `y`\n"),
        (Difference("a", Kind.UNKNOWN, "x"), "  - `a`: `x` → (known after apply)\n"),
        (
            Difference("", Kind.CHANGED, "x", "y", forces=True),
            "  - all of it: `x` → `y`, **forces a replacement**\n",
        ),
        (
            Difference("a", Kind.CHANGED, lines=("-x", "+```")),
            "  - `a`:\n    ````diff\n    -x\n    +```\n    ````\n",
        ),
    ],
)
def test_each_kind_of_difference_has_its_words(told_of: Difference, line: str) -> None:
    assert f"- **change** `aws_route.main`\n{line}" in page(
        stack(changes=(changed("aws_route.main", told_of),))
    )


def test_moves_imports_and_what_stays_behind_are_named() -> None:
    told = page(
        stack(
            moves=(changed("a.new", action=Action.NO_OP, previous_address="a.old"),),
            imports=(changed("b.main", action=Action.NO_OP, importing="b-1"),),
            changes=(changed("c.main", action=Action.CREATE_THEN_FORGET, deposed="d1"),),
        )
    )
    assert "- **move** `a.new`, moved from `a.old`\n" in told
    assert "- **import** `b.main`, imported as `b-1`\n" in told
    assert "`c.main`, deposed `d1`, what there was stays in AWS, and nobody answers for it\n" in told


def test_a_cost_that_is_not_known_is_never_nothing() -> None:
    unknown = Cost(None, None, 0, 7, date(2026, 11, 1))
    told = page(stack(cost=unknown, counts=Counts(add=1)))
    assert "- `production`: ? (?) USD a month, 0 % priced, unpriced: 7, as of 2026-11-01\n" in told
    assert "0.00" not in told


def test_a_stack_of_everything_has_every_section_once() -> None:
    told = page(everything())
    for words in (
        "**fail** `check.health`: the API answers 500",
        "Destroyed, replaced or forgotten, and holding nothing: 1 `aws_route`",
        "<summary>1 resource put off to a later plan</summary>",
        "- 158 resources more, on which nothing here depends",
        "<summary>1 output</summary>",
        "```mermaid\nflowchart LR\n",
        "production differs from its snapshot",
        "**Undecided, so not allowed (1, new since the base)**",
    ):
        assert told.count(words) == 1, words
