"""Checks the IAM roles and boundaries that must exist before a deployment."""

from collections.abc import Iterator

from arqctl.core.aws_api import AwsError
from arqctl.core.json_access import Body, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, IncompleteStackError, missing, ok
from arqctl.doctor.aws.configuration import Configuration, Resource
from arqctl.doctor.check import Check

_BOUNDARY_ARGUMENT = "permissions_boundary"


def _check_access(context: AwsContext) -> Iterator[Check]:
    configuration = context.configuration
    created = {role.text("name") for role in configuration.resources("aws_iam_role")}
    named = {role.text("name") for role in configuration.data_sources("aws_iam_role")}
    for entry in configuration.resources("aws_eks_access_entry"):
        arn = entry.text("principal_arn")
        named |= {arn.rpartition("/")[2]} if ":role/" in arn else set()
    wanted = sorted(named - created - {""})
    absent = [name for name in wanted if not _find_role(context, name)]
    if absent:
        fix = f"Create it, or correct cluster.access in environments/{configuration.environment}.py"
        yield missing(ACCESS_ROLES.name, f"{', '.join(absent)}: no such role", fix)
    elif wanted:
        yield ok(ACCESS_ROLES.name, ", ".join(wanted))


def _check_delivery(context: AwsContext) -> Iterator[Check]:
    """Check the roles that other stacks than the environment's own create, with their boundaries."""
    roles = {
        role.text("name"): role
        for role in context.configuration.resources("aws_iam_role")
        if role.text("name") and _is_earlier(context.configuration, role.stack.name)
    }
    existing = {name: _find_role(context, name) for name in sorted(roles)}
    wrong = {name: "no such role" for name, role in existing.items() if not role}
    for name, role in existing.items():
        if role and roles[name].arguments.get(_BOUNDARY_ARGUMENT):
            found, boundary = _boundary(role), _declared_boundary(context, roles[name])
            if found != boundary:
                wrong[name] = f"permissions boundary is {found or 'not set'}, not {boundary}"
    if wrong:
        fix = context.configuration.deploy(roles[name].stack.name for name in wrong)
        problems = "; ".join(
            f"{what}: {', '.join(name for name, each in wrong.items() if each == what)}"
            for what in dict.fromkeys(wrong.values())
        )
        yield missing(DELIVERY_ROLES.name, problems, fix)
    elif roles:
        yield ok(DELIVERY_ROLES.name, ", ".join(existing))


def _is_earlier(configuration: Configuration, stack: str) -> bool:
    """Return whether an administrator deploys a stack before the environment's own."""
    return stack in (f"{configuration.environment}-bootstrap", f"{configuration.environment}-account")


def _boundary(role: Body) -> str:
    """Return the ARN of the boundary that AWS has for a role, or ""."""
    return as_text(as_object(role.get("PermissionsBoundary")).get("PermissionsBoundaryArn"))


def _declared_boundary(context: AwsContext, role: Resource) -> str:
    """Return the ARN of the boundary that a stack sets on a role."""
    policy = context.configuration.find(role, role.arguments.get(_BOUNDARY_ARGUMENT))
    found = _policy_arn(context, policy) if policy else role.text(_BOUNDARY_ARGUMENT)
    if not found:
        raise IncompleteStackError(
            f"{role.block.address}: the ARN of its permissions boundary is not in the stack",
            f"Compare it yourself: aws iam get-role --role-name {role.text('name')}",
        )
    return found


def _policy_arn(context: AwsContext, policy: Resource) -> str:
    """Return the ARN of a policy, or "" if its name is not in the stack."""
    path, name = policy.text("path") or "/", policy.text("name")
    return f"arn:{context.partition}:iam::{context.account}:policy{path}{name}" if name else ""


def _find_role(context: AwsContext, name: str) -> Body:
    """Return a role, or an empty object if there is none."""
    try:
        return as_object(context.call("iam", "get_role", RoleName=name).get("Role"))
    except AwsError as error:
        if error.code == "NoSuchEntity":
            return {}
        raise


def _check_boundaries(context: AwsContext) -> Iterator[Check]:
    configuration = context.configuration
    policies = {
        _policy_arn(context, policy): policy.stack.name
        for policy in configuration.resources("aws_iam_policy")
        if policy.text("name") and _is_earlier(configuration, policy.stack.name)
    }
    for role in configuration.resources("aws_iam_role"):
        arn = role.text(_BOUNDARY_ARGUMENT)
        if arn:
            policies.setdefault(arn, f"{configuration.environment}-account")
    absent = sorted(arn for arn in policies if not _policy_exists(context, arn))
    names = ", ".join(arn.rpartition("/")[2] for arn in (absent or sorted(policies)))
    if absent:
        fix = configuration.deploy(policies[arn] for arn in absent)
        yield missing(BOUNDARIES.name, f"{names}: no such policy", fix)
    elif policies:
        yield ok(BOUNDARIES.name, names)


def _policy_exists(context: AwsContext, arn: str) -> bool:
    try:
        context.call("iam", "get_policy", PolicyArn=arn)
    except AwsError as error:
        if error.code == "NoSuchEntity":
            return False
        raise
    return True


ACCESS_ROLES = AwsCheck("access roles", ("iam:GetRole",), _check_access)
DELIVERY_ROLES = AwsCheck("delivery roles", ("iam:GetRole",), _check_delivery)
BOUNDARIES = AwsCheck("permissions boundaries", ("iam:GetPolicy",), _check_boundaries)
