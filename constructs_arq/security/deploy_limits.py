"""Limits of the deploy role: it shares no data, copies none, and runs nothing on what exists.

IAM doesn't see the content of a policy, a key policy or a trust. So these lists contain the actions that the
stacks don't need at all. Only an organization's policies can check what the others let in:
docs/permissions.md.
"""

from collections.abc import Sequence

from constructs import Construct

from constructs_arq.core.policy import Statement
from constructs_arq.core.stack import Stack
from constructs_arq.security.managed_policy import make_managed_policy
from constructs_arq.security.role import Role
from constructs_arq.security.shared_limits import deny

# Give another account access to data.
_SHARING = (
    "acm:ExportCertificate",
    "codebuild:*SourceCredentials",
    "codebuild:PutResourcePolicy",
    "codebuild:UpdateProjectVisibility",
    "ec2:CopyImage",
    "ec2:CopySnapshot",
    "ec2:CreateInstanceExportTask",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:CreateStoreImageTask",
    "ec2:ExportImage",
    "ec2:Modify*ImageAttribute",
    "ec2:ModifySnapshotAttribute",
    "ecr:CreatePullThroughCacheRule",
    "ecr:PutRegistryPolicy",
    "ecr:PutReplicationConfiguration",
    "elasticache:Copy*",
    "elasticache:Export*",
    "events:CreateEventBus",
    "events:PutPermission",
    "events:UpdateEventBus",
    "logs:CreateExportTask",
    "logs:Link",
    "logs:PutAccountPolicy",
    "logs:PutDeliveryDestinationPolicy",
    "logs:PutDestination*",
    "rds:CopyDB*Snapshot",
    "rds:CreateIntegration",
    "rds:ModifyDB*SnapshotAttribute",
    "rds:StartExportTask",
    "route53:CreateVPCAssociationAuthorization",
    "s3:*AccessPoint*",
    "s3:BypassGovernanceRetention",
    "s3:CreateJob",
    "s3:ObjectOwnerOverrideToBucketOwner",
    "s3:PutAccountPublicAccessBlock",
    "s3:PutAnalyticsConfiguration",
    "s3:PutBucketAcl",
    "s3:PutInventoryConfiguration",
    "s3:PutObject*Acl",
    "secretsmanager:PutResourcePolicy",
    "secretsmanager:ReplicateSecretToRegions",
    "sns:AddPermission",
    "sqs:AddPermission",
    "ssm:ModifyDocumentPermission",
    "ssm:PutResourcePolicy",
    "wafv2:PutPermissionPolicy",
)
# Connect a network to another, or copy its packets.
_NETWORK_SHARING = (
    "ec2:AcceptTransitGateway*",
    "ec2:AcceptVpc*",
    "ec2:AttachVpnGateway",
    "ec2:Create*Gateway*Attachment",
    "ec2:CreateClientVpn*",
    "ec2:CreateTrafficMirror*",
    "ec2:CreateTransitGateway*",
    "ec2:CreateVpcEndpointServiceConfiguration",
    "ec2:CreateVpcPeeringConnection",
    "ec2:CreateVpn*",
    "ec2:ModifyTrafficMirror*",
    "ec2:ModifyVpcEndpointService*",
    "ec2:ModifyVpcPeeringConnectionOptions",
    "ec2:ModifyVpnConnection*",
)
# Run other code with the role of an instance: its volumes have the programs, and its user data the commands.
_INSTANCE_TAKEOVER = (
    "ec2:AttachVolume",
    "ec2:CreateImage",
    "ec2:CreateReplaceRootVolumeTask",
    "ec2:CreateRestoreImageTask",
    "ec2:CreateSnapshot*",
    "ec2:CreateVolume",
    "ec2:DetachVolume",
    "ec2:ImportImage",
    "ec2:ImportSnapshot",
    "ec2:ModifyInstanceAttribute",
)
# Run a build with other commands. Only the webhook starts builds.
_BUILD_STARTS = (
    "codebuild:RetryBuild*",
    "codebuild:StartBuild*",
    "codebuild:StartCommandExecution",
    "codebuild:StartSandbox*",
)
# Run a state machine. Only schedules, events and administrators start one.
_EXECUTIONS = (
    "states:RedriveExecution",
    "states:StartExecution",
    "states:StartSyncExecution",
    "states:TestState",
)
# Make or change what runs with a role. Drills, heartbeats and restore tests have fixed names.
_SCHEDULED = (
    "scheduler:CreateSchedule",
    "scheduler:UpdateSchedule",
    "states:CreateStateMachine",
    "states:UpdateStateMachine",
)
# Make a database or a cache with the data of another. An administrator restores: docs/database.md.
_RESTORES = (
    "elasticache:CreateServerlessCache*",
    "rds:CreateBlueGreenDeployment",
    "rds:RestoreDB*",
)


