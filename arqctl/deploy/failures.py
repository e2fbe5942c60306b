"""Explains what a failed plan or apply leaves, and how to continue."""

from collections.abc import Iterator
from contextlib import contextmanager

from arqctl.core.terraform_cli import TerraformError
from arqctl.terraform.stacks import StackWorkdir
from arqctl.terraform.tainted import explain_tainted


@contextmanager
def explain_failure(workdir: StackWorkdir) -> Iterator[None]:
    """Add to Terraform's error how to keep the resources whose creation failed.

    Raises:
        TerraformError: with Terraform's messages and the explanation.
    """
    try:
        yield
    except TerraformError as error:
        explanation = explain_tainted(workdir)
        if not explanation:
            raise
        raise TerraformError(f"{error}\n{explanation}") from error
