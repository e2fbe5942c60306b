"""`arqctl drain` against a simulated account (moto), in which controllers made resources."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from arqctl.core.aws_api import AwsApi, AwsError
from arqctl.drain import deletion
from arqctl.drain.cluster import DrainedCluster
from arqctl.drain.deletion import Deletion, NotDeletedError
from arqctl.drain.leftovers import Kind, Leftovers
from tests.arqctl.command_line import run
from tests.arqctl.drain.zones import Zone
from tests.arqctl.projects import Project

pytestmark = pytest.mark.slow

REGION, NAME, ACCOUNT = "eu-west-1", "dev-cluster", "123456789012"  # moto's account
OWNED = {"Key": f"kubernetes.io/cluster/{NAME}", "Value": "owned"}
BY_CONTROLLER = {"Key": "elbv2.k8s.aws/cluster", "Value": NAME}
CLUSTER = DrainedCluster(NAME, REGION, frozenset({ACCOUNT}), "dev-network", is_protected=False)


_IMAGE = "ami-12c6146b"  # one of moto's images


class Account:
    """A VPC with a cluster, and what Terraform made in it, which must stay."""

    def __init__(self) -> None:
        self.ec2 = boto3.client("ec2", REGION)
        self.elb = boto3.client("elbv2", REGION)
        self.eks = boto3.client("eks", REGION)
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.ec2.create_tags(Resources=[self.vpc], Tags=[{"Key": "Name", "Value": "dev-network"}])
        self.subnets = [
            self.ec2.create_subnet(
                VpcId=self.vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{letter}"
            )["Subnet"]["SubnetId"]
            for number, letter in enumerate("ab")
        ]
        self.nodes = self.security_group("eks-cluster-sg", OWNED)
        self.load_balancer("terraform")
        self.target_group("terraform")
        self.role = f"arn:aws:iam::{ACCOUNT}:role/x"
        self.eks.create_cluster(name=NAME, roleArn=self.role, resourcesVpcConfig={"subnetIds": self.subnets})

    def security_group(self, name: str, *tags: dict[str, str]) -> str:
        made = self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)
        group: str = made["GroupId"]
        if tags:
            self.ec2.create_tags(Resources=[group], Tags=[*tags])  # type: ignore[list-item]  # plain dicts
        return group

    def node_group(self) -> None:
        self.eks.create_nodegroup(
            clusterName=NAME,
            nodegroupName="system",
            nodeRole=self.role,
            subnets=self.subnets,
            scalingConfig={"minSize": 2, "maxSize": 2, "desiredSize": 2},
        )

    def instance(self, *tags: dict[str, str]) -> str:
        specification: Any = [{"ResourceType": "instance", "Tags": [*tags]}] if tags else []
        made = self.ec2.run_instances(
            ImageId=_IMAGE,
            InstanceType="m7g.large",
            MinCount=1,
            MaxCount=1,
            SubnetId=self.subnets[0],
            TagSpecifications=specification,
        )
        found: str = made["Instances"][0]["InstanceId"]
        return found

    def load_balancer(self, name: str, *tags: dict[str, str]) -> str:
        made = self.elb.create_load_balancer(Name=name, Subnets=self.subnets)
        arn: str = made["LoadBalancers"][0]["LoadBalancerArn"]
        if tags:
            self.elb.add_tags(ResourceArns=[arn], Tags=[*tags])  # type: ignore[list-item]  # plain dicts
        return arn

    def target_group(self, name: str, *tags: dict[str, str]) -> str:
        made = self.elb.create_target_group(Name=name, Protocol="HTTPS", Port=443, VpcId=self.vpc)
        arn: str = made["TargetGroups"][0]["TargetGroupArn"]
        if tags:
            self.elb.add_tags(ResourceArns=[arn], Tags=[*tags])  # type: ignore[list-item]  # plain dicts
        return arn

    def interface(self, description: str) -> str:
        made = self.ec2.create_network_interface(SubnetId=self.subnets[0], Description=description)
        found: str = made["NetworkInterface"]["NetworkInterfaceId"]
        return found

    def endpoint(self, service: str) -> str:
        made = self.ec2.create_vpc_endpoint(
            VpcId=self.vpc,
            ServiceName=f"com.amazonaws.{REGION}.{service}",
            VpcEndpointType="Interface",
            SubnetIds=self.subnets,
        )
        found: str = made["VpcEndpoint"]["VpcEndpointId"]
        return found

    def volume(self) -> str:
        tags: Any = [
            {"ResourceType": "volume", "Tags": [{"Key": "ebs.csi.aws.com/cluster", "Value": "true"}]}
        ]
        made = self.ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=20, TagSpecifications=tags)
        found: str = made["VolumeId"]
        return found

    def host(self) -> str:
        zone = Zone("arq.example")
        zone.alias("www.arq.example", "A")
        zone.host("partners.arq.example", NAME)
        return f"{zone.id}/partners.arq.example."

    def fill(self) -> dict[Kind, str]:
        """Make one resource of each kind as controllers do, and one that looks similar."""
        self.node_group()
        karpenter = {"Key": "karpenter.sh/nodepool", "Value": "default"}
        self.instance()
        self.instance(karpenter, {"Key": "kubernetes.io/cluster/other", "Value": "owned"})
        self.interface("RDSNetworkInterface")
        self.endpoint("ecr.api")
        return {
            Kind.NODE_GROUP: "system",
            Kind.INSTANCE: self.instance(karpenter, OWNED),
            Kind.LOAD_BALANCER: self.load_balancer("k8s-shop", BY_CONTROLLER),
            Kind.TARGET_GROUP: self.target_group("k8s-shop", BY_CONTROLLER),
            Kind.NETWORK_INTERFACE: self.interface("aws-K8S-i-0123456789abcdef0"),
            Kind.ENDPOINT: self.endpoint("guardduty-data"),
            Kind.SECURITY_GROUP: self.security_group("k8s-shop", BY_CONTROLLER),
            Kind.DNS_RECORD: self.host(),
            Kind.VOLUME: self.volume(),
        }


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr(deletion, "_POLL_SECONDS", 0)
    with mock_aws():
        yield Account()


@pytest.fixture
def dev(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an assembly with the environment `dev`."""
    monkeypatch.chdir(project.root)
    write_stack(project, deletion_protection=False)
    return project.outdir


