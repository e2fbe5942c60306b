"""What the gate says of a stack, against the base: nothing known is told as new, and nothing gets lost."""

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.core.errors import InputError
from arqctl.gate import Finding, Report, Waived
from arqctl.gate.report import Change
from arqctl.review.policy_delta import judged
from tests.arqctl.gate.reports import environment


def found(rule: str = "CKV_AWS_17", path: str = "production/database", **more: str) -> Finding:
    told = {"severity": "HIGH", "address": "aws_db_instance.main", "message": "is public"} | more
    stack = told.pop("stack", "production")
    return Finding.model_validate({"rule": rule, "path": path, "stack": stack, **told})


def waived(finding: Finding) -> Waived:
    accepted = {"owner": "platform", "reason": "a sandbox", "ticket": "ARQ-1", "days_left": 39}
    return Waived.model_validate(finding.model_dump() | accepted | {"expires": date(2027, 1, 1)})


def report(name: str = "production", **changes: object) -> Report:
    return Report(environments={name: environment(**{"stacks": (name,), "passed": 40} | changes)})


PUBLIC = found()
OPEN = found("CKV_AWS_24", "production/api", address="aws_security_group.api")


def test_without_a_base_all_is_told_and_nothing_is_compared() -> None:
    told = judged(report(findings=(PUBLIC,), unknown=(OPEN,)), None, "production")
    assert (told.new, told.undecided) == ((PUBLIC,), (OPEN,))
    assert (told.passed, told.standing, told.fixed, told.is_compared) == (40, 0, 0, False)
    assert told.blocks


def test_a_clean_stack_doesn_t_block() -> None:
    assert not judged(report(), report(), "production").blocks


def test_what_the_base_has_stands_and_blocks_and_isn_t_new() -> None:
    told = judged(report(findings=(PUBLIC, OPEN)), report(findings=(PUBLIC,)), "production")
    assert told.new == (OPEN,)
    assert (told.standing, told.fixed, told.is_compared) == (1, 0, True)
    assert judged(report(unknown=(OPEN,)), report(unknown=(OPEN,)), "production").blocks


def test_what_the_base_has_alone_is_fixed() -> None:
    assert judged(report(), report(findings=(PUBLIC,), unknown=(OPEN,)), "production").fixed == 2


@pytest.mark.parametrize(
    "change",
    [{"address": "aws_db_instance.main_5F3A"}, {"message": "is still public"}, {"severity": "LOW"}],
    ids=["address", "message", "severity"],
)
def test_a_finding_is_known_by_rule_and_path_alone(change: dict[str, object]) -> None:
    told = judged(
        report(findings=(PUBLIC.model_copy(update=change),)), report(findings=(PUBLIC,)), "production"
    )
    assert (told.new, told.standing, told.fixed) == ((), 1, 0)


@pytest.mark.parametrize("change", [{"rule": "CKV_AWS_16"}, {"path": "production/replica"}])
def test_another_rule_or_path_is_another_finding(change: dict[str, object]) -> None:
    other = PUBLIC.model_copy(update=change)
    told = judged(report(findings=(other,)), report(findings=(PUBLIC,)), "production")
    assert (told.new, told.fixed) == ((other,), 1)


def test_another_environment_s_finding_isn_t_known() -> None:
    mine = found(path="dev/database", stack="dev")
    told = judged(report("dev", findings=(mine,)), report(findings=(mine,)), "dev")
    assert (told.new, told.is_compared) == ((mine,), True)


def test_the_second_of_the_same_key_is_new_and_it_is_the_one_that_came() -> None:
    second = PUBLIC.model_copy(update={"address": "aws_db_instance.a_replica"})
    told = judged(report(findings=(second, PUBLIC)), report(findings=(PUBLIC,)), "production")
    assert told.new == (second,)
    assert told.standing == 1


def test_undecided_and_found_are_two_things() -> None:
    found_now = judged(report(findings=(PUBLIC,)), report(unknown=(PUBLIC,)), "production")
    assert (found_now.new, found_now.fixed) == ((PUBLIC,), 0)
    hidden_now = judged(report(unknown=(PUBLIC,)), report(findings=(PUBLIC,)), "production")
    assert (hidden_now.undecided, hidden_now.fixed) == ((PUBLIC,), 0)


def test_what_is_waived_now_isn_t_fixed_and_what_no_waiver_accepts_any_more_is_new() -> None:
    accepted = waived(PUBLIC)
    now = judged(report(waived=(accepted,)), report(findings=(PUBLIC,)), "production")
    assert (now.waived, now.fixed, now.blocks) == ((accepted,), 0, False)
    lapsed = judged(report(findings=(PUBLIC,)), report(waived=(accepted,)), "production")
    assert lapsed.new == (PUBLIC,)


