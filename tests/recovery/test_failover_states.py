"""Runs the state machine of a failover in moto's interpreter of the Amazon States Language, with its RDS."""

import json
import time
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from moto.rds.models import rds_backends

from constructs_arq.recovery.failover_states import Failover, failover_definition, switch_commands

REGION, ACCOUNT = "eu-central-1", "123456789012"
SOURCE = "arn:aws:rds:eu-west-1:123456789012:db:production-database"


def failover(topic_arn: str) -> Failover:
    return Failover(
        environment="production",
        region=REGION,
        instance="production-standby-database",
        topic_arn=topic_arn,
        store="production-site-region-switch",
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
        definition = definition.replace("DbInstance", "DBInstance")
        role = f"arn:aws:iam::{ACCOUNT}:role/failover"
        created = self.states.create_state_machine(name="failover", definition=definition, roleArn=role)
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
    assert " && ".join(switch_commands("production-site-region-switch", "standby")) in switch
    machine.approve(switch)
    assert machine.status() == "SUCCEEDED"
    assert "runs in eu-central-1" in machine.mail()


def test_a_refused_failover_changes_nothing(machine: Machine) -> None:
    token = machine.mail().rsplit(maxsplit=1)[-1]
    machine.states.send_task_failure(taskToken=token, error="Refused")
    assert machine.status() == "FAILED"
    assert "Refused" in machine.mail()
    assert machine.source()


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
    assert {name for name, each in tasks.items() if "Catch" not in each} == {"ReportFailure", "ReportSuccess"}
