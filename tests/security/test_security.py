"""Tests keys, roles and connections."""

import pytest

from constructs_arq.core.errors import ConfigError, ConstructError
from constructs_arq.core.port import Port
from constructs_arq.core.stack import Stack
from constructs_arq.security.connections import Connections, SecurityGroup
from constructs_arq.security.key import Key
from constructs_arq.security.role import Role, Trust
from constructs_arq.storage.bucket import Bucket, LogBucket
from constructs_arq.storage.log_group import LogGroup
from tests.support import Synthesized, statements, synthesize


class Vpc:
    vpc_id = "vpc-0a1b2c3d"
    cidr = "10.0.0.0/16"


class TestKey:
    def test_it_rotates_and_the_account_controls_it(self) -> None:
        key = synthesize(lambda stack: Key(stack, "key", description="Encrypts")).one("aws_kms_key")
        assert key["enable_key_rotation"] is True
        assert key["deletion_window_in_days"] == 30
        governs = statements(key["policy"])["AccountGoverns"]
        assert governs["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}

    def test_services_are_limited_to_the_account(self) -> None:
        def build(stack: Stack) -> None:
            key = Key(stack, "key", description="Encrypts")
            key.allow_service("sns.amazonaws.com", sid="alarms")
            key.allow_service("sns.amazonaws.com", sid="alarms")

        added = statements(synthesize(build).one("aws_kms_key")["policy"])
        assert set(added) == {"AccountGoverns", "Alarms"}
        assert added["Alarms"]["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}

    def test_given_conditions_replace_the_default(self) -> None:
        def build(stack: Stack) -> None:
            conditions = {"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::111122223333:distribution/*"}}
            key = Key(stack, "key", description="Encrypts")
            key.allow_service("cloudfront.amazonaws.com", sid="reads", conditions=conditions)

        added = statements(synthesize(build).one("aws_kms_key")["policy"])["Reads"]
        assert set(added["Condition"]) == {"ArnLike"}

    def test_a_principal_can_create_grants_for_aws_resources_only(self) -> None:
        def build(stack: Stack) -> None:
            key = Key(stack, "key", description="Encrypts")
            key.allow_principal("arn:aws:iam::111122223333:role/launcher", sid="launch")

        added = statements(synthesize(build).one("aws_kms_key")["policy"])
        granting = [sid for sid, s in added.items() if "kms:CreateGrant" in s["Action"]]
        assert granting == ["LaunchForAWSResources"]
        assert added["LaunchForAWSResources"]["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        assert added["LaunchForAWSResources"]["Principal"] == added["Launch"]["Principal"]
        assert "Condition" not in added["Launch"]

    def test_a_key_in_another_region_uses_that_regions_provider(self) -> None:
        stack = synthesize(
            lambda stack: Key(stack, "copy-key", description="Encrypts", region="eu-central-1")
        )
        assert stack.one("aws_kms_key")["provider"] == "aws.eu-central-1"
        assert stack.one("aws_kms_alias")["provider"] == "aws.eu-central-1"


KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


class TestExistingKey:
    def test_it_encrypts_a_bucket_and_a_log_group(self) -> None:
        def build(stack: Stack) -> None:
            key = Key.from_arn(arn=KEY_ARN, allowed_services=["logs.eu-west-1.amazonaws.com"])
            LogGroup(stack, "logs", name="/orders", key=key, retention_days=30)
            logs = LogBucket(stack, "access-logs", retention_days=30)
            bucket = Bucket(stack, "bucket", key=key, access_logs=logs)
            role = Role(stack, "role", description="Reads", trust=Trust.service("ec2.amazonaws.com"))
            bucket.grant_read(role)

        stack = synthesize(build)
        assert stack.one("aws_cloudwatch_log_group")["kms_key_id"] == KEY_ARN
        encryption = stack.one("aws_s3_bucket_server_side_encryption_configuration", "bucket/encryption")
        [rule] = encryption["rule"]
        assert rule["apply_server_side_encryption_by_default"]["kms_master_key_id"] == KEY_ARN
        grant = stack.one("aws_iam_role_policy", "role/decrypt-key-1234abcd-12ab-34cd-56ef-1234567890ab")
        [statement] = statements(grant["policy"]).values()
        assert (statement["Action"], statement["Resource"]) == (["kms:Decrypt", "kms:DescribeKey"], [KEY_ARN])
        assert not stack.of_type("aws_kms_key")
        assert "data" not in stack.json

    def test_a_service_that_its_policy_does_not_allow_is_rejected(self) -> None:
        def build(stack: Stack) -> None:
            LogGroup(stack, "logs", name="/orders", key=Key.from_arn(arn=KEY_ARN), retention_days=30)

        with pytest.raises(ConstructError, match=r"must allow logs\.eu-west-1\..*allowed_services="):
            synthesize(build)

    @pytest.mark.parametrize(
        "arn",
        [
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:kms:eu-west-1:111122223333:alias/orders",
            "arn:aws:s3:::orders",
        ],
    )
    def test_another_arn_is_rejected(self, arn: str) -> None:
        with pytest.raises(ConfigError, match="arn: must be the ARN of a KMS key, not of an alias, got"):
            Key.from_arn(arn=arn)

    def test_keys_of_other_partitions_and_multi_region_keys_are_accepted(self) -> None:
        for arn in (
            "arn:aws-cn:kms:cn-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab",
        ):
            assert Key.from_arn(arn=arn).arn == arn


class TestRole:
    def test_each_purpose_is_a_separate_policy(self) -> None:
        def build(stack: Stack) -> None:
            role = Role(stack, "api", description="The API", trust=Trust.service("ec2.amazonaws.com"))
            role.allow("sqs:SendMessage", on="arn:aws:sqs:::orders", policy_name="send-orders")
            role.allow("sqs:ReceiveMessage", on=["arn:aws:sqs:::mail"], policy_name="read-mail")

        policies = synthesize(build).of_type("aws_iam_role_policy")
        assert set(policies) == {"api/send-orders", "api/read-mail"}
        assert statements(policies["api/send-orders"]["policy"])["SendOrders"]["Resource"] == [
            "arn:aws:sqs:::orders"
        ]

    def test_a_repeated_grant_is_accepted_and_a_different_one_rejected(self) -> None:
        def build(stack: Stack) -> None:
            role = Role(stack, "api", description="The API", trust=Trust.service("ec2.amazonaws.com"))
            role.allow("sqs:SendMessage", on="arn:aws:sqs:::orders", policy_name="send")
            role.allow("sqs:SendMessage", on="arn:aws:sqs:::orders", policy_name="send")
            with pytest.raises(ConstructError, match="two different statements for the policy name 'send'"):
                role.allow("sqs:SendMessage", on="arn:aws:sqs:::mail", policy_name="send")

        assert set(synthesize(build).of_type("aws_iam_role_policy")) == {"api/send"}

    def test_pod_identity_is_limited_to_one_cluster(self) -> None:
        trust = Trust.pod_identity(cluster_arn="arn:aws:eks:::cluster/a")
        role = synthesize(lambda stack: Role(stack, "api", description="The API", trust=trust)).one(
            "aws_iam_role"
        )
        trusted = statements(role["assume_role_policy"])["Trust"]
        assert trusted["Principal"] == {"Service": "pods.eks.amazonaws.com"}
        assert trusted["Condition"] == {"ArnEquals": {"aws:SourceArn": "arn:aws:eks:::cluster/a"}}

    def test_a_long_path_fits_into_the_name_prefix(self) -> None:
        role = synthesize(
            lambda stack: Role(stack, "a" * 60, description="Long", trust=Trust.service("ec2.amazonaws.com"))
        ).one("aws_iam_role")
        assert len(role["name_prefix"]) <= 38
        assert role["name_prefix"].endswith("a-")


class TestExistingRole:
    def test_a_grant_adds_an_inline_policy_to_it(self) -> None:
        def build(stack: Stack) -> None:
            role = Role.from_name(stack, "publisher", name="ci-publisher")
            bucket = Bucket(
                stack,
                "bucket",
                key=Key(stack, "key", description="Encrypts"),
                access_logs=LogBucket(stack, "access-logs", retention_days=30),
            )
            bucket.grant_read(role)

        stack = synthesize(build)
        assert set(stack.of_type("aws_iam_role_policy")) == {
            "publisher/read-bucket",
            "publisher/decrypt-key",
        }
        assert {policy["role"] for policy in stack.of_type("aws_iam_role_policy").values()} == {
            "ci-publisher"
        }
        assert not stack.of_type("aws_iam_role")
        assert "data" not in stack.json

    def test_a_different_grant_with_the_same_purpose_is_rejected(self) -> None:
        def build(stack: Stack) -> None:
            role = Role.from_name(stack, "publisher", name="ci-publisher")
            role.allow("sqs:SendMessage", on="arn:aws:sqs:::orders", policy_name="send")
            role.allow("sqs:SendMessage", on="arn:aws:sqs:::mail", policy_name="send")

        with pytest.raises(ConstructError, match="two different statements for the policy name 'send'"):
            synthesize(build)

    @pytest.mark.parametrize("name", ["", "arn:aws:iam::111122223333:role/ci-publisher", "a" * 65])
    def test_an_invalid_name_is_rejected(self, name: str) -> None:
        def build(stack: Stack) -> None:
            Role.from_name(stack, "publisher", name=name)

        with pytest.raises(ConfigError, match="name: must be the name of an IAM role, got"):
            synthesize(build)


@pytest.fixture(scope="module")
def connected() -> Synthesized:
    def build(stack: Stack) -> None:
        database = SecurityGroup(
            stack, "database", network=Vpc(), description="The database", listens_on=Port.tcp(5432)
        )
        api = SecurityGroup(stack, "api", network=Vpc(), description="The API")
        api.connections.allow_to(database, why="it keeps its ledger there")
        api.connections.allow_to_range("0.0.0.0/0", port=Port.tcp(443), why="it calls the bank")
        database.connections.allow_from_range("10.0.0.0/16", why="people look things up")

    return synthesize(build)


class TestConnections:
    def test_allow_to_creates_both_rules_in_the_callers_scope(self, connected: Synthesized) -> None:
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

    def test_ranges_are_allowed_on_the_listening_port(self, connected: Synthesized) -> None:
        out = connected.one("aws_vpc_security_group_egress_rule", "api/connections/to-0-0-0-0-0-tcp-443")
        assert out["cidr_ipv4"] == "0.0.0.0/0"
        into = connected.one(
            "aws_vpc_security_group_ingress_rule", "database/connections/from-10-0-0-0-16-tcp-5432"
        )
        assert into["from_port"] == 5432

    def test_a_security_group_has_no_rules_by_default(self, connected: Synthesized) -> None:
        for group in connected.of_type("aws_security_group").values():
            assert "ingress" not in group
            assert "egress" not in group

    def test_a_peer_without_a_port_is_rejected(self) -> None:
        def build(stack: Stack) -> None:
            a = SecurityGroup(stack, "a", network=Vpc(), description="A")
            b = SecurityGroup(stack, "b", network=Vpc(), description="B")
            a.connections.allow_to(b, why="it wants to")

        with pytest.raises(ConstructError, match=r"the port of b is not known\. Give port="):
            synthesize(build)

    def test_a_range_without_a_port_is_rejected(self) -> None:
        def build(stack: Stack) -> None:
            SecurityGroup(stack, "a", network=Vpc(), description="A").connections.allow_from_range(
                "10.0.0.0/8", why="it wants to"
            )

        with pytest.raises(ConstructError, match=r"the port for 10\.0\.0\.0/8 is not known"):
            synthesize(build)

    @pytest.mark.parametrize("why", ["", "für Elise", "a" * 256, "because “quotes”"])
    def test_an_invalid_description_is_rejected(self, why: str) -> None:
        def build(stack: Stack) -> None:
            a = SecurityGroup(stack, "a", network=Vpc(), description="A", listens_on=Port.tcp(1))
            a.connections.allow_to(a, why=why)

        with pytest.raises(ConstructError, match="security group rule's description"):
            synthesize(build)


class TestExistingSecurityGroup:
    def test_a_connection_adds_both_rules(self) -> None:
        def build(stack: Stack) -> None:
            legacy = SecurityGroup.from_id(
                security_group_id="sg-0123456789abcdef0", name="legacy", listens_on=Port.tcp(1521)
            )
            api = SecurityGroup(stack, "api", network=Vpc(), description="The API")
            api.connections.allow_to(legacy, why="it reads old orders")

        stack = synthesize(build)
        egress = stack.one("aws_vpc_security_group_egress_rule", "api/connections/to-legacy-tcp-1521")
        assert egress["referenced_security_group_id"] == "sg-0123456789abcdef0"
        ingress = stack.one("aws_vpc_security_group_ingress_rule")
        assert ingress["security_group_id"] == "sg-0123456789abcdef0"
        assert (ingress["from_port"], ingress["to_port"]) == (1521, 1521)

    def test_it_can_open_connections(self) -> None:
        def build(stack: Stack) -> None:
            database = SecurityGroup(
                stack, "database", network=Vpc(), description="The database", listens_on=Port.tcp(5432)
            )
            legacy = Connections(
                stack, "legacy", security_group_id="sg-0123456789abcdef0", logical_name="legacy"
            )
            legacy.allow_to(database, why="it reads orders")

        egress = synthesize(build).one("aws_vpc_security_group_egress_rule", "legacy/to-database-tcp-5432")
        assert egress["security_group_id"] == "sg-0123456789abcdef0"

    def test_all_invalid_values_are_reported(self) -> None:
        with pytest.raises(ConfigError) as error:
            SecurityGroup.from_id(security_group_id="vpc-0123456789abcdef0", name="Legacy Database")
        assert [problem.path for problem in error.value.problems] == ["security_group_id", "name"]
