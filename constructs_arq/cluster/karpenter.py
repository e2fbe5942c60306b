"""AWS resources that Karpenter needs: roles, instance profile and interruption queue."""

import json

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import CloudwatchEventTarget
from cdktf_cdktf_provider_aws.eks_access_entry import EksAccessEntry
from cdktf_cdktf_provider_aws.iam_instance_profile import IamInstanceProfile
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.sqs_queue_policy import SqsQueuePolicy
from constructs import Construct

from constructs_arq.cluster.karpenter_permissions import grant_karpenter_permissions
from constructs_arq.cluster.managed_addons import grant_volume_encryption
from constructs_arq.cluster.node_role import make_node_role
from constructs_arq.cluster.reference import ClusterReference
from constructs_arq.cluster.workload import Workload
from constructs_arq.core.policy import Statement, policy_document
from constructs_arq.core.stack import Stack
from constructs_arq.security.key import Key

# An interruption notice is useless after five minutes.
_MESSAGE_RETENTION_SECONDS = 300
# EventBridge accepts 64 characters; Terraform adds 26 to a prefix.
_NAME_PREFIX_LENGTH = 38

# https://karpenter.sh/docs/concepts/disruption/#interruption
_EVENT_TYPES = {
    "spot-interruption": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "state-change": ("aws.ec2", "EC2 Instance State-change Notification"),
    "reservation-interruption": ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
    "health": ("aws.health", "AWS Health Event"),
}


class Karpenter(Construct):
    """Karpenter's two roles, the instance profile of its nodes, and the interruption queue.

    Use `queue_name` in the Helm chart and `instance_profile_name` in each EC2NodeClass. Karpenter needs no
    permission to create instance profiles. https://karpenter.sh/docs/reference/cloudformation/
    """

    def __init__(
        self, scope: Construct, id: str, *, cluster: ClusterReference, controller: Workload, volumes_key: Key
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        nodes = make_node_role(
            self,
            "node-role",
            name=f"{cluster.name}-karpenter-node",
            description=f"Nodes that Karpenter launches for {cluster.name}",
        )
        EksAccessEntry(
            self, "nodes", cluster_name=cluster.name_ref, principal_arn=nodes.arn, type="EC2_LINUX"
        )
        self.node_role_name = nodes.name
        self.instance_profile_name = f"{cluster.name}-karpenter-node"
        IamInstanceProfile(self, "instance-profile", name=self.instance_profile_name, role=nodes.name)
        self.queue_name = f"{cluster.name}-karpenter"
        queue_arn = stack.arn("sqs", self.queue_name)
        self._receive_interruptions(cluster.name, queue_arn)
        grant_karpenter_permissions(
            controller,
            stack=stack,
            cluster=cluster,
            node_role_arn=nodes.arn,
            instance_profile_name=self.instance_profile_name,
            queue_arn=queue_arn,
        )
        grant_volume_encryption(controller, key=volumes_key)

    def _receive_interruptions(self, cluster_name: str, queue_arn: str) -> None:
        queue = SqsQueue(
            self,
            "interruptions",
            name=self.queue_name,
            message_retention_seconds=_MESSAGE_RETENTION_SECONDS,
            # SSE-SQS: the messages contain no secrets, and a wrong KMS key policy would drop them silently.
            sqs_managed_sse_enabled=True,
        )
        rules = [
            self._make_event_rule(name, f"{cluster_name}-{name}", source, kind, queue)
            for name, (source, kind) in _EVENT_TYPES.items()
        ]
        SqsQueuePolicy(
            self,
            "interruptions-policy",
            queue_url=queue.url,
            policy=policy_document(
                Statement(
                    sid="ReceiveEvents",
                    actions=["sqs:SendMessage"],
                    resources=[queue_arn],
                    principals={"Service": "events.amazonaws.com"},
                    conditions={"ArnEquals": {"aws:SourceArn": [rule.arn for rule in rules]}},
                ),
                Statement(
                    sid="OnlyTls",
                    effect="Deny",
                    actions=["sqs:*"],
                    resources=[queue_arn],
                    principals={"AWS": "*"},
                    conditions={"Bool": {"aws:SecureTransport": "false"}},
                ),
            ),
        )

    def _make_event_rule(
        self, id: str, name: str, source: str, kind: str, queue: SqsQueue
    ) -> CloudwatchEventRule:
        rule = CloudwatchEventRule(
            self,
            id,
            name_prefix=f"{name[: _NAME_PREFIX_LENGTH - 1].rstrip('-')}-",
            description=f"Tells Karpenter: {kind}",
            event_pattern=json.dumps({"source": [source], "detail-type": [kind]}),
        )
        CloudwatchEventTarget(self, f"{id}-target", rule=rule.name, arn=queue.arn)
        return rule
