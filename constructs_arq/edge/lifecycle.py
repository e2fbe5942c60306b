"""The lifecycle of what a distribution uses."""

from cdktf import TerraformResourceLifecycle


def replaced_first() -> TerraformResourceLifecycle:
    """Return the lifecycle of a resource that CloudFront refuses to delete while a distribution uses it.

    Terraform creates its replacement first, and deletes it after the change of the distribution. That order
    also applies if the resource is removed without a replacement.
    https://github.com/hashicorp/terraform-provider-aws/issues/21730
    """
    return TerraformResourceLifecycle(create_before_destroy=True)
