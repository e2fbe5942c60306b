"""A service quota, and the check that it is sufficient."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from arqctl.core.aws_api import AwsError
from arqctl.core.json_access import Body, as_list, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.check import Check

_ACTIONS = (
    "servicequotas:GetServiceQuota",
    "servicequotas:GetAWSDefaultServiceQuota",
    "servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota",
)
_OPEN = ("PENDING", "CASE_OPENED")
_QUOTAS_CLI = "aws service-quotas request-service-quota-increase"


@dataclass(frozen=True)
class Quota:
    """A quota of Service Quotas.

    `needs` returns what the configuration needs at most, by region. `uses` returns what everything else in a
    region uses; None if a new resource of ours has its own limit. `actions` are the IAM actions of both.
    """

    name: str
    service: str
    code: str
    needs: Callable[[AwsContext], Mapping[str, int]]
    uses: Callable[[AwsContext, str], int] | None = None
    actions: tuple[str, ...] = ()
    unit: str = ""

    @property
    def check(self) -> AwsCheck:
        """The check that the quota is sufficient in each region where the configuration needs it."""
        return AwsCheck(f"quota: {self.name}", (*_ACTIONS, *self.actions), self._run)

    def _run(self, context: AwsContext) -> Iterator[Check]:
        for region, needed in self.needs(context).items():
            if needed:
                yield self._evaluate(context, region, needed)

    def _evaluate(self, context: AwsContext, region: str, needed: int) -> Check:
        home = context.configuration.region
        name = self.check.name if region == home else f"{self.check.name}, {region}"
        used = self.uses(context, region) if self.uses else None
        limit = self._limit(context, region)
        unit = f" {self.unit}" if self.unit else ""
        others = "" if used is None else f", others use {used:,}"
        found = f"needs {needed:,}{unit}{others}, quota {limit:,}"
        total = needed + (used or 0)
        if total <= limit:
            return ok(name, found)
        return missing(name, found, self._fix(context, region, total))

    def _fix(self, context: AwsContext, region: str, total: int) -> str:
        """Return the command that requests a larger quota, unless AWS already has such a request."""
        request = f"{_QUOTAS_CLI} --service-code {self.service} --quota-code {self.code}"
        command = f"{request} --desired-value {total} --region {region}"
        try:
            requests = context.list_all(
                "service-quotas",
                "list_requested_service_quota_change_history_by_quota",
                "RequestedQuotas",
                region,
                ServiceCode=self.service,
                QuotaCode=self.code,
            )
        except AwsError:
            # The quota is too small in any case.
            return command
        for each in requests:
            desired = each.get("DesiredValue")
            if each.get("Status") in _OPEN and isinstance(desired, int | float) and desired >= total:
                case = as_text(each.get("CaseId")) or as_text(each.get("Id"))
                return f"Wait until AWS decides on the request for {desired:,.0f} ({case})"
        return command

    def _limit(self, context: AwsContext, region: str) -> int:
        parameters = {"ServiceCode": self.service, "QuotaCode": self.code}
        try:
            found = context.call("service-quotas", "get_service_quota", region, **parameters)
        except AwsError as error:
            # AWS keeps a value of its own only for quotas that were changed in the account.
            if error.code != "NoSuchResourceException":
                raise
            found = context.call("service-quotas", "get_aws_default_service_quota", region, **parameters)
        value = as_object(found.get("Quota")).get("Value")
        return int(value) if isinstance(value, int | float) else 0


def count_by_region(*types: str) -> Callable[[AwsContext], Mapping[str, int]]:
    """Return a function that counts the resources of these types by region."""

    def count(context: AwsContext) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for resource in context.configuration.resources(*types):
            found[resource.region] = found.get(resource.region, 0) + 1
        return found

    return count


def count_others(operation: str, member: str) -> Callable[[AwsContext, str], int]:
    """Return a function that counts the resources of EC2 in a region that other owners have."""

    def count(context: AwsContext, region: str) -> int:
        found = context.list_all("ec2", operation, member, region)
        return sum(not is_own(context, each) for each in found)

    return count


def is_own(context: AwsContext, resource: Body, *, ignored: Sequence[str] = ()) -> bool:
    """Return whether a resource has all tags of the environment, so that it is not to be counted twice.

    `ignored` are keys of tags that another tool sets.
    """
    tags = {as_text(each.get("Key")): as_text(each.get("Value")) for each in tags_of(resource)}
    common = context.configuration.default_tags
    own = {key: value for key, value in common.items() if key not in ignored}
    return bool(own) and own.items() <= tags.items()


def tags_of(resource: Body) -> list[Body]:
    """Return the tags of a resource in a result of EC2 or RDS."""
    return [as_object(each) for each in as_list(resource.get("Tags") or resource.get("TagList"))]
