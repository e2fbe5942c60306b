"""Checks the identity providers through which workflows assume delivery roles."""

from collections.abc import Iterator

from arqctl.core.aws_api import AwsError
from arqctl.core.json_access import as_list, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.check import Check


def _check(context: AwsContext) -> Iterator[Check]:
    for provider in context.configuration.resources("aws_iam_openid_connect_provider"):
        # The issuer of the cluster is an expression: the cluster creates it.
        if provider.text("url"):
            yield _provider(context, provider)


def _provider(context: AwsContext, provider: Resource) -> Check:
    issuer = provider.text("url").removeprefix("https://").rstrip("/")
    arn = f"arn:{context.partition}:iam::{context.account}:oidc-provider/{issuer}"
    fix = context.configuration.deploy([provider.stack.name])
    try:
        found = context.call("iam", "get_open_id_connect_provider", OpenIDConnectProviderArn=arn)
    except AwsError as error:
        if error.code == "NoSuchEntity":
            return missing(IDENTITY_PROVIDERS.name, f"{issuer}: no such provider", fix)
        raise
    wanted = {as_text(each) for each in as_list(provider.arguments.get("client_id_list"))}
    audiences = {as_text(each) for each in as_list(found.get("ClientIDList"))}
    if wanted - audiences:
        absent = ", ".join(sorted(wanted - audiences))
        return missing(IDENTITY_PROVIDERS.name, f"{issuer}: without the audience {absent}", fix)
    return ok(IDENTITY_PROVIDERS.name, issuer)


IDENTITY_PROVIDERS = AwsCheck("identity provider", ("iam:GetOpenIDConnectProvider",), _check)
