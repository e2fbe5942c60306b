"""Checks that the node releases that the configuration pins are the latest ones: they have security fixes."""

from collections.abc import Iterator

from arqctl.core.json_access import as_object, as_text
from arqctl.core.node_images import node_image, release_parameter
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, missing, ok
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.check import Check


def _check(context: AwsContext) -> Iterator[Check]:
    # Terraform reads the latest release of other groups in each plan.
    pinned = [
        each
        for each in context.configuration.resources("aws_eks_node_group")
        if each.text("release_version") and node_image(each.text("ami_type"))
    ]
    latest = {each: _latest_release(context, *each) for each in dict.fromkeys(map(_image, pinned))}
    outdated = {
        each.text("release_version"): latest[_image(each)]
        for each in pinned
        if each.text("release_version") != latest[_image(each)]
    }
    if outdated:
        found = ", ".join(f"{before}: the latest is {after}" for before, after in outdated.items())
        fix = f"arqctl versions update --region {pinned[0].region}, then commit the table"
        yield missing(NODE_RELEASES.name, found, fix)
    elif pinned:
        yield ok(
            NODE_RELEASES.name, ", ".join(dict.fromkeys(each.text("release_version") for each in pinned))
        )


def _image(group: Resource) -> tuple[str, str, str]:
    return node_image(group.text("ami_type")), group.text("version"), group.region


def _latest_release(context: AwsContext, image: str, kubernetes: str, region: str) -> str:
    name = release_parameter(image, kubernetes=kubernetes)
    parameter = context.call("ssm", "get_parameter", region, Name=name).get("Parameter")
    return as_text(as_object(parameter).get("Value"))


NODE_RELEASES = AwsCheck("node releases", ("ssm:GetParameter",), _check)