class DeployLimits(Construct):
    """A policy of denials for `role`. A boundary has no room for them, and the role can't change either.

    `runners` are the ARNs of the only projects of CodeBuild that the role can make or change.
    """

    def __init__(self, scope: Construct, id: str, *, name: str, role: Role, runners: Sequence[str]) -> None:
        super().__init__(scope, id)
        policy = make_managed_policy(
            self,
            name=name,
            description=f"Limits what {Stack.of(self).environment} shares, copies and runs in deployments",
            statements=[
                deny("ShareNothing", *_SHARING),
                deny("ConnectNothing", *_NETWORK_SHARING),
                deny("NoTakeover", *_INSTANCE_TAKEOVER),
                deny("NoBuilds", *_BUILD_STARTS),
                Statement(
                    sid="RunnerProjectOnly",
                    effect="Deny",
                    actions=["codebuild:CreateProject", "codebuild:UpdateProject*"],
                    not_resources=runners,
                ),
                _subscription_limit(Stack.of(self)),
                deny("NoRestores", *_RESTORES),
                deny("NoExecutions", *_EXECUTIONS),
                *_schedule_limits(Stack.of(self)),
            ],
        )
        role.attach_policy(policy)


def _subscription_limit(stack: Stack) -> Statement:
    """Limit subscriptions to the log groups of databases, caches and clusters.

    A destination in another account is a resource of the request too, so this denies it. Streams need a role,
    which the deploy role can't pass to CloudWatch Logs. Functions must be in the account.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    """
    own = stack.physical_name("*")
    return Statement(
        sid="KnownSubscriptionsOnly",
        effect="Deny",
        actions=["logs:PutSubscriptionFilter"],
        not_resources=[
            stack.arn("logs", f"log-group:{folder}/{own}")
            for folder in ("/aws/eks", "/aws/rds/instance", "/aws/vendedlogs/elasticache")
        ],
    )


def _schedule_limits(stack: Stack) -> tuple[Statement, ...]:
    """Limit Step Functions and Scheduler to drill, heartbeat, failover and restore tests, with own roles."""
    drill, heartbeat = stack.physical_name("drill"), stack.physical_name("heartbeat")
    failover = stack.physical_name("standby-failover")
    return (
        Statement(
            sid="KnownSchedulesOnly",
            effect="Deny",
            actions=_SCHEDULED,
            not_resources=[
                stack.arn("scheduler", f"schedule/default/{drill}"),
                stack.arn("scheduler", f"schedule/default/{heartbeat}"),
                stack.arn("states", f"stateMachine:{drill}"),
                stack.arn("states", f"stateMachine:{stack.physical_name('restore-tests-validation')}"),
                stack.arn("states", f"stateMachine:{failover}", region=stack.backup_region),
            ],
        ),
        Statement(
            sid="PassToSchedulesOnly",
            effect="Deny",
            actions=["iam:PassRole"],
            not_resources=[
                stack.arn("iam", f"role/{stack.environment}/{name}-*", region="")
                for name in (drill, heartbeat, failover, stack.physical_name("restore"))
            ],
            conditions={
                "StringEquals": {"iam:PassedToService": ["scheduler.amazonaws.com", "states.amazonaws.com"]}
            },
        ),
    )
