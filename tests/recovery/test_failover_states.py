"""Runs the state machine of a failover in moto's interpreter of the Amazon States Language, with its RDS."""

import json
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.session import get_session
from moto import mock_aws
from moto.rds.models import rds_backends

from constructs_arq.recovery.failover_states import Failover, failover_definition, switch_commands

pytestmark = pytest.mark.slow

REGION, ACCOUNT = "eu-central-1", "123456789012"
STORE = "arn:aws:cloudfront::123456789012:key-value-store/00000000-0000-4000-8000-000000000000"
SOURCE = "arn:aws:rds:eu-west-1:123456789012:db:production-database"


def failover(topic_arn: str) -> Failover:
    return Failover(
        environment="production",
        region=REGION,
        instance="production-standby-database",
        topic_arn=topic_arn,
        store="production-site-region-switch",
        store_arn=STORE,
        backup_days=35,
        backup_window="02:00-03:00",
    )


class Machine:
    """The machine with short waits, a replica, and a queue that gets what the topic sends."""

    def __init__(self) -> None:
        self.rds, self.states = boto3.client("rds", REGION), boto3.client("stepfunctions", REGION)
        sns, self._sqs = boto3.client("sns", REGION), boto3.client("sqs", REGION)
        topic = sns.create_topic(Name="approvals")["TopicArn"]
        self._queue = self._sqs.create_queue(QueueName="mails")["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["Attributes"]["QueueArn"])
        boto3.client("rds", "eu-west-1").create_db_instance(
            DBInstanceIdentifier="production-database",
            Engine="postgres",
            DBInstanceClass="db.r7g.large",
            MasterUsername="dba",
            MasterUserPassword="not-used-here",
            AllocatedStorage=20,
        )
        self.rds.create_db_instance_read_replica(
            DBInstanceIdentifier="production-standby-database", SourceDBInstanceIdentifier=SOURCE
        )
        definition = failover_definition(failover(topic)).replace('"Seconds": 15', '"Seconds": 1')
        definition = definition.replace('"IntervalSeconds": 15', '"IntervalSeconds": 1')
        # Step Functions has the names of the Java SDK. moto has those of boto3.
        self.definition = definition.replace("DbInstance", "DBInstance")
        self.start(self.definition, "failover")

    def start(self, definition: str, name: str) -> None:
        role = f"arn:aws:iam::{ACCOUNT}:role/failover"
        created = self.states.create_state_machine(name=name, definition=definition, roleArn=role)
        self.execution = self.states.start_execution(stateMachineArn=created["stateMachineArn"])[
            "executionArn"
        ]

    def mail(self) -> str:
        for _ in range(100):
            messages = self._sqs.receive_message(QueueUrl=self._queue).get("Messages", [])
            if messages:
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=messages[0]["ReceiptHandle"])
                return str(json.loads(messages[0]["Body"])["Message"])
            time.sleep(0.1)
        pytest.fail("no mail has arrived")

    def approve(self, mail: str) -> None:
        self.states.send_task_success(taskToken=mail.rsplit(maxsplit=1)[-1], output="1")

    def refuse(self, mail: str) -> None:
        self.states.send_task_failure(taskToken=mail.rsplit(maxsplit=1)[-1], error="Refused")

    def finish_promotion(self) -> None:
        """Do what RDS does minutes after the call: moto keeps the source of a promoted replica."""
        database = rds_backends[ACCOUNT][REGION].databases["production-standby-database"]
        for _ in range(100):
            if not database.is_replica:
                database.source_db_instance_identifier = None
                return
            time.sleep(0.1)
        pytest.fail("the replica was not promoted")

    def status(self) -> str:
        for _ in range(100):
            found = self.states.describe_execution(executionArn=self.execution)["status"]
            if found != "RUNNING":
                return found
            time.sleep(0.1)
        pytest.fail("the execution has not ended")

    def source(self) -> str | None:
        (found,) = self.rds.describe_db_instances(DBInstanceIdentifier="production-standby-database")[
            "DBInstances"
        ]
        return found.get("ReadReplicaSourceDBInstanceIdentifier")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        yield Machine()


def test_an_approved_failover_promotes_and_asks_for_the_switch(machine: Machine) -> None:
    question = machine.mail()
    assert "production" in question
    assert machine.source()
    machine.approve(question)
    machine.finish_promotion()
    switch = machine.mail()
    assert not machine.source()
    commands = switch_commands("production-site-region-switch", arn=STORE, region=REGION)
    assert " && ".join(commands) in switch
    machine.approve(switch)
    assert machine.status() == "SUCCEEDED"
    assert "runs in eu-central-1" in machine.mail()


