"""Examples of AWS's documentation of policy evaluation, each with the decision that AWS documents."""

from collections.abc import Iterator
from typing import Any

from tests.iam.documented_conditions import Example, condition_examples
from tests.iam.simulator import Principal, Request
from tests.iam.statements import allow, allow_principal, deny, document

_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
BOUNDARIES = f"{_GUIDE}/access_policies_boundaries.html"
LOGIC = f"{_GUIDE}/reference_policies_evaluation-logic_policy-eval-denyallow.html"
BASICS = f"{_GUIDE}/reference_policies_evaluation-logic_policy-eval-basics.html"
CROSS_ACCOUNT = f"{_GUIDE}/reference_policies_evaluation-logic-cross-account.html"
NOT_ACTION = f"{_GUIDE}/reference_policies_elements_notaction.html"
NOT_RESOURCE = f"{_GUIDE}/reference_policies_elements_notresource.html"
SESSIONS = f"{_GUIDE}/access_policies.html#policies_session"
PASS_ROLE = f"{_GUIDE}/id_roles_use_passrole.html"
TRUST = f"{_GUIDE}/reference_policies_elements_principal.html"
KEYS = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
SCPS = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html"
RCPS = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html"
PUBLIC = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"

_ACCOUNT, _OTHER = "123456789012", "444455556666"
_ROLE = f"arn:aws:iam::{_ACCOUNT}:role/example"
_SESSION = f"arn:aws:sts::{_ACCOUNT}:assumed-role/example/work"
_USER = f"arn:aws:iam::{_ACCOUNT}:user/ShirleyRodriguez"
_BUCKET = "arn:aws:s3:::amzn-s3-demo-bucket"
_OBJECT = f"{_BUCKET}/file"
_KEY = f"arn:aws:kms:eu-west-1:{_ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_QUEUE = f"arn:aws:sqs:eu-west-1:{_ACCOUNT}:queue1"


def _role(*statements: dict[str, Any], arn: str = _ROLE, **limits: Any) -> Principal:
    return Principal(arn=arn, identity=[document(*statements)] if statements else [], **limits)


def examples() -> Iterator[Example]:
    yield from _basics()
    yield from _boundaries()
    yield from _resource_policies_with_boundaries()
    yield from _other_accounts()
    yield from _negated_elements()
    yield from condition_examples()
    yield from _services()
    yield from _organizations()


def _basics() -> Iterator[Example]:
    read = Request(action="s3:GetObject", resource=_OBJECT)
    everything = allow("*")
    yield Example("nothing is allowed at first", LOGIC, _role(), read, "ImplicitlyDenied")
    yield Example("an identity policy allows", BASICS, _role(allow("s3:GetObject")), read, "Allowed")
    yield Example("an explicit denial wins", LOGIC, _role(everything, deny("s3:*")), read, "ExplicitlyDenied")
    given = Request(
        action="s3:GetObject",
        resource=_OBJECT,
        policy=document(allow_principal(_ROLE, "s3:*", on=f"{_BUCKET}/*")),
    )
    yield Example("a resource policy of the same account allows alone", BASICS, _role(), given, "Allowed")
    yield Example(
        "a denial in an identity policy wins over a resource policy",
        BASICS,
        _role(deny("s3:GetObject")),
        given,
        "ExplicitlyDenied",
    )
    session = document(allow("s3:ListBucket"))
    yield Example(
        "a session policy limits the role",
        SESSIONS,
        _role(everything, arn=_SESSION, session=session),
        read,
        "ImplicitlyDenied",
    )


def _boundaries() -> Iterator[Example]:
    """ShirleyRodriguez, whose boundary allows S3, CloudWatch and EC2."""
    boundary = document(allow("s3:*", "cloudwatch:*", "ec2:*"))
    create = Request(action="iam:CreateUser", resource=_USER)
    listing = Request(action="s3:ListAllMyBuckets")
    for name, policy, request, decision in [
        ("what only the identity policy allows", allow("iam:CreateUser"), create, "ImplicitlyDenied"),
        ("a boundary alone grants nothing", None, listing, "ImplicitlyDenied"),
        ("what both allow", allow("s3:*"), listing, "Allowed"),
    ]:
        principal = _role(*([policy] if policy else []), arn=_USER, boundary=boundary)
        yield Example(name, BOUNDARIES, principal, request, decision)
    denying = document(allow("*"), deny("s3:*"))
    yield Example(
        "a denial in the boundary wins",
        BOUNDARIES,
        _role(allow("*"), boundary=denying),
        listing,
        "ExplicitlyDenied",
    )


