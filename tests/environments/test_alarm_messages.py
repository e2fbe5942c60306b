"""One problem sends one message in a region: a table of problems, against the synthesized alarms."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.environments.alarm_states import AlarmStates, Values

NO_DATA = None
ALL_NODES, ONE_LOST = 99, 0
HEALTHY: Values = {"HealthyHostCount": 3, "UnHealthyHostCount": 0}
FAILING: Values = {"HealthyHostCount": 0, "UnHealthyHostCount": 3}
EMPTY: Values = {"HealthyHostCount": NO_DATA, "UnHealthyHostCount": NO_DATA}
FEW_ERRORS: Values = {"HTTPCode_ELB_5XX_Count": 2}
MANY_ERRORS: Values = {"HTTPCode_ELB_5XX_Count": 500}
READY: Values = {"cluster_failed_node_count": 0}
NOT_READY: Values = {"cluster_failed_node_count": 1}
NO_AGENT: Values = {"cluster_failed_node_count": NO_DATA}
RUNNING: Values = {"CPUUtilization": 20, "ReplicaLag": 1, "FreeableMemory": 10**12, "DatabaseConnections": 5}
STOPPED: Values = dict.fromkeys(RUNNING)


# The data that AWS always publishes.
NORMAL: Values = {
    "CPUUtilization": 20,
    "EngineCPUUtilization": 5,
    "Evictions": 0,
    "GroupInServiceInstances": ALL_NODES,
    "NumberOfBackupJobsCompleted": 3,
    "NumberOfCopyJobsCompleted": 3,
}


@dataclass(frozen=True)
class Problem:
    """Phases of the metrics after the creation, and the alarms that send one message each.

    A metric has the same value for all resources. So only the alarms whose names start with `of` count.
    """

    phases: tuple[Values, ...]
    messages: tuple[str, ...]
    of: str


def problem(*phases: Values, sends: str = "", of: str = "") -> Problem:
    return Problem(phases, tuple(sends.split()), of)


NO_TARGET, UNHEALTHY = "ingress-api-no-healthy-target", "ingress-api-unhealthy-targets"
# The targets of the load balancer for log groups have the same values here.
NO_RECEIVER, UNHEALTHY_RECEIVER = (
    "log-forwarder-balancer-no-healthy-target",
    "log-forwarder-balancer-unhealthy-targets",
)
USED: Values = {"SuccessPercent": 100, "Duration": 2000}
UNUSABLE: Values = {"SuccessPercent": 0, "Duration": 2000}
NO_RUNS: Values = dict.fromkeys(USED)
MEASURED: Values = {"CertificateDays": 60, "DomainDays": 300, "WrongNameServers": 0}
NOT_READY_ALARM = "cluster-nodes-not-ready"
PROBLEMS = {
    "no bucket and no database is backed up": problem(
        {"NumberOfBackupJobsCompleted": NO_DATA},
        {"NumberOfBackupJobsCompleted": 0},
        sends="backups-no-backup-of-buckets backups-no-backup-of-database",
    ),
    "a copy fails": problem({"NumberOfCopyJobsFailed": 1}, sends="backups-failed-copies"),
    "one of several targets is down": problem(
        HEALTHY, {"HealthyHostCount": 2, "UnHealthyHostCount": 1}, sends=f"{UNHEALTHY} {UNHEALTHY_RECEIVER}"
    ),
    "all targets are down, without requests": problem(HEALTHY, FAILING, sends=f"{NO_TARGET} {NO_RECEIVER}"),
    "all targets are down, with few requests": problem(
        HEALTHY, {**FAILING, **FEW_ERRORS}, sends=f"{NO_TARGET} {NO_RECEIVER}"
    ),
    # CloudWatch combines no metrics or alarms of two regions. Each distribution has its own clients.
    "all targets are down, with requests": problem(
        HEALTHY,
        {**FAILING, **MANY_ERRORS, "5xxErrorRate": 40, "Requests": 1000},
        sends=f"ingress-errors site-availability-burn hosts-errors {NO_RECEIVER}",
    ),
    "all targets are deregistered, without requests": problem(
        HEALTHY, EMPTY, sends=f"{NO_TARGET} {NO_RECEIVER}"
    ),
    "all targets are deregistered, then a few requests fail": problem(
        HEALTHY, EMPTY, {**EMPTY, **FEW_ERRORS}, EMPTY, sends=f"{NO_TARGET} {NO_RECEIVER}"
    ),
    "all targets are deregistered, with requests": problem(
        HEALTHY, {**EMPTY, **MANY_ERRORS}, sends=f"ingress-errors {NO_RECEIVER}"
    ),
    "all targets are down, and are then deregistered": problem(
        HEALTHY, FAILING, EMPTY, sends=f"{NO_TARGET} {NO_RECEIVER}"
    ),
    "all targets are deregistered, and new ones are unhealthy": problem(
        HEALTHY, EMPTY, FAILING, sends=f"{NO_TARGET} {NO_RECEIVER}"
    ),
    "a group never had a target, without requests": problem(EMPTY, EMPTY),
    "a group never had a target, with few requests": problem(
        EMPTY, {**EMPTY, **FEW_ERRORS}, EMPTY, {**EMPTY, **FEW_ERRORS}, sends=NO_TARGET
    ),
    "a group never had a target, with requests": problem(
        EMPTY, {**EMPTY, **MANY_ERRORS}, sends="ingress-errors"
    ),
    "a group gets its first targets": problem(EMPTY, HEALTHY),
    "a few requests of healthy targets fail": problem(HEALTHY, {**HEALTHY, **FEW_ERRORS}),
    "the API fails": problem(
        HEALTHY, {**HEALTHY, "HTTPCode_Target_5XX_Count": 500}, sends="ingress-api-errors"
    ),
    "CloudWatch calls the forwarder of logs no more": problem(
        {"Invocations": 5}, {"Invocations": NO_DATA}, sends="log-forwarder-function-no-events"
    ),
    "no log group was subscribed yet": problem({"Invocations": NO_DATA}, {"Invocations": 5}),
    "a scan of an empty site": problem(
        {"4xxErrorRate": 100, "5xxErrorRate": 50, "OriginLatency": 9000, "Requests": 20}
    ),
    "most requests of a busy site are refused": problem(
        {"4xxErrorRate": 60, "5xxErrorRate": 0, "Requests": 1000},
        # The site and the hosts have other clients, and the same values here.
        sends="site-refused-requests hosts-refused-requests",
    ),
    "one slow request": problem({"TargetResponseTime": 20, "RequestCount": 5}),
    "many slow requests": problem(
        {"TargetResponseTime": 20, "RequestCount": 500}, sends="ingress-slow-responses"
    ),
    "the agent of a new cluster has sent nothing": problem(NO_AGENT, READY),
    "a node is not ready": problem(READY, NOT_READY, sends=NOT_READY_ALARM),
    "the agent is down": problem(READY, NO_AGENT, sends=NOT_READY_ALARM),
    "a node is not ready, and then the agent is down": problem(
        READY, NOT_READY, NO_AGENT, NOT_READY, sends=NOT_READY_ALARM
    ),
    "a node is lost": problem(
        READY,
        {"cluster_failed_node_count": 1, "GroupInServiceInstances": ONE_LOST},
        sends="cluster-node-groups-system-nodes-missing-system",
    ),
    # Both canaries of a region fail, as they do without the API.
    "the site does not work": problem(
        USED, UNUSABLE, USED, sends="canaries-eu-west-1-site-failing", of="canaries-eu-west-1"
    ),
    "canaries have no runs at first": problem(NO_RUNS, USED, of="canaries-eu-west-1"),
    "canaries stop during an outage": problem(
        USED,
        UNUSABLE,
        NO_RUNS,
        sends="canaries-eu-west-1-site-failing canaries-eu-west-1-site-slow canaries-eu-west-1-api-slow",
        of="canaries-eu-west-1",
    ),
    "a name server is wrong, and then nobody measures": problem(
        MEASURED,
        {**MEASURED, "WrongNameServers": 1},
        {**MEASURED, "WrongNameServers": NO_DATA},
        sends="canaries-domain-name-servers-wrong",
        of="canaries-domain",
    ),
    "the certificate ends soon": problem(
        MEASURED,
        {**MEASURED, "CertificateDays": 20},
        sends="canaries-domain-certificate-expiring",
        of="canaries-domain",
    ),
    "a replica is stopped": problem(
        RUNNING, STOPPED, sends="database-replicas-reports-cpu", of="database-replicas-reports"
    ),
    "a replica is behind": problem(
        RUNNING,
        {**RUNNING, "ReplicaLag": 900},
        sends="database-replicas-reports-lag",
        of="database-replicas-reports",
    ),
}


@pytest.mark.parametrize("name", PROBLEMS)
@pytest.mark.parametrize("environment", ["staging", "production"])
def test_a_problem_notifies_once(name: str, environment: str, assembly_dir: Path) -> None:
    expected, prefix = PROBLEMS[name], f"{environment}-"
    stack = json.loads((assembly_dir / "stacks" / environment / "cdk.tf.json").read_text())
    states = AlarmStates(stack["resource"])
    sent = [
        str(alarm["alarm_name"]).removeprefix(prefix)
        for phase in expected.phases
        for alarm in states.change({**NORMAL, **phase})
    ]
    assert Counter(each for each in sent if each.startswith(expected.of)) == Counter(expected.messages)