class TestTwoStacks:
    STACKS = ("production", "production-platform")
    INNER = found(path="production-platform/web", stack="production-platform")
    LAPSED = found("ARQ_WAIVER", "production/*", stack="", address="")

    def test_each_is_told_on_its_own(self) -> None:
        both = report(stacks=self.STACKS, findings=(PUBLIC, self.INNER), waived=(waived(self.INNER),))
        outer, inner = (judged(both, None, stack) for stack in self.STACKS)
        assert (outer.new, inner.new) == ((PUBLIC,), (self.INNER,))
        assert (outer.waived, inner.waived) == ((), (waived(self.INNER),))

    def test_what_belongs_to_none_is_told_once(self) -> None:
        gone = found("ARQ_ADDRESS", "production-old/x", stack="production-old")
        both = report(stacks=self.STACKS, findings=(self.LAPSED, gone))
        outer, inner = (judged(both, None, stack) for stack in self.STACKS)
        assert (outer.new, inner.new) == ((self.LAPSED, gone), ())

    def test_a_break_is_told_on_the_stack_that_it_concerns(self) -> None:
        changes = [
            Change(address=f"aws_vpc.v{number}", change="changed", stack="production-platform")
            for number in range(5)
        ]
        differing = report(stacks=self.STACKS, snapshot="differs", snapshot_changes=tuple(changes))
        assert judged(differing, None, "production").breaks == ()
        assert judged(differing, None, "production-platform").breaks == (
            "5 addresses differ from the committed snapshot: aws_vpc.v0, aws_vpc.v1, aws_vpc.v2 and 2 more",
        )

    def test_a_missing_snapshot_is_told_where_the_environment_is(self) -> None:
        missing = report(stacks=self.STACKS, snapshot="missing")
        assert judged(missing, None, "production").breaks == (
            "a stack of production has no committed snapshot",
        )
        assert judged(missing, None, "production-platform").breaks == ()


def test_breaks_block_whatever_the_base_has() -> None:
    lost = found("ARQ_ADDRESS", "production/aws_s3_bucket.b", address="aws_s3_bucket.b", severity="CRITICAL")
    unlisted = found("ARQ_ADDRESS", "production/table", address="aws_dynamodb_table.t", severity="MEDIUM")
    broken = report(
        snapshot="differs",
        snapshot_changes=(Change(address="aws_s3_bucket.b", change="removed", stack="production"),),
        addresses="broken",
        findings=(lost, unlisted),
    )
    told = judged(broken, broken, "production")
    assert told.breaks == (
        "1 address differs from the committed snapshot: aws_s3_bucket.b",
        "what holds state is gone, and stands on the list of addresses: aws_s3_bucket.b",
    )
    assert told.blocks


def test_a_missing_snapshot_of_the_only_stack_names_it() -> None:
    assert judged(report(snapshot="missing"), None, "production").breaks == (
        "production has no committed snapshot",
    )


def test_a_stack_that_nobody_judged_is_refused() -> None:
    with pytest.raises(InputError, match=r"'staging'.*didn't judge.*production"):
        judged(report(), None, "staging")


FINDINGS = st.lists(
    st.builds(
        found,
        st.sampled_from(["CKV_AWS_16", "CKV_AWS_17"]),
        st.sampled_from(["production/database", "production/cache"]),
        address=st.sampled_from(["aws_db_instance.a", "aws_db_instance.b"]),
    ),
    max_size=6,
)


@given(FINDINGS, FINDINGS, st.randoms(use_true_random=False))
def test_every_finding_is_new_or_stands_and_the_base_s_order_doesn_t_matter(
    here: list[Finding], there: list[Finding], random: Random
) -> None:
    told = judged(report(findings=here), report(findings=there), "production")
    assert len(told.new) + told.standing == len(here)
    assert told.standing + told.fixed == len(there)
    shuffled = random.sample(there, len(there))
    again = judged(report(findings=here), report(findings=shuffled), "production")
    assert again == told


def test_what_a_message_or_a_reason_quotes_of_secrets_is_not_told() -> None:
    token = "ghp_" + "0123456789abcdefABCD" * 2
    quoting = found(message=f"holds {token}")
    accepted = waived(OPEN).model_copy(update={"reason": f"until {token} is gone"})
    told = judged(report(findings=(quoting,), unknown=(quoting,), waived=(accepted,)), None, "production")
    assert told.new
    assert told.undecided
    assert told.waived
    assert token not in repr(told)