def _resource_policies_with_boundaries() -> Iterator[Example]:
    """Yield examples where the named principal decides if an implicit denial of the boundary counts."""
    limited = document(allow("ec2:*"))
    for name, principal, named, decision in [
        ("the role's ARN is limited by the boundary", _ROLE, _ROLE, "ImplicitlyDenied"),
        ("a session of the named role is limited", _SESSION, _ROLE, "ImplicitlyDenied"),
        ("the session's ARN is not limited", _SESSION, _SESSION, "Allowed"),
        ("a user's ARN is not limited", _USER, _USER, "Allowed"),
        ("the account is limited by the boundary", _ROLE, _ACCOUNT, "ImplicitlyDenied"),
    ]:
        policy = document(allow_principal(named, "sqs:SendMessage", on=_QUEUE))
        yield Example(
            name,
            BOUNDARIES,
            _role(arn=principal, boundary=limited),
            Request(action="sqs:SendMessage", resource=_QUEUE, policy=policy),
            decision,
        )
    forbidding = document(allow("*"), deny("sqs:*"))
    policy = document(allow_principal(_SESSION, "sqs:SendMessage", on=_QUEUE))
    yield Example(
        "an explicit denial of the boundary limits the session's ARN",
        BOUNDARIES,
        _role(arn=_SESSION, boundary=forbidding),
        Request(action="sqs:SendMessage", resource=_QUEUE, policy=policy),
        "ExplicitlyDenied",
    )


def _other_accounts() -> Iterator[Example]:
    policy = document(allow_principal(_ROLE, "s3:GetObject", on=f"{_BUCKET}/*"))
    for name, statements, resource_policy, decision in [
        ("both accounts allow", [allow("s3:*")], policy, "Allowed"),
        ("only the other account allows", [], policy, "ImplicitlyDenied"),
        ("only the own account allows", [allow("s3:*")], None, "ImplicitlyDenied"),
    ]:
        request = Request(action="s3:GetObject", resource=_OBJECT, account=_OTHER, policy=resource_policy)
        yield Example(name, CROSS_ACCOUNT, _role(*statements), request, decision)
    limited = document(allow("ec2:*"))
    request = Request(action="s3:GetObject", resource=_OBJECT, account=_OTHER, policy=policy)
    yield Example(
        "a boundary limits requests to other accounts",
        CROSS_ACCOUNT,
        _role(allow("*"), boundary=limited),
        request,
        "ImplicitlyDenied",
    )


