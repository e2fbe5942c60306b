"""Finds what controllers in a cluster and GuardDuty made in AWS, by their names, tags and TXT records.

Terraform does not know these resources, so `terraform destroy` leaves them, and cannot delete the VPC around
them. https://karpenter.sh/docs/concepts/nodeclasses/#spectags
https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#resource-tags
https://docs.aws.amazon.com/eks/latest/best-practices/vpc-cni.html
https://docs.aws.amazon.com/guardduty/latest/ug/runtime-monitoring-agent-resource-clean-up.html
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.core.errors import InputError, Problem
from arqctl.core.json_access import Body, Json, as_list, as_object, as_text
from arqctl.drain.cluster import DrainedCluster
from arqctl.drain.records import DnsRecords

_LIVE: Final = ["pending", "running", "shutting-down", "stopping", "stopped"]
_TAGS_AT_ONCE: Final = 20
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
_CLOUDFRONT_GROUP: Final = "CloudFront-VPCOrigins-Service-SG"


# GuardDuty makes an interface endpoint for its agents in a VPC, and a security group with the VPC's id.
_GUARDDUTY_SERVICE: Final = "com.amazonaws.{region}.guardduty-data"
_GUARDDUTY_GROUP: Final = "GuardDutyManagedSecurityGroup-*"


class Kind(StrEnum):
    """Kinds of resources that controllers and GuardDuty make, in the order of their deletion."""

    NODE_GROUP = "node group"
    INSTANCE = "instance"
    LOAD_BALANCER = "load balancer"
    CLASSIC_LOAD_BALANCER = "classic load balancer"
    TARGET_GROUP = "target group"
    NETWORK_INTERFACE = "network interface"
    ENDPOINT = "endpoint"
    SECURITY_GROUP = "security group"
    DNS_RECORD = "DNS record"
    VOLUME = "volume"
    CLOUDFRONT_INTERFACE = "CloudFront interface"
    CLOUDFRONT_SECURITY_GROUP = "CloudFront security group"


KEPT: Final = frozenset({Kind.VOLUME, Kind.CLOUDFRONT_INTERFACE, Kind.CLOUDFRONT_SECURITY_GROUP})
"""Kinds that arqctl lists and does not delete."""


@dataclass(frozen=True)
class Leftover:
    """A resource that controllers or GuardDuty made, or a node group on which controllers run."""

    kind: Kind
    id: str
    detail: str


@dataclass(frozen=True)
class Leftovers:
    """Finds the leftovers of one cluster."""

    api: AwsApi
    cluster: DrainedCluster

    def find(self) -> tuple[Leftover, ...]:
        """Return all leftovers, in the order of their deletion.

        Raises:
            AwsError: when AWS rejects a call.
            InputError: when the VPC isn't known.
        """
        vpc = self._find_vpc()
        found = [
            *self.node_groups(),
            *self.instances(),
            *self.load_balancers(),
            *self.classic_load_balancers(),
            *self.target_groups(),
        ]
        if vpc:
            found += [
                *self.network_interfaces(vpc),
                *self.endpoints(vpc),
                *self.security_groups(vpc),
                *self.vpc_origins(vpc),
            ]
        return (*found, *self.dns_records(), *self.volumes())

    def node_groups(self) -> Iterator[Leftover]:
        """Yield the managed node groups with instances, on which controllers run."""
        for name in self._list_node_groups():
            group = as_object(
                self._call(
                    "eks", "describe_nodegroup", clusterName=self.cluster.name, nodegroupName=as_text(name)
                ).get("nodegroup")
            )
            size = as_object(group.get("scalingConfig")).get("desiredSize")
            if size:
                yield Leftover(Kind.NODE_GROUP, as_text(name), f"{size} nodes, on which controllers run")

    def instances(self) -> Iterator[Leftover]:
        """Yield the instances that Karpenter launched."""
        filters = [
            _filter("tag-key", "karpenter.sh/nodepool"),
            _filter(f"tag:kubernetes.io/cluster/{self.cluster.name}", "owned"),
            _filter("instance-state-name", *_LIVE),
        ]
        for reservation in self._list("ec2", "describe_instances", "Reservations", Filters=filters):
            for instance in map(as_object, as_list(as_object(reservation).get("Instances"))):
                detail = f"{as_text(instance.get('InstanceType'))}, launched by Karpenter"
                yield Leftover(Kind.INSTANCE, as_text(instance.get("InstanceId")), detail)

    def managed_instances(self) -> Sequence[Json]:
        """Return the instances of all node groups."""
        filters = [
            _filter("tag:eks:cluster-name", self.cluster.name),
            _filter("instance-state-name", *_LIVE),
        ]
        return self._list("ec2", "describe_instances", "Reservations", Filters=filters)

    def load_balancers(self) -> Iterator[Leftover]:
        """Yield the load balancers that the AWS Load Balancer Controller made."""
        found = self._list("elbv2", "describe_load_balancers", "LoadBalancers")
        yield from self._tagged_by_controller(Kind.LOAD_BALANCER, found, "LoadBalancerArn", "DNSName")

    def target_groups(self) -> Iterator[Leftover]:
        """Yield the target groups that the AWS Load Balancer Controller made."""
        found = self._list("elbv2", "describe_target_groups", "TargetGroups")
        yield from self._tagged_by_controller(Kind.TARGET_GROUP, found, "TargetGroupArn", "TargetGroupName")

    def classic_load_balancers(self) -> Iterator[Leftover]:
        """Yield the load balancers of services for which no controller is installed."""
        found = [
            as_text(as_object(each).get("LoadBalancerName"))
            for each in self._list("elb", "describe_load_balancers", "LoadBalancerDescriptions")
        ]
        for names in _batches(found):
            tags = self._call("elb", "describe_tags", LoadBalancerNames=list(names))
            for each in map(as_object, as_list(tags.get("TagDescriptions"))):
                if f"kubernetes.io/cluster/{self.cluster.name}" in _tags(each):
                    name = as_text(each.get("LoadBalancerName"))
                    yield Leftover(Kind.CLASSIC_LOAD_BALANCER, name, "made for a Kubernetes service")

    def network_interfaces(self, vpc: str) -> Iterator[Leftover]:
        """Yield the unattached interfaces that the VPC CNI made for pods."""
        filters = [
            _filter("vpc-id", vpc),
            _filter("status", "available"),
            _filter("description", "aws-K8S-*"),
        ]
        found = self._list("ec2", "describe_network_interfaces", "NetworkInterfaces", Filters=filters)
        for each in map(as_object, found):
            detail = as_text(each.get("Description"))
            yield Leftover(Kind.NETWORK_INTERFACE, as_text(each.get("NetworkInterfaceId")), detail)

    def endpoints(self, vpc: str) -> Iterator[Leftover]:
        """Yield the endpoint that GuardDuty made in the VPC for its agents."""
        service = _GUARDDUTY_SERVICE.format(region=self.cluster.region)
        filters = [_filter("vpc-id", vpc), _filter("service-name", service)]
        found = self._list("ec2", "describe_vpc_endpoints", "VpcEndpoints", Filters=filters)
        for each in map(as_object, found):
            # AWS lists it for some time after its deletion.
            if as_text(each.get("State")).lower() != "deleted":
                yield Leftover(Kind.ENDPOINT, as_text(each.get("VpcEndpointId")), "made by GuardDuty")

    def security_groups(self, vpc: str) -> Iterator[Leftover]:
        """Yield the security groups that controllers made for load balancers, and GuardDuty's."""
        by_tag = _filter("tag:elbv2.k8s.aws/cluster", self.cluster.name)
        names = ("k8s-elb-*", _GUARDDUTY_GROUP)
        for condition in (by_tag, *(_filter("group-name", name) for name in names)):
            filters = [_filter("vpc-id", vpc), condition]
            found = self._list("ec2", "describe_security_groups", "SecurityGroups", Filters=filters)
            for each in map(as_object, found):
                detail = as_text(each.get("GroupName"))
                yield Leftover(Kind.SECURITY_GROUP, as_text(each.get("GroupId")), detail)

    def vpc_origins(self, vpc: str) -> Iterator[Leftover]:
        """Yield what CloudFront made for VPC origins. It deletes that some minutes after the VPC origin."""
        detail = "CloudFront deletes it some minutes after the VPC origin"
        filters = [_filter("vpc-id", vpc), _filter("group-name", _CLOUDFRONT_GROUP)]
        for group in map(
            as_object, self._list("ec2", "describe_security_groups", "SecurityGroups", Filters=filters)
        ):
            group_id = as_text(group.get("GroupId"))
            by_group = [_filter("group-id", group_id)]
            interfaces = self._list(
                "ec2", "describe_network_interfaces", "NetworkInterfaces", Filters=by_group
            )
            for each in map(as_object, interfaces):
                interface = as_text(each.get("NetworkInterfaceId"))
                yield Leftover(Kind.CLOUDFRONT_INTERFACE, interface, detail)
            yield Leftover(Kind.CLOUDFRONT_SECURITY_GROUP, group_id, detail)

    def dns_records(self) -> Iterator[Leftover]:
        """Yield the hosts with records that ExternalDNS made."""
        for each in DnsRecords(self.api, self.cluster).find():
            yield Leftover(Kind.DNS_RECORD, each.id, each.detail)

    def volumes(self) -> Iterator[Leftover]:
        """Yield the volumes that the EBS CSI driver made. They contain data, so arqctl deletes none."""
        filters = [_filter("tag:ebs.csi.aws.com/cluster", "true")]
        for each in map(as_object, self._list("ec2", "describe_volumes", "Volumes", Filters=filters)):
            detail = f"{each.get('Size')} GiB of data: not deleted"
            yield Leftover(Kind.VOLUME, as_text(each.get("VolumeId")), detail)

    def _list_node_groups(self) -> Sequence[Json]:
        try:
            return self._list("eks", "list_nodegroups", "nodegroups", clusterName=self.cluster.name)
        except AwsError as error:
            if error.code == "ResourceNotFoundException":
                return ()
            raise

    def _find_vpc(self) -> str:
        if not self.cluster.vpc_name:
            return ""
        filters = [_filter("tag:Name", self.cluster.vpc_name)]
        found = self._list("ec2", "describe_vpcs", "Vpcs", Filters=filters)
        if len(found) > 1:
            what = f"is the name of {len(found)} VPCs in {self.cluster.region}"
            raise InputError([Problem(self.cluster.vpc_name, what, "Rename or delete the others")])
        return as_text(as_object(found[0]).get("VpcId")) if found else ""

    def _tagged_by_controller(
        self, kind: Kind, found: Sequence[Json], arn: str, detail: str
    ) -> Iterator[Leftover]:
        details = {as_text(as_object(each).get(arn)): as_text(as_object(each).get(detail)) for each in found}
        for arns in _batches(list(details)):
            tags = self._call("elbv2", "describe_tags", ResourceArns=list(arns))
            for each in map(as_object, as_list(tags.get("TagDescriptions"))):
                own = _tags(each)
                is_owned = own.get(f"kubernetes.io/cluster/{self.cluster.name}") == "owned"
                if is_owned or own.get("elbv2.k8s.aws/cluster") == self.cluster.name:
                    owned = as_text(each.get("ResourceArn"))
                    yield Leftover(kind, owned, details[owned])

    def _call(self, service: str, operation: str, **parameters: Json) -> Body:
        return self.api.call(service, operation, self.cluster.region, **parameters)

    def _list(self, service: str, operation: str, member: str, **parameters: Json) -> Sequence[Json]:
        return self.api.list_all(service, operation, self.cluster.region, member, **parameters)


def _filter(name: str, *values: str) -> Json:
    return {"Name": name, "Values": list(values)}


def _batches(ids: Sequence[str]) -> Iterator[list[Json]]:
    for start in range(0, len(ids), _TAGS_AT_ONCE):
        yield [*ids[start : start + _TAGS_AT_ONCE]]


def _tags(description: Body) -> dict[str, str]:
    pairs = map(as_object, as_list(description.get("Tags")))
    return {as_text(each.get("Key")): as_text(each.get("Value")) for each in pairs}
