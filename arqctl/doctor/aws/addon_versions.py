"""Checks that EKS offers the versions of add-ons that the configuration pins, for the cluster's version."""

from collections.abc import Iterator

from arqctl.core.json_access import as_list, as_object, as_text
from arqctl.doctor.aws.aws_check import AwsCheck, AwsContext, IncompleteStackError, missing, ok
from arqctl.doctor.aws.configuration import Resource
from arqctl.doctor.check import Check


def _check(context: AwsContext) -> Iterator[Check]:
    pinned = [each for each in context.configuration.resources("aws_eks_addon") if each.text("addon_version")]
    absent = [each for each in pinned if each.text("addon_version") not in _offered(context, each)]
    names = ", ".join(
        f"{each.text('addon_name')} {each.text('addon_version')}" for each in (absent or pinned)
    )
    if absent:
        fix = f"arqctl versions update --region {absent[0].region}, then commit the table"
        yield missing(ADDON_VERSIONS.name, f"{names}: not offered for the cluster's version", fix)
    elif pinned:
        yield ok(ADDON_VERSIONS.name, names)


def _offered(context: AwsContext, addon: Resource) -> set[str]:
    """Return the versions of an add-on that EKS offers for the Kubernetes version of its cluster."""
    cluster = context.configuration.find(addon, addon.arguments.get("cluster_name"))
    kubernetes = cluster.text("version") if cluster else ""
    if not kubernetes:
        raise IncompleteStackError(
            f"{addon.block.address}: the version of its cluster is not in the stack",
            f"Compare them yourself: aws eks describe-addon-versions --region {addon.region}",
        )
    addons = context.list_all(
        "eks",
        "describe_addon_versions",
        "addons",
        addon.region,
        kubernetesVersion=kubernetes,
        addonName=addon.text("addon_name"),
    )
    versions = (as_object(version) for each in addons for version in as_list(each.get("addonVersions")))
    return {as_text(version.get("addonVersion")) for version in versions}


ADDON_VERSIONS = AwsCheck("add-on versions", ("eks:DescribeAddonVersions",), _check)
