"""Imports of resources that AWS or another tool may have created already."""

from cdktf import TerraformResource

from constructs_arq.core.stack import Stack


def adopt(resource: TerraformResource, *, existing_ids: str) -> None:
    """Import `resource` if it exists. Create it otherwise.

    `existing_ids` is a Terraform expression for the import ids of the resource: a set with one id, or an
    empty set. The plan must know it, so use a data source without dependencies on resources.
    https://developer.hashicorp.com/terraform/language/import
    """
    address = f"{resource.terraform_resource_type}.{resource.friendly_unique_id}"
    Stack.of(resource).add_import({"for_each": existing_ids, "to": address, "id": "${each.value}"})
