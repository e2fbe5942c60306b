"""Checks that the root user has no access key, and a second factor if it has a password."""

from collections.abc import Iterator

from arqctl.core.json_access import as_object
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.check import Check

_CREDENTIALS = "https://console.aws.amazon.com/iam/home#/security_credentials"


def _check(context: AwsContext) -> Iterator[Check]:
    if not context.configuration.resources("aws_iam_account_password_policy"):
        return
    # An organization can remove all credentials of root users: then there is no password either.
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
    summary = as_object(context.call("iam", "get_account_summary").get("SummaryMap"))
    problems = []
    if summary.get("AccountAccessKeysPresent") != 0:
        problems.append("it has an access key")
    if summary.get("AccountMFAEnabled") != 1 and summary.get("AccountPasswordPresent") != 0:
        problems.append("it has a password without MFA")
    if problems:
        fix = f"Log in as root, delete its access keys and add a passkey: {_CREDENTIALS}"
        yield missing(ROOT_USER.name, ", ".join(problems), fix)
    else:
        yield ok(ROOT_USER.name, "no access key, and no password without MFA")


ROOT_USER = AwsCheck("root user", ("iam:GetAccountSummary",), _check)