def write_stack(project: Project, **cluster: object) -> None:
    project.stack(
        "dev",
        {
            "aws_eks_cluster": {"main": {"name": NAME, **cluster}},
            "aws_vpc": {"main": {"tags": {"Name": "dev-network"}}},
        },
        provider={"aws": [{"region": REGION, "allowed_account_ids": [ACCOUNT]}]},
    )


def find() -> dict[Kind, str]:
    found = Leftovers(AwsApi.connect(), CLUSTER).find()
    by_kind = {each.kind: each.id for each in found}
    assert len(by_kind) == len(found), found
    return by_kind


def test_resources_of_this_clusters_controllers_are_found(account: Account) -> None:
    filled = account.fill()
    assert find() == filled


@pytest.mark.usefixtures("account")
def test_a_new_account_has_no_leftovers() -> None:
    assert find() == {}


def test_a_deleted_cluster_has_no_node_groups() -> None:
    api = AwsApi(boto3.Session(aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret"))  # noqa: S106
    with Stubber(api.client("eks", REGION)) as stub:
        stub.add_client_error("list_nodegroups", "ResourceNotFoundException", f"No cluster found: {NAME}.")
        assert list(Leftovers(api, CLUSTER).node_groups()) == []


def test_legacy_load_balancers_and_their_groups_are_found(account: Account) -> None:
    boto3.client("elb", REGION).create_load_balancer(
        LoadBalancerName="a1b2",
        Listeners=[{"Protocol": "TCP", "LoadBalancerPort": 443, "InstancePort": 443}],
        Subnets=account.subnets,
        Tags=[OWNED],
    )
    group = account.security_group("k8s-elb-a1b2", OWNED)
    assert find() == {Kind.CLASSIC_LOAD_BALANCER: "a1b2", Kind.SECURITY_GROUP: group}


def test_vpc_origin_interfaces_are_listed_and_kept(account: Account) -> None:
    group = account.security_group("CloudFront-VPCOrigins-Service-SG")
    made = account.ec2.create_network_interface(SubnetId=account.subnets[0], Groups=[group])
    expected = {
        Kind.CLOUDFRONT_INTERFACE: made["NetworkInterface"]["NetworkInterfaceId"],
        Kind.CLOUDFRONT_SECURITY_GROUP: group,
    }
    assert find() == expected
    leftovers = Leftovers(AwsApi.connect(), CLUSTER)
    Deletion(leftovers, lambda _: None, lambda _: None).run(leftovers.find())
    assert find() == expected


def test_the_endpoint_of_guardduty_is_gone_before_its_group(account: Account) -> None:
    """Its interfaces are in the group, and in the subnets of the VPC."""
    found = {
        Kind.ENDPOINT: account.endpoint("guardduty-data"),
        Kind.SECURITY_GROUP: account.security_group(f"GuardDutyManagedSecurityGroup-{account.vpc}"),
    }
    assert find() == found
    steps: list[str] = []
    leftovers = Leftovers(AwsApi.connect(), CLUSTER)
    Deletion(leftovers, steps.append, lambda _: None).run(leftovers.find())
    assert [each for each in steps if each.endswith(": 1")] == ["endpoint: 1", "security group: 1"]
    assert find() == {}


def test_an_endpoint_that_aws_refuses_to_delete_is_an_error(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = account.endpoint("guardduty-data")
    call = AwsApi.call

    def refuse(api: AwsApi, service: str, operation: str, region: str, **parameters: Any) -> Any:
        if operation == "delete_vpc_endpoints":
            return {"Unsuccessful": [{"ResourceId": found}]}
        return call(api, service, operation, region, **parameters)

    monkeypatch.setattr(AwsApi, "call", refuse)
    leftovers = Leftovers(AwsApi.connect(), CLUSTER)
    with pytest.raises(NotDeletedError, match=f"has not deleted {found}"):
        Deletion(leftovers, lambda _: None, lambda _: None).run(leftovers.find())


def test_everything_but_volumes_and_terraforms_resources_is_deleted(account: Account) -> None:
    filled = account.fill()
    # The controller lets its load balancers reach the nodes: the group can't be deleted before this rule.
    peers: Any = [{"GroupId": filled[Kind.SECURITY_GROUP]}]
    rule: Any = {"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443, "UserIdGroupPairs": peers}
    account.ec2.authorize_security_group_ingress(GroupId=account.nodes, IpPermissions=[rule])
    leftovers = Leftovers(AwsApi.connect(), CLUSTER)
    Deletion(leftovers, lambda _: None, lambda _: None).run(leftovers.find())
    assert find() == {Kind.VOLUME: filled[Kind.VOLUME]}
    names = [each["LoadBalancerName"] for each in account.elb.describe_load_balancers()["LoadBalancers"]]
    assert names == ["terraform"]
    groups = account.ec2.describe_security_groups(GroupIds=[account.nodes])["SecurityGroups"]
    assert groups[0]["IpPermissions"] == []
    running = [{"Name": "instance-state-name", "Values": ["running"]}]
    left = account.ec2.describe_instances(Filters=running)["Reservations"]  # type: ignore[arg-type]  # plain
    assert len(left) == 2


def test_node_groups_go_to_zero_first(account: Account) -> None:
    account.fill()
    kinds: list[str] = []
    leftovers = Leftovers(AwsApi.connect(), CLUSTER)
    Deletion(leftovers, kinds.append, lambda _: None).run(leftovers.find())
    assert kinds[:2] == ["node group: 1", "instance: 1"]
    # Only then does no ExternalDNS run that makes them again.
    assert kinds[-1] == "DNS record: 1"
    group = account.eks.describe_nodegroup(clusterName=NAME, nodegroupName="system")["nodegroup"]
    assert group["scalingConfig"]["desiredSize"] == 0


def test_a_resource_that_stays_is_an_error(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account.fill()
    monkeypatch.setattr(Leftovers, "managed_instances", lambda _: [{}])
    leftovers = Leftovers(AwsApi.connect(), CLUSTER)
    waits: list[float] = []
    with pytest.raises(NotDeletedError, match="has not deleted nodes of system"):
        Deletion(leftovers, lambda _: None, waits.append).run(leftovers.find())
    assert len(waits) == 60


class TestCommand:
    def test_leftovers_exit_with_4_and_the_command_that_deletes_them(
        self, account: Account, dev: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        filled = account.fill()
        code, stdout, _ = run(capsys, "drain", "dev", "--from", str(dev))
        assert code == 4
        for kind, identifier in filled.items():
            assert kind in stdout
            assert identifier in stdout
        assert "partners.arq.example.  A, AAAA, TXT, TXT, made by ExternalDNS" in stdout
        assert "`arqctl drain dev --yes`" in stdout
        assert find() == filled

    def test_yes_deletes_and_exits_with_0(
        self, account: Account, dev: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        volume = account.fill()[Kind.VOLUME]
        code, stdout, _ = run(capsys, "drain", "dev", "--from", str(dev), "--yes")
        assert code == 0
        assert volume in stdout
        assert "20 GiB of data: not deleted" in stdout
        assert "nothing left to delete: `cdktf destroy dev`" in stdout

    @pytest.mark.usefixtures("account")
    def test_zones_that_must_not_be_listed_stop_it_before_a_deletion(
        self, dev: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls: list[str] = []
        call, list_all = AwsApi.call, AwsApi.list_all

        def deny(api: AwsApi, service: str, operation: str, *arguments: str, **parameters: Any) -> Any:
            if operation == "list_hosted_zones":
                raise AwsError("route53 list_hosted_zones", "AccessDenied", "not authorized")
            return list_all(api, service, operation, *arguments, **parameters)

        def record(api: AwsApi, service: str, operation: str, region: str, **parameters: Any) -> Any:
            calls.append(operation)
            return call(api, service, operation, region, **parameters)

        monkeypatch.setattr(AwsApi, "list_all", deny)
        monkeypatch.setattr(AwsApi, "call", record)
        code, stdout, stderr = run(capsys, "drain", "dev", "--from", str(dev), "--yes")
        assert (code, stdout) == (4, "")
        assert (
            "route53 list_hosted_zones: AccessDenied: not authorized. Run `arqctl drain dev --yes`" in stderr
        )
        assert all(each.startswith(("describe_", "get_")) for each in calls), calls

    def test_vpc_origin_groups_do_not_stop_a_destroy(
        self, account: Account, dev: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        group = account.security_group("CloudFront-VPCOrigins-Service-SG")
        code, stdout, _ = run(capsys, "drain", "dev", "--from", str(dev))
        assert code == 0
        assert f"{group}  CloudFront deletes it some minutes after the VPC origin" in stdout

    def test_a_protected_environment_is_refused_before_any_call(
        self, project: Project, dev: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write_stack(project, deletion_protection=True)
        code, _, stderr = run(capsys, "drain", "dev", "--from", str(dev), "--yes")
        assert (code, "Refused: dev is protected" in stderr) == (4, True)

    def test_a_protected_name_is_refused(
        self, project: Project, dev: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        project.write("pyproject.toml", f"[tool.arqctl]\nprotected = {json.dumps(['dev'])}\n")
        assert run(capsys, "drain", "dev", "--from", str(dev), "--yes")[0] == 4

    @pytest.mark.usefixtures("account")
    def test_another_account_is_invalid(
        self, project: Project, dev: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        project.stack(
            "dev",
            {"aws_eks_cluster": {"main": {"name": NAME}}},
            provider={"aws": [{"region": REGION, "allowed_account_ids": ["210987654301"]}]},
        )
        code, _, stderr = run(capsys, "drain", "dev", "--from", str(dev), "--yes")
        assert code == 2
        assert f"the credentials are for account {ACCOUNT}, not 210987654301" in stderr

    @pytest.mark.parametrize("name", ["dev", "dev-standby"])
    def test_a_standby_has_a_cluster_of_its_own(
        self, name: str, account: Account, project: Project, dev: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        there = [{"region": "eu-central-1", "allowed_account_ids": [ACCOUNT]}]
        cluster = {"aws_eks_cluster": {"main": {"name": "dev-standby-cluster"}}}
        project.stack("dev-standby", cluster, provider={"aws": there})
        project.stack("dev-standby-platform")
        boto3.client("eks", "eu-central-1").create_cluster(
            name="dev-standby-cluster", roleArn=account.role, resourcesVpcConfig={"subnetIds": []}
        )
        endpoint = account.endpoint("guardduty-data")
        code, stdout, _ = run(capsys, "drain", name, "--from", str(dev))
        assert (code, endpoint in stdout) == ((4, True) if name == "dev" else (0, False))

    def test_the_standby_of_a_protected_name_is_refused(
        self, project: Project, dev: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        project.stack("dev-standby", {"aws_eks_cluster": {"main": {"name": "dev-standby-cluster"}}})
        project.stack("dev-standby-platform")
        project.write("pyproject.toml", f"[tool.arqctl]\nprotected = {json.dumps(['dev'])}\n")
        code, _, stderr = run(capsys, "drain", "dev-standby", "--from", str(dev), "--yes")
        assert (code, "Refused: dev-standby is protected" in stderr) == (4, True)

    def test_an_environment_without_a_cluster_is_invalid(
        self, project: Project, dev: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        project.stack("dev", {"aws_vpc": {"main": {}}})
        code, _, stderr = run(capsys, "drain", "dev", "--from", str(dev))
        assert code == 2
        assert "has 0 clusters" in stderr


def test_the_help_warns_of_the_deletion(capsys: pytest.CaptureFixture[str]) -> None:
    code, output, _ = run(capsys, "drain", "--help")
    text = " ".join(output.replace("│", " ").split())
    assert code == 0
    assert "Without --yes, the command changes nothing." in text
    assert "With --yes, it deletes without asking" in text
    assert "DELETE what is listed" in text
