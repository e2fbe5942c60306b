"""Keys, roles and connections, as a stack that uses all three has them."""

import pytest

from constructs_arq.core.errors import ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack
from constructs_arq.security.connections import SecurityGroup
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust
from tests.support import Synthesized, statements, synthesize


class Vpc:
    vpc_id = "vpc-0a1b2c3d"
    cidr = "10.0.0.0/16"


class TestKey:
    def test_it_rotates_and_its_account_always_governs_it(self) -> None:
        key = synthesize(lambda stack: Key(stack, "key", purpose="Encrypts")).one("aws_kms_key")
        assert key["enable_key_rotation"] is True
        assert key["deletion_window_in_days"] == 30
        governs = statements(key["policy"])["AccountGoverns"]
        assert governs["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}

    def test_a_service_gets_no_further_than_this_account(self) -> None:
        def build(stack: Stack) -> None:
            key = Key(stack, "key", purpose="Encrypts")
            key.allow_service("sns.amazonaws.com", purpose="alarms")
            key.allow_service("sns.amazonaws.com", purpose="alarms")

        added = statements(synthesize(build).one("aws_kms_key")["policy"])
        assert set(added) == {"AccountGoverns", "Alarms"}
        assert added["Alarms"]["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}

    def test_a_service_is_held_to_given_conditions(self) -> None:
        def build(stack: Stack) -> None:
            conditions = {"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::111122223333:distribution/*"}}
            key = Key(stack, "key", purpose="Encrypts")
            key.allow_service("cloudfront.amazonaws.com", purpose="reads", conditions=conditions)

        added = statements(synthesize(build).one("aws_kms_key")["policy"])["Reads"]
        assert set(added["Condition"]) == {"ArnLike"}

    def test_a_principal_passes_its_use_on_to_resources_of_aws_only(self) -> None:
        def build(stack: Stack) -> None:
            key = Key(stack, "key", purpose="Encrypts")
            key.allow_principal("arn:aws:iam::111122223333:role/launcher", purpose="launch")

        added = statements(synthesize(build).one("aws_kms_key")["policy"])
        granting = [sid for sid, s in added.items() if "kms:CreateGrant" in s["Action"]]
        assert granting == ["LaunchForAWSResources"]
        assert added["LaunchForAWSResources"]["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        assert added["LaunchForAWSResources"]["Principal"] == added["Launch"]["Principal"]
        assert "Condition" not in added["Launch"]

    def test_one_elsewhere_is_made_by_that_regions_provider(self) -> None:
        made = synthesize(lambda stack: Key(stack, "copy-key", purpose="Encrypts", region="eu-central-1"))
        assert made.one("aws_kms_key")["provider"] == "aws.eu-central-1"
        assert made.one("aws_kms_alias")["provider"] == "aws.eu-central-1"


class TestRole:
    def test_each_purpose_is_a_policy_of_its_own(self) -> None:
        def build(stack: Stack) -> None:
            role = Role(stack, "api", purpose="The API", trust=Trust.service("ec2.amazonaws.com"))
            role.allow("sqs:SendMessage", on="arn:aws:sqs:::orders", purpose="send-orders")
            role.allow("sqs:ReceiveMessage", on=["arn:aws:sqs:::mail"], purpose="read-mail")

        policies = synthesize(build).of_type("aws_iam_role_policy")
        assert set(policies) == {"api/send-orders", "api/read-mail"}
        assert statements(policies["api/send-orders"]["policy"])["SendOrders"]["Resource"] == [
            "arn:aws:sqs:::orders"
        ]

    def test_the_same_grant_again_changes_nothing_and_another_is_refused(self) -> None:
        def build(stack: Stack) -> None:
            role = Role(stack, "api", purpose="The API", trust=Trust.service("ec2.amazonaws.com"))
            role.allow("sqs:SendMessage", on="arn:aws:sqs:::orders", purpose="send")
            role.allow("sqs:SendMessage", on="arn:aws:sqs:::orders", purpose="send")
            with pytest.raises(ConstructError, match="two different things for the purpose 'send'"):
                role.allow("sqs:SendMessage", on="arn:aws:sqs:::mail", purpose="send")

        assert set(synthesize(build).of_type("aws_iam_role_policy")) == {"api/send"}

    def test_a_pods_role_is_for_one_cluster_only(self) -> None:
        trust = Trust.pod_identity(cluster_arn="arn:aws:eks:::cluster/a")
        role = synthesize(lambda stack: Role(stack, "api", purpose="The API", trust=trust)).one(
            "aws_iam_role"
        )
        trusted = statements(role["assume_role_policy"])["Trust"]
        assert trusted["Principal"] == {"Service": "pods.eks.amazonaws.com"}
        assert trusted["Condition"] == {"ArnEquals": {"aws:SourceArn": "arn:aws:eks:::cluster/a"}}

    def test_its_name_fits_iam_however_long_its_path(self) -> None:
        role = synthesize(
            lambda stack: Role(stack, "a" * 60, purpose="Long", trust=Trust.service("ec2.amazonaws.com"))
        ).one("aws_iam_role")
        assert len(role["name_prefix"]) <= 38
        assert role["name_prefix"].endswith("a-")


@pytest.fixture(scope="module")
def connected() -> Synthesized:
    def build(stack: Stack) -> None:
        database = SecurityGroup(
            stack, "database", network=Vpc(), purpose="The database", listens_on=Port.tcp(5432)
        )
        api = SecurityGroup(stack, "api", network=Vpc(), purpose="The API")
        api.connections.allow_to(database, why="it keeps its ledger there")
        api.connections.allow_to_range("0.0.0.0/0", port=Port.tcp(443), why="it calls the bank")
        database.connections.allow_from_range("10.0.0.0/16", why="people look things up")

    return synthesize(build)


class TestConnections:
    def test_one_verb_makes_both_rules_in_the_callers_scope_with_the_reason(
        self, connected: Synthesized
    ) -> None:
        out = connected.one("aws_vpc_security_group_egress_rule", "api/connections/to-database-tcp-5432")
        into = connected.one("aws_vpc_security_group_ingress_rule", "api/connections/into-database-tcp-5432")
        assert (
            out["security_group_id"] == into["referenced_security_group_id"] == "${aws_security_group.api.id}"
        )
        assert (
            into["security_group_id"]
            == out["referenced_security_group_id"]
            == "${aws_security_group.database.id}"
        )
        assert (out["from_port"], into["to_port"]) == (5432, 5432)
        assert out["description"] == into["description"] == "it keeps its ledger there"

    def test_ranges_are_let_out_and_in_on_the_port_that_listens(self, connected: Synthesized) -> None:
        out = connected.one("aws_vpc_security_group_egress_rule", "api/connections/to-0-0-0-0-0-tcp-443")
        assert out["cidr_ipv4"] == "0.0.0.0/0"
        into = connected.one(
            "aws_vpc_security_group_ingress_rule", "database/connections/from-10-0-0-0-16-tcp-5432"
        )
        assert into["from_port"] == 5432

    def test_nothing_is_open_by_itself(self, connected: Synthesized) -> None:
        for group in connected.of_type("aws_security_group").values():
            assert "ingress" not in group
            assert "egress" not in group

    def test_a_peer_that_listens_nowhere_needs_a_port(self) -> None:
        def build(stack: Stack) -> None:
            a = SecurityGroup(stack, "a", network=Vpc(), purpose="A")
            b = SecurityGroup(stack, "b", network=Vpc(), purpose="B")
            a.connections.allow_to(b, why="it wants to")

        with pytest.raises(ConstructError, match=r"no port is known to reach b on\. Give port="):
            synthesize(build)

    def test_a_range_into_what_listens_nowhere_needs_a_port(self) -> None:
        def build(stack: Stack) -> None:
            SecurityGroup(stack, "a", network=Vpc(), purpose="A").connections.allow_from_range(
                "10.0.0.0/8", why="it wants to"
            )

        with pytest.raises(ConstructError, match=r"no port is known for 10\.0\.0\.0/8"):
            synthesize(build)

    @pytest.mark.parametrize("why", ["", "für Elise", "a" * 256, "because “quotes”"])
    def test_a_reason_that_ec2_would_refuse_is_refused_here(self, why: str) -> None:
        def build(stack: Stack) -> None:
            a = SecurityGroup(stack, "a", network=Vpc(), purpose="A", listens_on=Port.tcp(1))
            a.connections.allow_to(a, why=why)

        with pytest.raises(ConstructError, match="security group rule's description"):
            synthesize(build)
