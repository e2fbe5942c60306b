"""Findings of a stack compared with the base: each is new, existing or fixed."""

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arqctl.core.errors import InputError
from arqctl.gate import Finding, Report, WaivedFinding
from arqctl.gate.report import SnapshotChange
from arqctl.review.policy_delta import policy_delta
from tests.arqctl.gate.reports import environment


def finding(rule: str = "CKV_AWS_17", path: str = "production/database", **more: str) -> Finding:
    fields = {"severity": "HIGH", "address": "aws_db_instance.main", "message": "is public"} | more
    stack = fields.pop("stack", "production")
    return Finding.model_validate({"rule": rule, "path": path, "stack": stack, **fields})


def waived(finding: Finding) -> WaivedFinding:
    accepted = {"owner": "platform", "reason": "a sandbox", "ticket": "ARQ-1", "days_left": 39}
    return WaivedFinding.model_validate(finding.model_dump() | accepted | {"expires": date(2027, 1, 1)})


def report(name: str = "production", **changes: object) -> Report:
    return Report(environments={name: environment(**{"stacks": (name,), "passed": 40} | changes)})


PUBLIC = finding()
OPEN = finding("CKV_AWS_24", "production/api", address="aws_security_group.api")


def test_without_a_base_all_findings_are_new_and_nothing_is_compared() -> None:
    delta = policy_delta(report(findings=(PUBLIC,), unknown=(OPEN,)), None, "production")
    assert (delta.new, delta.unknown) == ((PUBLIC,), (OPEN,))
    assert (delta.passed, delta.existing, delta.fixed, delta.is_compared) == (40, 0, 0, False)
    assert delta.is_blocking


def test_a_stack_without_findings_does_not_block() -> None:
    assert not policy_delta(report(), report(), "production").is_blocking


def test_a_finding_of_the_base_is_existing_and_blocks() -> None:
    delta = policy_delta(report(findings=(PUBLIC, OPEN)), report(findings=(PUBLIC,)), "production")
    assert delta.new == (OPEN,)
    assert (delta.existing, delta.fixed, delta.is_compared) == (1, 0, True)
    assert policy_delta(report(unknown=(OPEN,)), report(unknown=(OPEN,)), "production").is_blocking


def test_a_finding_of_only_the_base_is_fixed() -> None:
    assert policy_delta(report(), report(findings=(PUBLIC,), unknown=(OPEN,)), "production").fixed == 2


@pytest.mark.parametrize(
    "change",
    [{"address": "aws_db_instance.main_5F3A"}, {"message": "is still public"}, {"severity": "LOW"}],
    ids=["address", "message", "severity"],
)
def test_a_finding_is_identified_by_rule_and_path(change: dict[str, object]) -> None:
    delta = policy_delta(
        report(findings=(PUBLIC.model_copy(update=change),)), report(findings=(PUBLIC,)), "production"
    )
    assert (delta.new, delta.existing, delta.fixed) == ((), 1, 0)


@pytest.mark.parametrize("change", [{"rule": "CKV_AWS_16"}, {"path": "production/replica"}])
def test_another_rule_or_path_is_another_finding(change: dict[str, object]) -> None:
    other = PUBLIC.model_copy(update=change)
    delta = policy_delta(report(findings=(other,)), report(findings=(PUBLIC,)), "production")
    assert (delta.new, delta.fixed) == ((other,), 1)


def test_a_finding_of_another_environment_does_not_match() -> None:
    mine = finding(path="dev/database", stack="dev")
    delta = policy_delta(report("dev", findings=(mine,)), report(findings=(mine,)), "dev")
    assert (delta.new, delta.is_compared) == ((mine,), True)


def test_a_second_finding_of_the_same_rule_and_path_is_new() -> None:
    second = PUBLIC.model_copy(update={"address": "aws_db_instance.a_replica"})
    delta = policy_delta(report(findings=(second, PUBLIC)), report(findings=(PUBLIC,)), "production")
    assert delta.new == (second,)
    assert delta.existing == 1


def test_an_unknown_result_and_a_finding_do_not_match() -> None:
    found_now = policy_delta(report(findings=(PUBLIC,)), report(unknown=(PUBLIC,)), "production")
    assert (found_now.new, found_now.fixed) == ((PUBLIC,), 0)
    unknown_now = policy_delta(report(unknown=(PUBLIC,)), report(findings=(PUBLIC,)), "production")
    assert (unknown_now.unknown, unknown_now.fixed) == ((PUBLIC,), 0)


def test_a_waived_finding_is_not_fixed_and_an_expired_waiver_makes_it_new() -> None:
    accepted = waived(PUBLIC)
    now = policy_delta(report(waived=(accepted,)), report(findings=(PUBLIC,)), "production")
    assert (now.waived, now.fixed, now.is_blocking) == ((accepted,), 0, False)
    expired = policy_delta(report(findings=(PUBLIC,)), report(waived=(accepted,)), "production")
    assert expired.new == (PUBLIC,)


