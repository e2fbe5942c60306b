"""Deletes the leftovers of a cluster, and waits until AWS has deleted them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.json_access import Json, as_list, as_object
from arqctl.core.progress import ProgressCallback
from arqctl.drain.leftovers import Kind, Leftover, Leftovers
from arqctl.drain.records import DnsRecords

_POLL_SECONDS: Final = 15
_POLLS: Final = 60
_IN_USE: Final = "DependencyViolation"
_RULES: Final = {
    "ip-permission.group-id": ("IpPermissions", "revoke_security_group_ingress"),
    "egress.ip-permission.group-id": ("IpPermissionsEgress", "revoke_security_group_egress"),
}
_RULE_FIELDS: Final = ("IpProtocol", "FromPort", "ToPort")


class NotDeletedError(Exception):
    """AWS did not delete a resource in time. The text names it."""


@dataclass(frozen=True)
class Deletion:
    """Deletes leftovers. `sleep` waits between two looks at them."""

    leftovers: Leftovers
    on_progress: ProgressCallback
    sleep: Callable[[float], None] = time.sleep

    def run(self, found: Sequence[Leftover]) -> None:
        """Delete the leftovers, and keep volumes.

        Node groups go to zero nodes first. Otherwise Karpenter would replace the instances, and the AWS Load
        Balancer Controller the load balancers.

        Raises:
            AwsError: when AWS rejects a call.
            NotDeletedError: when AWS has not deleted a resource after 15 minutes.
        """
        for kind, delete in self._steps.items():
            selected = [each.id for each in found if each.kind is kind]
            # Interfaces of pods stay for some time when their instances are gone.
            if selected or kind is Kind.NETWORK_INTERFACE:
                self.on_progress(f"{kind}: {len(selected)}")
                delete(selected)

    @property
    def _steps(self) -> "dict[Kind, Callable[[Sequence[str]], None]]":
        return {
            Kind.NODE_GROUP: self._scale_to_zero,
            Kind.INSTANCE: self._terminate,
            Kind.LOAD_BALANCER: self._delete_load_balancers,
            Kind.CLASSIC_LOAD_BALANCER: self._delete_classic_load_balancers,
            Kind.TARGET_GROUP: self._delete_target_groups,
            Kind.NETWORK_INTERFACE: self._delete_interfaces,
            Kind.ENDPOINT: self._delete_endpoints,
            Kind.SECURITY_GROUP: self._delete_security_groups,
            # A running ExternalDNS would make them again.
            Kind.DNS_RECORD: self._delete_records,
        }

    def _scale_to_zero(self, names: Sequence[str]) -> None:
        cluster = self.leftovers.cluster.name
        for name in names:
            self._call(
                "eks",
                "update_nodegroup_config",
                clusterName=cluster,
                nodegroupName=name,
                # EKS refuses a maximum of 0.
                scalingConfig={"minSize": 0, "maxSize": 1, "desiredSize": 0},
            )
        self._wait(lambda: not self.leftovers.managed_instances(), f"nodes of {', '.join(names)}")

    def _terminate(self, ids: Sequence[str]) -> None:
        self._call("ec2", "terminate_instances", InstanceIds=list(ids))
        self._wait(lambda: not list(self.leftovers.instances()), "Karpenter's instances")

    def _delete_load_balancers(self, arns: Sequence[str]) -> None:
        for arn in arns:
            self._call("elbv2", "delete_load_balancer", LoadBalancerArn=arn)
        self._wait(lambda: not list(self.leftovers.load_balancers()), "load balancers")

    def _delete_classic_load_balancers(self, names: Sequence[str]) -> None:
        for name in names:
            self._call("elb", "delete_load_balancer", LoadBalancerName=name)

    def _delete_target_groups(self, arns: Sequence[str]) -> None:
        for arn in arns:
            self._wait_until_accepted("elbv2", "delete_target_group", "ResourceInUse", TargetGroupArn=arn)

    def _delete_interfaces(self, _: Sequence[str]) -> None:
        current = [each for each in self.leftovers.find() if each.kind is Kind.NETWORK_INTERFACE]
        for each in current:
            self._call("ec2", "delete_network_interface", NetworkInterfaceId=each.id)

    def _delete_endpoints(self, ids: Sequence[str]) -> None:
        # AWS answers a refusal as a result, not as an error. Its interfaces use the security group.
        self._call("ec2", "delete_vpc_endpoints", VpcEndpointIds=list(ids))
        self._wait(
            lambda: not any(each.kind is Kind.ENDPOINT for each in self.leftovers.find()), ", ".join(ids)
        )

    def _delete_security_groups(self, ids: Sequence[str]) -> None:
        for group in ids:
            self._revoke_references(group)
        for group in ids:
            # The interfaces of a deleted load balancer use the group for some minutes.
            self._wait_until_accepted("ec2", "delete_security_group", _IN_USE, GroupId=group)

    def _delete_records(self, ids: Sequence[str]) -> None:
        records = DnsRecords(self.leftovers.api, self.leftovers.cluster)
        # Their values can have changed since they were listed.
        for each in [each for each in records.find() if each.id in ids]:
            records.delete(each)

    def _revoke_references(self, group: str) -> None:
        """Remove the rules of other groups that refer to a group: AWS refuses to delete it before."""
        api, region = self.leftovers.api, self.leftovers.cluster.region
        for name, (member, revoke) in _RULES.items():
            filters: list[Json] = [{"Name": name, "Values": [group]}]
            found = api.list_all("ec2", "describe_security_groups", region, "SecurityGroups", Filters=filters)
            for other in map(as_object, found):
                rules = _rules_with(as_list(other.get(member)), group)
                self._call("ec2", revoke, GroupId=other.get("GroupId"), IpPermissions=rules)

    def _wait_until_accepted(self, service: str, operation: str, refusal: str, **parameters: Json) -> None:
        def is_accepted() -> bool:
            try:
                self._call(service, operation, **parameters)
            except AwsError as error:
                if error.code != refusal:
                    raise
                return False
            return True

        self._wait(is_accepted, ", ".join(map(str, parameters.values())))

    def _wait(self, is_done: Callable[[], bool], what: str) -> None:
        for _ in range(_POLLS):
            if is_done():
                return
            self.on_progress(f"waiting for {what}")
            self.sleep(_POLL_SECONDS)
        raise NotDeletedError(f"AWS has not deleted {what} after {_POLLS * _POLL_SECONDS // 60} minutes")

    def _call(self, service: str, operation: str, **parameters: Json) -> None:
        api: AwsApi = self.leftovers.api
        api.call(service, operation, self.leftovers.cluster.region, **parameters)


def _rules_with(rules: Sequence[Json], group: str) -> list[Json]:
    """Return the rules with only this group as peer."""
    return [
        {
            **{name: rule[name] for name in _RULE_FIELDS if name in rule},
            "UserIdGroupPairs": [{"GroupId": group}],
        }
        for rule in map(as_object, rules)
        if any(as_object(pair).get("GroupId") == group for pair in as_list(rule.get("UserIdGroupPairs")))
    ]