def _negated_elements() -> Iterator[Example]:
    power = {"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}
    yield Example(
        "NotAction with Allow: all but IAM",
        NOT_ACTION,
        _role(power),
        Request(action="ec2:DescribeInstances"),
        "Allowed",
    )
    yield Example(
        "NotAction with Allow: not IAM",
        NOT_ACTION,
        _role(power),
        Request(action="iam:CreateUser", resource=_USER),
        "ImplicitlyDenied",
    )
    no_mfa = {
        "Effect": "Deny",
        "NotAction": ["iam:ListMFADevices"],
        "Resource": "*",
        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    }
    for name, context, decision in [
        ("NotAction with Deny and MFA", {"aws:MultiFactorAuthPresent": "true"}, "Allowed"),
        ("NotAction with Deny, without MFA", {"aws:MultiFactorAuthPresent": "false"}, "ExplicitlyDenied"),
        ("NotAction with Deny, key missing", {}, "ExplicitlyDenied"),
    ]:
        request = Request(action="ec2:DescribeInstances", context=context)
        yield Example(name, NOT_ACTION, _role(allow("*"), no_mfa), request, decision)
    but_one = {"Effect": "Deny", "Action": "s3:*", "NotResource": [_BUCKET, f"{_BUCKET}/*"]}
    for name, resource, decision in [
        ("NotResource with Deny: the bucket", _OBJECT, "Allowed"),
        ("NotResource with Deny: another bucket", "arn:aws:s3:::other/file", "ExplicitlyDenied"),
    ]:
        request = Request(action="s3:GetObject", resource=resource)
        yield Example(name, NOT_RESOURCE, _role(allow("*"), but_one), request, decision)


def _services() -> Iterator[Example]:
    decrypt = allow("kms:Decrypt")
    own = document(allow_principal(f"arn:aws:iam::{_ACCOUNT}:root", "kms:*"))
    other = document(allow_principal(f"arn:aws:iam::{_ACCOUNT}:role/other", "kms:*"))
    for name, policy, decision in [
        ("a key policy that leaves it to IAM", own, "Allowed"),
        ("a key policy without the account", other, "ImplicitlyDenied"),
    ]:
        request = Request(action="kms:Decrypt", resource=_KEY, policy=policy)
        yield Example(name, KEYS, _role(decrypt), request, decision)
    target = f"arn:aws:iam::{_ACCOUNT}:role/target"
    trusting = document(
        {"Effect": "Allow", "Principal": {"AWS": _ROLE}, "Action": "sts:AssumeRole"},
    )
    for name, statements, policy, decision in [
        ("a role's trust alone is enough in one account", [], trusting, "Allowed"),
        ("a denial wins over a role's trust", [deny("sts:AssumeRole")], trusting, "ExplicitlyDenied"),
    ]:
        request = Request(action="sts:AssumeRole", resource=target, policy=policy)
        yield Example(name, TRUST, _role(*statements), request, decision)
    passing = allow(
        "iam:PassRole", on=target, when={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    )
    for service, decision in [
        ("ec2.amazonaws.com", "Allowed"),
        ("lambda.amazonaws.com", "ImplicitlyDenied"),
    ]:
        request = Request(action="iam:PassRole", resource=target, context={"iam:PassedToService": service})
        yield Example(f"pass a role to {service}", PASS_ROLE, _role(passing), request, decision)


def _organizations() -> Iterator[Example]:
    read = Request(action="s3:GetObject", resource=_OBJECT)
    everything = allow("*")
    for name, scp, decision in [
        ("an SCP that denies", document(everything, deny("s3:*")), "ExplicitlyDenied"),
        ("an SCP that doesn't allow", document(allow("ec2:*")), "ImplicitlyDenied"),
        ("an SCP that allows", document(everything), "Allowed"),
    ]:
        yield Example(name, SCPS, _role(everything, scps=[scp]), read, decision)
    strangers = document(
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:*"],
            "Resource": "*",
            "Condition": {
                "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abc1234567"},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
        }
    )
    shared = document(allow_principal(f"arn:aws:iam::{_OTHER}:role/x", "s3:*", on=f"{_BUCKET}/*"))
    stranger = Principal(arn=f"arn:aws:iam::{_OTHER}:role/x", identity=[document(everything)])
    for name, organization, decision in [
        ("an RCP keeps strangers out", "o-other", "ExplicitlyDenied"),
        ("an RCP lets the organization in", "o-abc1234567", "Allowed"),
    ]:
        request = Request(
            action="s3:GetObject",
            resource=_OBJECT,
            account=_ACCOUNT,
            policy=shared,
            rcps=[strangers],
            context={"aws:PrincipalOrgID": organization, "aws:PrincipalIsAWSService": "false"},
        )
        yield Example(name, RCPS, stranger, request, decision)
    public = document(allow_principal("*", "s3:GetObject", on=f"{_BUCKET}/*"))
    request = Request(
        action="s3:GetObject", resource=_OBJECT, account=_ACCOUNT, policy=public, blocks_public=True
    )
    yield Example("S3 blocks public policies", PUBLIC, stranger, request, "ExplicitlyDenied")