def test_the_command_for_the_lag_runs_on_each_operating_system(machine: Machine, tmp_path: Path) -> None:
    """The `date` of macOS has no `-d`. A simulated one accepts what POSIX and both systems have."""
    found = re.search(r"aws cloudwatch .* --statistics Maximum", machine.mail())
    assert found
    for name, body in (("date", '[ "$*" = +%s ] && echo 1700000000'), ("aws", 'echo "$@"')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    given = subprocess.run(
        ["/bin/sh", "-c", found[0]], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=True
    ).stdout
    assert "--start-time 1699999100 --end-time 1700000000 " in given


def test_a_refused_failover_changes_nothing_and_is_no_failure(machine: Machine) -> None:
    machine.refuse(machine.mail())
    assert machine.status() == "SUCCEEDED"
    assert "refused" in machine.mail()
    assert machine.source()


def test_a_second_execution_goes_on_after_a_person_confirmed_the_promotion(machine: Machine) -> None:
    machine.approve(machine.mail())
    machine.finish_promotion()
    machine.refuse(machine.mail())
    assert machine.status() == "FAILED"
    assert "Refused" in machine.mail()
    machine.start(machine.definition, "again")
    machine.approve(machine.mail())
    question = machine.mail()
    assert "Is production-standby-database promoted?" in question
    # zsh expands brackets that are not quoted.
    assert '--query "DBInstances[0].ReadReplicaSourceDBInstanceIdentifier"' in question
    machine.approve(question)
    assert "takes writes" in machine.mail()


def test_a_source_that_cannot_be_read_is_no_promotion(machine: Machine) -> None:
    machine.refuse(machine.mail())
    machine.status()
    machine.mail()
    unread = machine.definition.replace("[*].ReadReplicaSourceDBInstanceIdentifier", "[*].Unknown")
    machine.start(unread, "unread")
    machine.approve(machine.mail())
    machine.refuse(machine.mail())
    assert machine.status() == "FAILED"
    assert machine.source()


@pytest.mark.parametrize("promoted", [False, True])
def test_people_learn_that_the_instance_never_becomes_available(machine: Machine, promoted: bool) -> None:
    """Before and after the promotion. RDS never leaves this state by itself."""
    machine.refuse(machine.mail())
    machine.status()
    machine.mail()
    definition = json.loads(machine.definition.replace('"NumericLessThan": 80', '"NumericLessThan": 2'))
    full = "IsPromoted" if promoted else "IsReplica"
    # The replica is available until the machine has promoted it.
    choices = json.dumps(definition["States"][full]).replace('"available"', '"never"')
    definition["States"][full] = json.loads(choices)
    machine.start(json.dumps(definition), "full")
    machine.approve(machine.mail())
    assert "stopped: The instance is available for too long. Runbook: failover-stopped" in machine.mail()
    assert machine.status() == "FAILED"
    assert rds_backends[ACCOUNT][REGION].databases["production-standby-database"].is_replica is not promoted


def test_another_instance_is_not_promoted(machine: Machine) -> None:
    machine.refuse(machine.mail())
    machine.status()
    machine.mail()
    other = machine.definition.replace('"StringEquals": "production-standby-database"', '"StringEquals": "x"')
    machine.start(other, "other")
    machine.approve(machine.mail())
    assert machine.status() == "FAILED"
    assert "UnknownReplica" in machine.mail()
    assert machine.source()


def test_the_fields_have_the_names_of_the_sdk_for_java() -> None:
    """They are those of botocore, except that a leading abbreviation gets one capital letter."""
    shape = get_session().get_service_model("rds").operation_model("DescribeDBInstances").output_shape
    assert shape is not None
    instances: Any = shape.members["DBInstances"]
    known = {re.sub("^DB", "Db", each) for each in instances.member.members}
    used = re.findall(r"\$\.DbInstances\[\*\]\.(\w+)", failover_definition(failover("arn:aws:sns:x")))
    assert set(used) == {
        "DbInstanceIdentifier",
        "DbInstanceStatus",
        "ReadReplicaSourceDBInstanceIdentifier",
    }
    assert set(used) <= known


def test_every_state_is_reachable_and_every_error_is_reported() -> None:
    states = json.loads(failover_definition(failover("arn:aws:sns:x")))["States"]
    reachable = {"AskForApproval"}
    for _ in states:
        for name in [*reachable]:
            state = states[name]
            choices = [each["Next"] for each in state.get("Choices", ())]
            catches = [each["Next"] for each in state.get("Catch", ())]
            reachable |= {
                each for each in (state.get("Next"), state.get("Default"), *choices, *catches) if each
            }
    assert reachable == set(states)
    tasks = {name: each for name, each in states.items() if each["Type"] == "Task"}
    assert {name for name, each in tasks.items() if "Catch" not in each} == {
        "ReportFailure",
        "ReportRefusal",
        "ReportSuccess",
    }
