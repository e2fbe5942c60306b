"""Defects that Terraform itself finds with the provider's schema: types, references, meta-arguments."""

from tests.arqctl.offline.defects.defect_planting import Defect, Document, Ref, add_resource, drop, put


def _declare_twice(document: Document, _body: Document) -> None:
    """Declare a resource twice: in JSON, its type then has a list of bodies."""
    document["resource"]["aws_sqs_queue"] = [document["resource"]["aws_sqs_queue"]] * 2


DEFECTS = (
    Defect("unknown-argument", "aws_vpc", "network", put("cidr", "10.40.0.0/16"), "cidr"),
    Defect("unknown-block", "aws_vpc", "network", put("dns", {"enabled": True}), "dns"),
    Defect("computed-argument", "aws_vpc", "network", put("arn", "arn:aws:ec2:::vpc/vpc-1"), "arn"),
    Defect("wrong-type-list", "aws_vpc", "network", put("cidr_block", ["10.40.0.0/16"]), "cidr_block"),
    Defect("wrong-type-bool", "aws_vpc", "network", put("enable_dns_support", "yes"), "enable_dns_support"),
    Defect(
        "wrong-type-number",
        "aws_db_instance",
        "database",
        put("allocated_storage", "large"),
        "allocated_storage",
    ),
    Defect(
        "wrong-type-object",
        "aws_lb",
        "ingress",
        put("security_groups", ["${aws_vpc.network}"]),
        "security_groups",
    ),
    Defect("missing-argument", "aws_eks_cluster", "cluster", drop("role_arn"), "role_arn"),
    Defect("missing-block", "aws_lb_listener", "ingress/https", drop("default_action"), "default_action"),
    Defect(
        "null-argument", "aws_kms_alias", "workers/key/alias", put("target_key_id", None), "target_key_id"
    ),
    Defect(
        "too-many-blocks",
        "aws_launch_template",
        "workers/launch-template",
        put("metadata_options", [{"http_tokens": "required"}, {"http_tokens": "required"}]),
        "metadata_options",
    ),
    Defect(
        "reference-to-unknown-resource",
        "aws_subnet",
        "network/isolated/euw1-az1",
        put("vpc_id", "${aws_vpc.main.id}"),
        "aws_vpc",
    ),
    Defect(
        "reference-to-unknown-attribute",
        "aws_subnet",
        "network/isolated/euw1-az1",
        put("vpc_id", Ref("aws_vpc", "network", "identifier")),
        "identifier",
    ),
    Defect(
        "index-into-string",
        "aws_subnet",
        "network/isolated/euw1-az1",
        put("vpc_id", Ref("aws_vpc", "network", "id[0]")),
        "index",
    ),
    Defect(
        "expression-syntax",
        "aws_subnet",
        "network/isolated/euw1-az1",
        put("vpc_id", "${aws_vpc.network.id"),
        "",
    ),
    Defect(
        "function-unknown",
        "aws_vpc",
        "network",
        put("cidr_block", '${uppercase("10.40.0.0/16")}'),
        "uppercase",
    ),
    Defect(
        "cycle",
        "aws_vpc",
        "network",
        put("ipv4_ipam_pool_id", Ref("aws_subnet", "network/isolated/euw1-az1", "id")),
        "Cycle",
    ),
    Defect(
        "self-reference", "aws_vpc", "network", put("tags.Name", Ref("aws_vpc", "network", "id")), "itself"
    ),
    Defect(
        "unknown-type",
        "aws_vpc",
        "network",
        add_resource("aws_virtual_network.planted", {"cidr_block": "10.0.0.0/16"}),
        "aws_virtual_network",
        address="aws_virtual_network",
    ),
    Defect(
        "duplicate-resource",
        "aws_sqs_queue",
        "cluster/karpenter/interruptions",
        _declare_twice,
        "already",
        address="aws_sqs_queue[1]",
    ),
    Defect("provider-unknown", "aws_vpc", "network", put("provider", "aws.eu-north-1"), "eu-north-1"),
    Defect(
        "depends-on-unknown-resource", "aws_vpc", "network", put("depends_on", ["aws_vpc.main"]), "aws_vpc"
    ),
    Defect(
        "ignores-unknown-argument",
        "aws_vpc",
        "network",
        put("lifecycle", {"ignore_changes": ["cidr"]}),
        "cidr",
    ),
    Defect("lifecycle-unknown", "aws_vpc", "network", put("lifecycle", {"destroy": False}), "destroy"),
    Defect("count-not-a-number", "aws_vpc", "network", put("count", "many"), "number"),
)