class TestTwoStacks:
    STACKS = ("production", "production-platform")
    INNER = finding(path="production-platform/web", stack="production-platform")
    EXPIRED = finding("ARQ_WAIVER", "production/*", stack="", address="")

    def test_each_stack_has_its_own_findings(self) -> None:
        both = report(stacks=self.STACKS, findings=(PUBLIC, self.INNER), waived=(waived(self.INNER),))
        outer, inner = (policy_delta(both, None, stack) for stack in self.STACKS)
        assert (outer.new, inner.new) == ((PUBLIC,), (self.INNER,))
        assert (outer.waived, inner.waived) == ((), (waived(self.INNER),))

    def test_a_finding_of_no_stack_belongs_to_the_environments_own_stack(self) -> None:
        gone = finding("ARQ_ADDRESS", "production-old/x", stack="production-old", severity="CRITICAL")
        both = report(stacks=self.STACKS, findings=(self.EXPIRED, gone))
        outer, inner = (policy_delta(both, None, stack) for stack in self.STACKS)
        assert (outer.new, inner.new) == ((self.EXPIRED, gone), ())

    def test_a_snapshot_update_belongs_to_its_stack(self) -> None:
        changes = [
            SnapshotChange(address=f"aws_vpc.v{number}", change="changed", stack="production-platform")
            for number in range(5)
        ]
        differing = report(stacks=self.STACKS, snapshot="differs", snapshot_changes=tuple(changes))
        assert policy_delta(differing, None, "production").snapshot_updates == ()
        assert policy_delta(differing, None, "production-platform").snapshot_updates == (
            "5 addresses differ from the committed snapshot: aws_vpc.v0, aws_vpc.v1, aws_vpc.v2 and 2 more",
        )

    def test_a_missing_snapshot_belongs_to_the_environments_own_stack(self) -> None:
        missing = report(stacks=self.STACKS, snapshot="missing")
        assert policy_delta(missing, None, "production").snapshot_updates == (
            "a stack of production has no committed snapshot",
        )
        assert policy_delta(missing, None, "production-platform").snapshot_updates == ()


LOST = finding("ARQ_ADDRESS", "production/aws_s3_bucket.b", address="aws_s3_bucket.b", severity="CRITICAL")
UNLISTED = finding("ARQ_ADDRESS", "production/table", address="aws_dynamodb_table.t", severity="MEDIUM")


@pytest.mark.parametrize("base", [report(), report(addresses="lost", findings=(LOST,))])
def test_a_lost_stateful_address_blocks_even_if_the_base_lost_it_too(base: Report) -> None:
    delta = policy_delta(report(addresses="lost", findings=(LOST,)), base, "production")
    assert delta.lost_addresses == ("aws_s3_bucket.b",)
    assert delta.blocking == 1
    assert delta.is_blocking


@pytest.mark.parametrize("base", [None, report(), report(findings=(UNLISTED,))])
def test_a_snapshot_or_address_list_to_update_does_not_block(base: Report | None) -> None:
    outdated = report(
        snapshot="differs",
        snapshot_changes=(SnapshotChange(address="aws_s3_bucket.b", change="removed", stack="production"),),
        findings=(UNLISTED,),
    )
    delta = policy_delta(outdated, base, "production")
    assert delta.snapshot_updates == (
        "1 address differs from the committed snapshot: aws_s3_bucket.b",
        "stateful resources are missing from the address list, such as aws_dynamodb_table.t",
    )
    assert (delta.new, delta.existing, delta.fixed, delta.is_blocking) == ((), 0, 0, False)
    assert not policy_delta(report(snapshot="missing"), base, "production").is_blocking


def test_a_missing_snapshot_of_the_only_stack_has_its_name() -> None:
    assert policy_delta(report(snapshot="missing"), None, "production").snapshot_updates == (
        "production has no committed snapshot",
    )


def test_a_stack_that_the_gate_did_not_evaluate_is_an_error() -> None:
    with pytest.raises(InputError, match=r"'staging'.*didn't evaluate it.*production"):
        policy_delta(report(), None, "staging")


FINDINGS = st.lists(
    st.builds(
        finding,
        st.sampled_from(["CKV_AWS_16", "CKV_AWS_17"]),
        st.sampled_from(["production/database", "production/cache"]),
        address=st.sampled_from(["aws_db_instance.a", "aws_db_instance.b"]),
    ),
    max_size=6,
)


@given(FINDINGS, FINDINGS, st.randoms(use_true_random=False))
def test_every_finding_is_new_or_existing_in_any_order_of_the_base(
    here: list[Finding], there: list[Finding], random: Random
) -> None:
    delta = policy_delta(report(findings=here), report(findings=there), "production")
    assert len(delta.new) + delta.existing == len(here)
    assert delta.existing + delta.fixed == len(there)
    shuffled = random.sample(there, len(there))
    again = policy_delta(report(findings=here), report(findings=shuffled), "production")
    assert again == delta


def test_secrets_in_messages_and_reasons_are_redacted() -> None:
    token = "ghp_" + "0123456789abcdefABCD" * 2
    quoting = finding(message=f"holds {token}")
    accepted = waived(OPEN).model_copy(update={"reason": f"until {token} is gone"})
    delta = policy_delta(
        report(findings=(quoting,), unknown=(quoting,), waived=(accepted,)), None, "production"
    )
    assert delta.new
    assert delta.unknown
    assert delta.waived
    assert token not in repr(delta)
