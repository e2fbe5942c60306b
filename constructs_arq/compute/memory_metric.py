"""Memory metric of a fleet's instances. EC2 itself does not publish one."""

import json
from typing import Final

from cdktf_cdktf_provider_aws.ssm_association import SsmAssociation, SsmAssociationTargets
from constructs import Construct

from constructs_arq.core.protocols import Grantee

MEMORY_NAMESPACE: Final = "CWAgent"
MEMORY_METRIC: Final = "mem_used_percent"
_CONFIG_FILE: Final = "/opt/aws/amazon-cloudwatch-agent/etc/memory.json"
_AGENT_CTL: Final = "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"


class MemoryMetric(Construct):
    """The CloudWatch agent on every instance of an autoscaling group. It reports memory use every minute.

    Systems Manager installs the agent package when an instance registers. Images other than Amazon Linux need
    a package with the same name. The only dimension is the group name.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Install-CloudWatch-Agent.html
    """

    def __init__(self, scope: Construct, id: str, *, group_name: str, grantee: Grantee) -> None:
        super().__init__(scope, id)
        grantee.allow(
            "cloudwatch:PutMetricData",
            # The action supports no resource-level permissions; the namespace condition restricts it.
            on="*",
            policy_name="report-memory",
            conditions={"StringEquals": {"cloudwatch:namespace": MEMORY_NAMESPACE}},
        )
        SsmAssociation(
            self,
            "Default",
            name="AWS-RunShellScript",
            association_name=f"{group_name}-memory-metric",
            targets=[SsmAssociationTargets(key="tag:aws:autoscaling:groupName", values=[group_name])],
            parameters={"commands": _install_script(group_name)},
        )


def _install_script(group_name: str) -> str:
    memory = {
        "measurement": [MEMORY_METRIC],
        "append_dimensions": {"AutoScalingGroupName": group_name},
    }
    config = {
        "agent": {"metrics_collection_interval": 60, "omit_hostname": True},
        "metrics": {"namespace": MEMORY_NAMESPACE, "metrics_collected": {"mem": memory}},
    }
    return "\n".join(
        [
            "set -eu",
            "dnf install --assumeyes amazon-cloudwatch-agent",
            f"echo '{json.dumps(config)}' > {_CONFIG_FILE}",
            f"{_AGENT_CTL} -a fetch-config -m ec2 -s -c file:{_CONFIG_FILE}",
        ]
    )
