"""Checks that the credentials belong to the environment's account and partition."""

from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import as_text
from arqctl.doctor.aws.aws_check import AwsContext, missing, ok, unknown
from arqctl.doctor.aws.configuration import Configuration
from arqctl.doctor.check import Check

NAME = "account"
ACTIONS = ("sts:GetCallerIdentity",)


def check_account(api: AwsApi, configuration: Configuration) -> tuple[Check, AwsContext]:
    """Check the account, and return what all other checks need.

    Raises:
        InputError: when AWS rejects the credentials or can't be reached.
    """
    try:
        identity = api.call("sts", "get_caller_identity", configuration.region)
    except AwsError as error:
        fix = error.fix or "Log in again, for example with `aws sso login`"
        raise InputError([Problem("AWS", f"does not identify the caller: {error}", fix)]) from error
    account, arn = as_text(identity.get("Account")), as_text(identity.get("Arn"))
    context = AwsContext(api, configuration, account, partition=arn.split(":")[1])
    return _check(context, arn), context


def _check(context: AwsContext, arn: str) -> Check:
    allowed = context.configuration.account_ids
    found = f"{context.account}, as {arn.partition(f'::{context.account}:')[2] or arn}"
    if not allowed:
        fix = "Set allowed_account_ids on the provider"
        return unknown(NAME, f"{found}; the configuration names no account", fix)
    if allowed != {context.account}:
        expected = ", ".join(sorted(allowed))
        fix = f"Log in to {expected}: export AWS_PROFILE=…"
        return missing(NAME, f"{found}; but the environment is in {expected}", fix)
    partition = context.api.partition_of(context.configuration.region)
    if partition != context.partition:
        what = f"{found}; {context.configuration.region} is in the partition {partition}"
        return missing(NAME, f"{what}, the account in {context.partition}", "Correct the region")
    return ok(NAME, found)
